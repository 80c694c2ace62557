import type {
  ApiVersion,
  ConnectionSettings,
  ConnectionState,
  CredentialState,
  RotationOutcome,
  Stream,
} from '../model/connection.js';
import type { PollOutcome } from '../model/outcomes.js';
import type { BackfillProgress, BackfillResult, TimeSpan } from '../contract/backfill.js';
import type { CredentialStatus, PauseReason, PollResult, PostureStatus, StartedPoll } from '../contract/reports.js';

/** Result of one poll. The JSON of `poll --json`. */
export interface PollReport extends StartedPoll, Omit<PollResult, keyof StartedPoll | 'connectionId'> {
  /** The reason of a failed run. */
  readonly error?: string;
}

/** Progress of a running poll. */
export interface PollProgress {
  readonly stream: Stream;
  /** One line for operators. */
  readonly text: string;
}

/** A backfill that was started, or was already running. */
export interface StartedBackfill {
  readonly connectionId: string;
  readonly workflowId: string;
  readonly runId: string;
  /** The backfill was already running: nothing was started. */
  readonly joined: boolean;
  /** The range that it was started with. */
  readonly asked: TimeSpan;
}

/** Result of a backfill; its progress when it was cancelled or failed. The JSON of `backfill --json`. */
export interface BackfillReport
  extends StartedBackfill, Partial<Omit<BackfillResult, keyof StartedBackfill | 'outcome'>> {
  readonly outcome: BackfillResult['outcome'] | 'cancelled' | 'failed';
  readonly windows: BackfillProgress['windows'];
  readonly pages: number;
  readonly events: number;
  readonly newEvents: number;
  /** The reason of a failed run. */
  readonly error?: string;
}

/** A connection that does not work, and that a command gets going again. */
export interface FailingConnection {
  /** The part that fails: its row in Postgres cannot be read, or a task of its workflow fails again and again. */
  readonly what: 'row' | 'workflow';
  /** One sentence. */
  readonly reason: string;
  /** The command to run. */
  readonly fix: string;
}

/** Status of a connection. The JSON of `status --json`. */
export interface StatusReport {
  readonly connectionId: string;
  readonly baseUrl?: string;
  readonly apiVersion?: ApiVersion;
  readonly state: ConnectionState | 'starting';
  /** The stored connection cannot be read, or its workflow fails again and again. */
  readonly failing?: FailingConnection;
  readonly account?: { readonly code: string; readonly name?: string };
  readonly credentials?: CredentialReport;
  /** Version of new keys that are being proved. */
  readonly pendingVersion?: number;
  /** Reasons why streams are paused. */
  readonly pausedFor?: readonly PauseReason[];
  /** ISO, UTC: time since when the keys are rejected. */
  readonly refusedSince?: string;
  /** ISO, UTC: time of the next probe of rejected or unproved keys. Known to the connection's workflow only. */
  readonly nextProbeAt?: string;
  /** Outcome of the newest rotation. */
  readonly lastRotation?: RotationOutcome;
  /** Summary of the newest verdicts; `posture` returns all of them. */
  readonly posture?: PostureStatus;
  readonly streams: readonly StreamReport[];
}

/** A version of the keys as `status` shows it: its state, its age and when it is due. */
export interface CredentialReport extends CredentialStatus {
  readonly state: CredentialState;
  /** Whole days since they were issued. */
  readonly ageDays: number;
}

/** A stream as `status` shows it: how often it is polled, its last poll, and what pauses it. */
export interface StreamReport {
  readonly stream: Stream;
  /** Interval of polls, formatted: `6h`. */
  readonly every: string;
  readonly everyMs: number;
  readonly paused: boolean;
  readonly note?: string;
  /** Of the newest finished poll; undefined before the first, and without an evidence store. */
  readonly lastOutcome?: PollOutcome;
  /** ISO, UTC. */
  readonly lastPollAt?: string;
  readonly lastError?: string;
  /** Of the newest finished poll; audit events and threat statistics only, like the next. */
  readonly lastPages?: number;
  readonly lastNewEvents?: number;
  /** ISO, UTC; undefined while paused. */
  readonly nextPollAt?: string;
}

/** An entry of `list`. */
export interface ListedConnection {
  readonly connectionId: string;
  readonly state: ConnectionState | 'starting';
  /** Reasons why some or all of its streams are paused; undefined when all are polled. */
  readonly pausedFor?: readonly PauseReason[];
  readonly baseUrl?: string;
  readonly account?: { readonly code: string; readonly name?: string };
  readonly credentials?: CredentialReport;
  readonly settings?: ConnectionSettings;
  readonly posture?: PostureStatus;
  /** ISO, UTC: time since when its keys are rejected. */
  readonly refusedSince?: string;
  /** The stored connection cannot be read, or its workflow fails again and again. */
  readonly failing?: FailingConnection;
  /** Its workflow is missing although it should be running: `resume` restarts it from the connection's row. */
  readonly workflowMissing?: true;
}
