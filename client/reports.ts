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
import type { CredentialStatus, PauseReason, PolledEndpoint, PostureStatus } from '../contract/reports.js';

/** The result of one poll. The JSON of `poll --json`. */
export interface PollReport {
  readonly stream: Stream;
  readonly workflowId: string;
  readonly runId: string;
  /** The poll was already running when it was requested. */
  readonly joined: boolean;
  readonly outcome: PollOutcome;
  readonly endpoints: readonly PolledEndpoint[];
  /** Audit events and threat statistics only, as the next two. */
  readonly pages?: number;
  /** Events, or rows of the protection logs. */
  readonly events?: number;
  readonly newEvents?: number;
  /** Everything before this moment (ISO, UTC) is held. */
  readonly watermark?: string;
  /** Head of the connection's hash-chained log when the poll ended. */
  readonly head?: { readonly sequence: number; readonly hash: string };
  /** Why the run failed. */
  readonly error?: string;
}

/** What a running poll is doing. */
export interface PollProgress {
  readonly stream: Stream;
  /** One line for people. */
  readonly text: string;
}

/** A backfill that was started, or that was running already. */
export interface StartedBackfill {
  readonly connectionId: string;
  readonly workflowId: string;
  readonly runId: string;
  /** It was already running: nothing was started. */
  readonly joined: boolean;
  /** The range that it was started with. */
  readonly asked: TimeSpan;
}

/** The result of a backfill, or its progress when it was cancelled or failed. The JSON of `backfill --json`. */
export interface BackfillReport
  extends StartedBackfill, Partial<Omit<BackfillResult, keyof StartedBackfill | 'outcome'>> {
  readonly outcome: BackfillResult['outcome'] | 'cancelled' | 'failed';
  readonly windows: BackfillProgress['windows'];
  readonly pages: number;
  readonly events: number;
  readonly newEvents: number;
  /** Why the run failed. */
  readonly error?: string;
}

/** The state of a connection. The JSON of `status --json`. */
export interface StatusReport {
  readonly connectionId: string;
  readonly baseUrl?: string;
  readonly apiVersion?: ApiVersion;
  readonly state: ConnectionState | 'starting';
  readonly account?: { readonly code: string; readonly name?: string };
  readonly credentials?: CredentialReport;
  /** New keys that are being proved. */
  readonly pendingVersion?: number;
  /** Why streams are paused. */
  readonly pausedFor?: readonly PauseReason[];
  /** ISO, UTC: since when the keys are refused. */
  readonly refusedSince?: string;
  /** ISO, UTC: when keys that are refused or not yet proved are tried again. Only the connection's workflow knows it. */
  readonly nextProbeAt?: string;
  /** The outcome of the newest rotation. */
  readonly lastRotation?: RotationOutcome;
  /** Summary of the newest verdicts. `posture` returns all of them. */
  readonly posture?: PostureStatus;
  readonly streams: readonly StreamReport[];
}

/** The keys of a connection: version, state and age. */
export interface CredentialReport extends CredentialStatus {
  readonly state: CredentialState;
  /** Whole days since they were issued. */
  readonly ageDays: number;
}

/** How one stream is polled, and how its newest poll ended. */
export interface StreamReport {
  readonly stream: Stream;
  /** Time between two polls, for people: `6h`. */
  readonly every: string;
  readonly everyMs: number;
  readonly paused: boolean;
  readonly note?: string;
  /** Of the newest finished poll. Absent before the first, and without an evidence store. */
  readonly lastOutcome?: PollOutcome;
  /** ISO, UTC. */
  readonly lastPollAt?: string;
  readonly lastError?: string;
  /** Of the newest finished poll; audit events and threat statistics only, as the next. */
  readonly lastPages?: number;
  readonly lastNewEvents?: number;
  /** ISO, UTC; none while paused. */
  readonly nextPollAt?: string;
}

/** A connection as `list` returns it. */
export interface ListedConnection {
  readonly connectionId: string;
  readonly state: ConnectionState | 'starting';
  /** Why some or all of its streams are paused. Absent when none is paused. */
  readonly pausedFor?: readonly PauseReason[];
  readonly baseUrl?: string;
  readonly account?: { readonly code: string; readonly name?: string };
  readonly credentials?: CredentialReport;
  readonly settings?: ConnectionSettings;
  readonly posture?: PostureStatus;
  /** ISO, UTC: since when its keys are refused. */
  readonly refusedSince?: string;
  /** Its workflow is missing although it should run. `resume` starts it again from the connection's row. */
  readonly workflowMissing?: true;
}
