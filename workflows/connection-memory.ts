import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import type { ConnectionInput } from './connection.js';
import { connectionDetails } from './connection-details.js';
import { keyAge } from './key-age.js';
import { nextProbe, nextRetry, refusalRules } from './refusal-rules.js';
import type { ConnectionReport, ConnectionStatus, CredentialStatus } from './reports.js';
import { OUTCOME_ATTRIBUTE } from './search-attributes.js';

/** What a connection does by itself, when its time has come. */
export type Duty =
  /** Looks once more at keys that a poll says are refused. */
  | 'confirm'
  /** Tries keys again that are refused, or that nobody has judged yet. */
  | 'probe'
  /** Shows that the keys have become due or overdue for rotation. */
  | 'remind';

/** What has to be done later. JSON: carried from run to run. Moments are ISO, UTC. */
export interface Agenda {
  /** A poll said that this version is refused. */
  readonly confirm?: { readonly version: number; readonly at: string };
  readonly probeAt?: string;
  /** Tries so far to reach a vendor that does not answer. */
  readonly attempts?: number;
}

interface Appointment {
  readonly duty: Duty;
  readonly atMs: number;
}

/** What a connection's workflow knows: its row as it was last read, and what it has to do later. */
export class ConnectionMemory {
  /** Set by messages that carry sealed keys: the run ends soon after, so that they leave Temporal with its history. */
  keysChanged = false;
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
    setCurrentDetails(connectionDetails(this.known));
    upsertSearchAttributes([{ key: OUTCOME_ATTRIBUTE, value: this.known.state }]);
    return this.known;
  }

  /** Decides from a proof when the same keys are tried again, if they have to be. */
  noteProof({ authentication, ok }: ConnectionReport): void {
    const { confirm, attempts = 0 } = this.agenda;
    const kept: Agenda = confirm ? { confirm } : {};
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
    const { confirm, probeAt } = this.agenda;
    const { state, credentials } = this.known;
    const found: Appointment[] = [];
    // A rotation that came in between has settled the matter.
    if (confirm && state === 'connected' && confirm.version === credentials?.version) {
      found.push({ duty: 'confirm', atMs: Date.parse(confirm.at) });
    }
    if (probeAt !== undefined) found.push({ duty: 'probe', atMs: Date.parse(probeAt) });
    const turning = credentials && nextTurn(credentials);
    if (turning !== undefined) found.push({ duty: 'remind', atMs: turning });
    return found.sort((a, b) => a.atMs - b.atMs)[0];
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
