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

/** How one poll ended. The JSON of `poll --json`. */
export interface PollReport extends StartedPoll, Omit<PollResult, keyof StartedPoll | 'connectionId'> {
  /** Why the run failed. */
  readonly error?: string;
}

/** What a poll that is still going is doing. */
export interface PollProgress {
  readonly stream: Stream;
  /** One line for people. */
  readonly text: string;
}

/** A backfill that was started, or that is running already. */
export interface StartedBackfill {
  readonly connectionId: string;
  readonly workflowId: string;
  readonly runId: string;
  /** It was already going when it was asked for: nothing was started. */
  readonly joined: boolean;
  /** What it was asked for when it was started. */
  readonly asked: TimeSpan;
}

/** How a backfill ended, or how far it has come when it was cancelled or is red. The JSON of `backfill --json`. */
export interface BackfillReport
  extends StartedBackfill, Partial<Omit<BackfillResult, keyof StartedBackfill | 'outcome'>> {
  readonly outcome: BackfillResult['outcome'] | 'cancelled' | 'failed';
  readonly windows: BackfillProgress['windows'];
  readonly pages: number;
  readonly events: number;
  readonly newEvents: number;
  /** Why the run is red. */
  readonly error?: string;
}

/** How a connection is doing. The JSON of `status --json`. */
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
  /** ISO, UTC: when keys that are refused or still unproved are tried again. Known to the connection's workflow alone. */
  readonly nextProbeAt?: string;
  /** What became of the newest rotation. */
  readonly lastRotation?: RotationOutcome;
  /** What the controls said last, in short; `posture` tells it whole. */
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
  /** Time between two polls, for people: `6h`. */
  readonly every: string;
  readonly everyMs: number;
  readonly paused: boolean;
  readonly note?: string;
  /** Of the newest finished poll; none before the first, or when no evidence store was given. */
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

/** One line of `list`. */
export interface ListedConnection {
  readonly connectionId: string;
  readonly state: ConnectionState | 'starting';
  /** Why some or all of its streams are paused; none when all are polled. */
  readonly pausedFor?: readonly PauseReason[];
  readonly baseUrl?: string;
  readonly account?: { readonly code: string; readonly name?: string };
  readonly credentials?: CredentialReport;
  readonly settings?: ConnectionSettings;
  readonly posture?: PostureStatus;
  /** ISO, UTC: since when its keys are refused. */
  readonly refusedSince?: string;
  /** Its workflow is gone although it should live: `resume` starts it again, from the connection's row. */
  readonly workflowMissing?: true;
}
