import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import { connectionDetails } from './connection-details.js';
import { keyAge } from '../../model/key-age.js';
import { nextProbe, nextRetry, refusalRules } from '../../model/refusal-rules.js';
import { DAY_MS, MINUTE_MS } from '../../model/time.js';
import type { ConnectionTest, ConnectionStatus, CredentialStatus, PostureStatus } from '../../contract/reports.js';
import { OUTCOME_ATTRIBUTE, POSTURE_ATTRIBUTE } from '../../contract/search-attributes.js';

/** What the workflow of a connection is started with. A sender gives the id alone; the rest is carried from run to run. */
export interface ConnectionInput {
  readonly connectionId: string;
  /** What the run before knew; answers `status` until this run has read the row. */
  readonly status?: ConnectionStatus;
  /** What the run before had still to do. */
  readonly agenda?: Agenda;
}

/** What a connection does by itself, when its time has come. */
export type Duty =
  /** Looks once more at keys that a poll says are refused. */
  | 'confirm'
  /** Tries keys again that are refused, or that nobody has judged yet. */
  | 'probe'
  /** Shows that the keys have become due or overdue for rotation. */
  | 'remind'
  /** Asks the controls again: something was changed, or a verdict turns although nothing new was read. */
  | 'evaluate'
  /** Erases what was kept long enough, and has the log's head signed. */
  | 'keep-house';

/** What has to be done later. JSON: carried from run to run. Moments are ISO, UTC. */
export interface Agenda {
  /** A poll said that this version is refused. */
  readonly confirm?: { readonly version: number; readonly at: string };
  readonly probeAt?: string;
  /** Tries so far to reach a vendor that does not answer. */
  readonly attempts?: number;
  /** When the controls are asked again, and whether because something was changed. */
  readonly evaluate?: { readonly at: string; readonly cause: 'timer' | 'change' };
  readonly keepHouseAt?: string;
}

/** Verdicts are asked for at least once in this time, and a moment after they turn: clocks differ. */
const EVALUATE_EVERY_MS = DAY_MS;
const EVALUATE_AFTER_TURN_MS = 1_000;
const EVALUATE_RETRY_MS = 5 * MINUTE_MS;
const KEEP_HOUSE_EVERY_MS = DAY_MS;

interface Appointment {
  readonly duty: Duty;
  readonly atMs: number;
}

/** What a connection's workflow knows: its row as it was last read, and what it has to do later. */
export class ConnectionMemory {
  /** Set by messages that carry sealed keys: the run ends soon after, so that they leave Temporal with its history. */
  keysChanged = false;
  private evaluates = false;
  private dueEvaluation: 'timer' | 'change' = 'timer';
  private agenda: Agenda;
  private known: ConnectionStatus;

  constructor({ connectionId, status, agenda = {} }: ConnectionInput) {
    this.known = status ?? { connectionId, state: 'starting' };
    this.agenda = agenda;
  }

  get status(): ConnectionStatus {
    return this.known;
  }

  get live(): boolean {
    return this.known.state === 'connected' || this.known.state === 'refused';
  }

  /** Takes in what the row says now, and shows it. */
  learn(next: ConnectionStatus): ConnectionStatus {
    const { credentials } = next;
    const nextProbeAt = this.probeAt(next);
    this.known = {
      ...next,
      ...(credentials && { credentials: aged(credentials) }),
      ...(nextProbeAt !== undefined && { nextProbeAt }),
    };
    this.show();
    return this.known;
  }

  /** From now on verdicts are asked for and the house is kept; runs of earlier releases know of neither. */
  beginEvaluating(): void {
    this.evaluates = true;
    if (!this.agenda.evaluate) this.evaluateSoon();
    if (this.agenda.keepHouseAt === undefined) this.keepHouseLater();
  }

  /** Something that controls look at was changed. */
  evaluateSoon(): void {
    if (this.evaluates) this.evaluateIn(0, 'change');
  }

  /** A poll made new verdicts. What is older than what is known came late. */
  takePosture(posture: PostureStatus): void {
    if (!this.evaluates || (this.known.posture && this.known.posture.at > posture.at)) return;
    this.known = { ...this.known, posture };
    this.planEvaluation();
    this.show();
  }

  /** When the verdicts that are known must be asked for again. */
  planEvaluation(): void {
    const turnsAt = this.known.posture?.turnsAt;
    const turnsInMs = turnsAt === undefined ? Infinity : Date.parse(turnsAt) - Date.now();
    this.evaluateIn(EVALUATE_AFTER_TURN_MS + Math.max(0, Math.min(turnsInMs, EVALUATE_EVERY_MS)), 'timer');
  }

  /** Why the controls are asked now. */
  get evaluationCause(): 'timer' | 'change' {
    return this.dueEvaluation;
  }

  /** Decides from a proof when the same keys are tried again, if they have to be. */
  noteProof({ authentication, ok }: ConnectionTest): void {
    const { confirm, evaluate, keepHouseAt, attempts = 0 } = this.agenda;
    const kept: Agenda = {
      ...(confirm && { confirm }),
      ...(evaluate && { evaluate }),
      ...(keepHouseAt !== undefined && { keepHouseAt }),
    };
    if (ok || authentication !== 'unreachable') {
      this.agenda = kept;
      return;
    }
    const retry = nextRetry(attempts + 1, new Date(), refusalRules(this.known.settings));
    this.agenda = { ...kept, attempts: attempts + 1, probeAt: retry.toISOString() };
  }

  /** A poll's keys were refused. Only the version in use counts, and the first word about it. */
  suspect(version: number): void {
    const { state, credentials, settings } = this.known;
    if (state !== 'connected' || credentials?.version !== version || this.agenda.confirm?.version === version) return;
    const at = new Date(Date.now() + refusalRules(settings).confirmAfterMs).toISOString();
    this.agenda = { ...this.agenda, confirm: { version, at } };
  }

  /** When something has to be done next, in milliseconds since the epoch; none when there is nothing. */
  get nextDutyAt(): number | undefined {
    return this.nextAppointment()?.atMs;
  }

  /** The duty whose time has come. It is off the agenda then, and a probe that comes to nothing has its next time. */
  takeDuty(): Duty | undefined {
    const next = this.nextAppointment();
    if (!next || next.atMs > Date.now()) return undefined;
    const { confirm, ...others } = this.agenda;
    if (next.duty === 'confirm') this.agenda = others;
    if (next.duty === 'keep-house') this.keepHouseLater();
    if (next.duty === 'evaluate') {
      this.dueEvaluation = this.agenda.evaluate?.cause ?? 'timer';
      // What it comes to plans the next one; should it come to nothing, this does.
      this.evaluateIn(EVALUATE_RETRY_MS, this.dueEvaluation);
    }
    if (next.duty === 'probe') {
      const later = nextRetry(1, new Date(), refusalRules(this.known.settings)).toISOString();
      this.agenda = { ...others, ...(confirm && { confirm }), probeAt: later };
    }
    return next.duty;
  }

  /** What the next run is started with. */
  carry(): ConnectionInput {
    return { connectionId: this.known.connectionId, status: this.known, agenda: this.agenda };
  }

  private nextAppointment(): Appointment | undefined {
    const { confirm, probeAt, evaluate, keepHouseAt } = this.agenda;
    const { state, credentials } = this.known;
    const found: Appointment[] = [];
    // A rotation that came in between has settled the matter.
    if (confirm && state === 'connected' && confirm.version === credentials?.version) {
      found.push({ duty: 'confirm', atMs: Date.parse(confirm.at) });
    }
    if (probeAt !== undefined) found.push({ duty: 'probe', atMs: Date.parse(probeAt) });
    const turning = credentials && nextTurn(credentials);
    if (turning !== undefined) found.push({ duty: 'remind', atMs: turning });
    if (this.evaluates && evaluate) found.push({ duty: 'evaluate', atMs: Date.parse(evaluate.at) });
    if (this.evaluates && keepHouseAt !== undefined) {
      found.push({ duty: 'keep-house', atMs: Date.parse(keepHouseAt) });
    }
    return found.sort((a, b) => a.atMs - b.atMs)[0];
  }

  private keepHouseLater(): void {
    this.agenda = { ...this.agenda, keepHouseAt: new Date(Date.now() + KEEP_HOUSE_EVERY_MS).toISOString() };
  }

  private evaluateIn(ms: number, cause: 'timer' | 'change'): void {
    this.agenda = { ...this.agenda, evaluate: { at: new Date(Date.now() + ms).toISOString(), cause } };
  }

  private show(): void {
    const { state, posture } = this.known;
    setCurrentDetails(connectionDetails(this.known));
    upsertSearchAttributes([
      { key: OUTCOME_ATTRIBUTE, value: state },
      ...(posture ? [{ key: POSTURE_ATTRIBUTE, value: posture.worst }] : []),
    ]);
  }

  private probeAt({ state, refusedSince, pendingVersion, settings }: ConnectionStatus): string | undefined {
    if (state !== 'refused' && pendingVersion === undefined) return undefined;
    if (this.agenda.probeAt !== undefined) return this.agenda.probeAt;
    const rules = refusalRules(settings);
    const at =
      refusedSince === undefined || pendingVersion !== undefined
        ? nextRetry(1, new Date(), rules)
        : nextProbe(new Date(refusedSince), new Date(), rules);
    this.agenda = { ...this.agenda, probeAt: at.toISOString() };
    return this.agenda.probeAt;
  }
}

/** Keys with their age, by the workflow's clock. */
function aged(credentials: CredentialStatus): CredentialStatus {
  const { dueAt, overdueAt } = credentials;
  if (dueAt === undefined || overdueAt === undefined) return credentials;
  return { ...credentials, age: keyAge({ dueAt: new Date(dueAt), overdueAt: new Date(overdueAt) }, new Date()) };
}

/** When keys become due or overdue next. */
function nextTurn({ age, dueAt, overdueAt }: CredentialStatus): number | undefined {
  if (age === 'fresh' && dueAt !== undefined) return Date.parse(dueAt);
  return age === 'due' && overdueAt !== undefined ? Date.parse(overdueAt) : undefined;
}
