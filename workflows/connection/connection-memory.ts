import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import { connectionDetails } from './connection-details.js';
import { keyAge } from '../../model/key-age.js';
import { placeInPeriod } from '../../model/spread.js';
import { nextProbe, nextRetry, refusalRules } from '../../model/refusal-rules.js';
import { defined } from '../../model/json.js';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../model/time.js';
import type { ConnectionTest, ConnectionStatus, CredentialStatus, PostureStatus } from '../../contract/reports.js';
import { OUTCOME_ATTRIBUTE, POSTURE_ATTRIBUTE } from '../../contract/search-attributes.js';

/** Input of a connection's workflow. A sender gives the id alone; the rest is carried from run to run. */
export interface ConnectionInput {
  readonly connectionId: string;
  /** Status from the previous run; answers `status` until this run has read the row. Absent for a run that starts from the row. */
  readonly status?: ConnectionStatus;
  /** Pending duties of the previous run. */
  readonly agenda?: Agenda;
  /** The previous run was started from the row and has not reconciled the schedules. */
  readonly mustReconcile?: boolean;
}

/** Duties that a connection does on its own timers. */
export type Duty =
  /** Probes keys again that a poll reported as refused. */
  | 'confirm'
  /** Probes keys again that are refused, or that have not been judged yet. */
  | 'probe'
  /** Shows that the keys have become due or overdue for rotation. */
  | 'remind'
  /** Evaluates the controls again: something was changed, or a verdict changes without new evidence. */
  | 'evaluate'
  /** Maintenance: erases expired evidence, and has the log's head signed. */
  | 'keep-house';

/** Duties to do later. JSON: carried from run to run. Moments are ISO, UTC. */
export interface Agenda {
  /** A poll reported this version as refused. */
  readonly confirm?: { readonly version: number; readonly at: string };
  readonly probeAt?: string;
  /** Attempts so far to reach a vendor that does not answer. */
  readonly attempts?: number;
  /** When the controls are evaluated next, and whether because something was changed. */
  readonly evaluate?: { readonly at: string; readonly cause: 'timer' | 'change' };
  /** Evaluations in a row that were due and changed no verdict. */
  readonly idleEvaluations?: number;
  readonly keepHouseAt?: string;
}

/** Controls are evaluated at least this often, and shortly after a verdict changes by time: clocks differ. */
const EVALUATE_EVERY_MS = DAY_MS;
const EVALUATE_AFTER_TURN_MS = 1_000;
const EVALUATE_RETRY_MS = 5 * MINUTE_MS;
/** A timed evaluation that changed nothing is followed by the next no sooner than this, doubled each time. */
const IDLE_EVALUATION_MS = MINUTE_MS;
const LONGEST_IDLE_MS = HOUR_MS;
const MAINTENANCE_EVERY_MS = DAY_MS;

/** Added to a wait that the database's clock has measured, so that it is over when the timer fires. */
const MARGIN_MS = SECOND_MS;

/** Connections that are restarted together evaluate their controls within this time, each at its own moment. */
const EVALUATION_SPREAD_MS = 15 * MINUTE_MS;

interface Appointment {
  readonly duty: Duty;
  readonly atMs: number;
}

/** State of a connection's workflow: its row as last read, and its duties. */
export class ConnectionMemory {
  /** Set by messages that carry sealed keys: the run ends soon after, so that they leave Temporal with its history. */
  keysChanged = false;
  /** Until the schedules have been reconciled for the first time since the run was started from the row. */
  mustReconcile: boolean;
  private dueEvaluation: 'timer' | 'change' = 'timer';
  private agenda: Agenda;
  /** In how long a verdict turns, as of the newest answer. */
  private turnsInMs = Infinity;
  private known: ConnectionStatus;

  constructor({ connectionId, status, agenda = {}, mustReconcile = status === undefined }: ConnectionInput) {
    this.known = status ?? { connectionId, state: 'starting' };
    this.agenda = agenda;
    this.mustReconcile = mustReconcile;
  }

  get status(): ConnectionStatus {
    return this.known;
  }

  get live(): boolean {
    return this.known.state === 'connected' || this.known.state === 'refused';
  }

  /** Takes over what the row says now, and shows it. */
  learn({ refusedForMs, ...next }: ConnectionStatus): ConnectionStatus {
    const { credentials, posture } = next;
    const nextProbeAt = this.probeAt(next, refusedForMs);
    const { droppedSignals } = this.known;
    this.known = {
      ...next,
      ...(droppedSignals !== undefined && { droppedSignals }),
      ...(posture && { posture: this.taken(posture) }),
      ...(credentials && { credentials: aged(credentials) }),
      ...(nextProbeAt !== undefined && { nextProbeAt }),
    };
    this.show();
    return this.known;
  }

  /**
   * Schedules evaluation and maintenance, unless the previous run did.
   *
   * @param options.spread many connections start at once: each at a fixed moment of its own
   */
  beginUpkeep({ spread }: { readonly spread: boolean }): void {
    const { connectionId } = this.known;
    if (!this.agenda.evaluate) {
      if (spread) this.evaluateIn(placeInPeriod(connectionId, EVALUATION_SPREAD_MS), 'timer');
      else this.evaluateSoon();
    }
    if (this.agenda.keepHouseAt === undefined) {
      this.maintainIn(spread ? placeInPeriod(connectionId, MAINTENANCE_EVERY_MS) : MAINTENANCE_EVERY_MS);
    }
  }

  /** Counts a signal that had no effect. @returns how many there were */
  countDroppedSignal(): number {
    const droppedSignals = (this.known.droppedSignals ?? 0) + 1;
    this.known = { ...this.known, droppedSignals };
    return droppedSignals;
  }

  /** Something that controls depend on was changed. */
  evaluateSoon(): void {
    this.evaluateIn(0, 'change');
  }

  /** A poll made new verdicts. Those with an earlier place in the log than the known ones arrived late. */
  takePosture(posture: PostureStatus): void {
    const { sequence: known = 0 } = this.known.posture ?? {};
    if (known > (posture.sequence ?? Infinity)) return;
    this.known = { ...this.known, posture: this.taken(posture) };
    this.planEvaluation();
    this.show();
  }

  /**
   * Schedules the next evaluation by the verdicts that are known.
   *
   * @param options.idle the last one was due and changed no verdict
   */
  planEvaluation({ idle = false }: { readonly idle?: boolean } = {}): void {
    const turnsInMs = Math.max(0, Math.min(this.turnsInMs, EVALUATE_EVERY_MS));
    const { idleEvaluations = 0, ...agenda } = this.agenda;
    const leastMs = Math.min(IDLE_EVALUATION_MS * 2 ** idleEvaluations, LONGEST_IDLE_MS);
    const isTooSoon = idle && turnsInMs < leastMs;
    this.agenda = isTooSoon ? { ...agenda, idleEvaluations: idleEvaluations + 1 } : agenda;
    this.evaluateIn(EVALUATE_AFTER_TURN_MS + (isTooSoon ? leastMs : turnsInMs), 'timer');
  }

  /** Cause of the evaluation that is due. */
  get evaluationCause(): 'timer' | 'change' {
    return this.dueEvaluation;
  }

  /** Decides from a proof when the same keys are probed again, if at all. */
  noteProof({ authentication, ok, waitMs }: ConnectionTest): void {
    const { confirm, evaluate, idleEvaluations, keepHouseAt, attempts = 0 } = this.agenda;
    const kept: Agenda = defined({ confirm, evaluate, idleEvaluations, keepHouseAt });
    if (waitMs !== undefined) {
      this.agenda = { ...kept, attempts, probeAt: inMs(waitMs + MARGIN_MS) };
      return;
    }
    if (ok || authentication !== 'unreachable') {
      this.agenda = kept;
      return;
    }
    const retry = nextRetry(attempts + 1, new Date(), refusalRules(this.known.settings));
    this.agenda = { ...kept, attempts: attempts + 1, probeAt: retry.toISOString() };
  }

  /** A poll's keys were refused. Only the version in use counts, and the first report about it. */
  suspect(version: number): void {
    const { state, credentials, settings } = this.known;
    if (state !== 'connected' || credentials?.version !== version || this.agenda.confirm?.version === version) return;
    const at = new Date(Date.now() + refusalRules(settings).confirmAfterMs).toISOString();
    this.agenda = { ...this.agenda, confirm: { version, at } };
  }

  /** When the next duty is due, in milliseconds since the epoch; none when there is no duty. */
  get nextDutyAt(): number | undefined {
    return this.nextAppointment()?.atMs;
  }

  /** Takes the duty that is due off the agenda. A probe and an evaluation are scheduled again, should this one fail. */
  takeDuty(): Duty | undefined {
    const next = this.nextAppointment();
    if (!next || next.atMs > Date.now()) return undefined;
    const { confirm, ...others } = this.agenda;
    if (next.duty === 'confirm') this.agenda = others;
    if (next.duty === 'keep-house') this.maintainIn(MAINTENANCE_EVERY_MS);
    if (next.duty === 'evaluate') {
      this.dueEvaluation = this.agenda.evaluate?.cause ?? 'timer';
      // Its result schedules the next one; should it fail, this does.
      this.evaluateIn(EVALUATE_RETRY_MS, this.dueEvaluation);
    }
    if (next.duty === 'probe') {
      const later = nextRetry(1, new Date(), refusalRules(this.known.settings)).toISOString();
      this.agenda = { ...others, ...(confirm && { confirm }), probeAt: later };
    }
    return next.duty;
  }

  /** Returns the input of the next run. */
  carry(): ConnectionInput {
    const { connectionId } = this.known;
    return { connectionId, status: this.known, agenda: this.agenda, mustReconcile: this.mustReconcile };
  }

  private nextAppointment(): Appointment | undefined {
    const { confirm, probeAt, evaluate, keepHouseAt } = this.agenda;
    const { state, credentials } = this.known;
    const found: Appointment[] = [];
    // A rotation in between has settled it.
    if (confirm && state === 'connected' && confirm.version === credentials?.version) {
      found.push({ duty: 'confirm', atMs: Date.parse(confirm.at) });
    }
    if (probeAt !== undefined) found.push({ duty: 'probe', atMs: Date.parse(probeAt) });
    const turning = credentials && nextTurn(credentials);
    if (turning !== undefined) found.push({ duty: 'remind', atMs: turning });
    if (evaluate) found.push({ duty: 'evaluate', atMs: Date.parse(evaluate.at) });
    if (keepHouseAt !== undefined) found.push({ duty: 'keep-house', atMs: Date.parse(keepHouseAt) });
    return found.sort((a, b) => a.atMs - b.atMs)[0];
  }

  private maintainIn(ms: number): void {
    this.agenda = { ...this.agenda, keepHouseAt: new Date(Date.now() + ms).toISOString() };
  }

  private evaluateIn(ms: number, cause: 'timer' | 'change'): void {
    this.agenda = { ...this.agenda, evaluate: { at: new Date(Date.now() + ms).toISOString(), cause } };
  }

  /** Keeps of a posture what does not change as time passes. */
  private taken({ turnsInMs = Infinity, ...posture }: PostureStatus): PostureStatus {
    this.turnsInMs = turnsInMs;
    return posture;
  }

  private show(): void {
    const { state, posture } = this.known;
    setCurrentDetails(connectionDetails(this.known));
    upsertSearchAttributes([
      { key: OUTCOME_ATTRIBUTE, value: state },
      ...(posture ? [{ key: POSTURE_ATTRIBUTE, value: posture.worst }] : []),
    ]);
  }

  private probeAt(
    { state, refusedSince, pendingVersion, settings }: ConnectionStatus,
    refusedForMs = 0,
  ): string | undefined {
    if (state !== 'refused' && pendingVersion === undefined) return undefined;
    if (this.agenda.probeAt !== undefined) return this.agenda.probeAt;
    const rules = refusalRules(settings);
    const at =
      refusedSince === undefined || pendingVersion !== undefined
        ? nextRetry(1, new Date(), rules)
        : nextProbe(new Date(Date.now() - Math.max(0, refusedForMs)), new Date(), rules);
    this.agenda = { ...this.agenda, probeAt: at.toISOString() };
    return this.agenda.probeAt;
  }
}

/** A moment by the workflow's clock. */
const inMs = (ms: number): string => new Date(Date.now() + ms).toISOString();

/** Keys with their age, by the workflow's clock. */
function aged(credentials: CredentialStatus): CredentialStatus {
  const { dueAt, overdueAt } = credentials;
  return { ...credentials, age: keyAge({ dueAt: new Date(dueAt), overdueAt: new Date(overdueAt) }, new Date()) };
}

/** When keys become due or overdue next. */
function nextTurn({ age, dueAt, overdueAt }: CredentialStatus): number | undefined {
  if (age === 'fresh') return Date.parse(dueAt);
  return age === 'due' ? Date.parse(overdueAt) : undefined;
}
