import type { ConnectionSettings, EndpointName, Stream } from '../evidence/connection.js';
import type { ConnectRequest, RotationRequest, SettingsChange, TestRequest } from '../workflows/messages.js';
import type {
  ConnectionReport,
  ConnectionStatus,
  PolledEndpoint,
  PollResult,
  RotationReport,
  StartedPoll,
} from '../workflows/reports.js';
import type { PolledStream } from '../workflows/streams.js';

/** The activities as workflows call them. Everything that crosses this border is JSON and free of secrets. */
export interface MimecastActivities {
  /** The connection as its row says, or none when there is no such connection. */
  'mimecast.loadConnection'(connectionId: string): Promise<ConnectionStatus | null>;
  /** Saves a new connection, or takes a disconnected one up again. `created: false` leaves an existing one as it is. */
  'mimecast.openConnection'(connectionId: string, request: ConnectRequest): Promise<OpenedConnection>;
  /** Calls Mimecast with one version of the keys and says whether it takes them. */
  'mimecast.proveKeys'(connectionId: string, version: number): Promise<ConnectionReport>;
  /**
   * Promotes the version that the report accepts, or marks the connection as refused. A report that judges nothing,
   * because the vendor was not reached, leaves a connection that works as it is.
   */
  'mimecast.settleProof'(connectionId: string, version: number, report: ConnectionReport): Promise<ConnectionStatus>;
  /**
   * Adds new keys as a pending version, unless they cannot be opened, are in use already or were refused before.
   *
   * @param at the workflow's time (ISO, UTC): the same on every attempt, so that an outcome is recorded once
   */
  'mimecast.stageKeys'(connectionId: string, request: RotationRequest, at: string): Promise<StagedKeys>;
  /** Calls Mimecast with a pending version and says whether it may replace the one in use. */
  'mimecast.proveRotation'(connectionId: string, version: number): Promise<RotationProof>;
  /** Promotes the version, rejects it, or leaves it pending when nobody has judged it; as the proof says. */
  'mimecast.settleRotation'(
    connectionId: string,
    version: number,
    proof: RotationProof,
    at: string,
    note?: string,
  ): Promise<SettledRotation>;
  /** Records a rotation that could not even be staged. */
  'mimecast.refuseRotation'(connectionId: string, reason: string, at: string): Promise<ConnectionStatus>;
  /** Works out changed settings, and proves them where they touch how Mimecast is reached. Changes nothing. */
  'mimecast.proveSettings'(connectionId: string, change: SettingsChange): Promise<ProvedSettings>;
  'mimecast.saveSettings'(connectionId: string, settings: ConnectionSettings): Promise<ConnectionStatus>;
  'mimecast.pauseStreams'(
    connectionId: string,
    streams: readonly PolledStream[],
    note: string,
  ): Promise<ConnectionStatus>;
  'mimecast.resumeStreams'(connectionId: string, streams: readonly PolledStream[]): Promise<ConnectionStatus>;
  /**
   * Makes the connection's schedules what its row says, and takes pauses that somebody made in Temporal into the row.
   * Idempotent.
   *
   * @param lift streams whose schedules are unpaused whoever paused them
   */
  'mimecast.reconcileSchedules'(
    connectionId: string,
    lift?: readonly PolledStream[],
  ): Promise<ConnectionStatus | undefined>;
  /** Calls every endpoint with the current keys, and the other regions when that is asked for. Changes nothing. */
  'mimecast.testConnection'(connectionId: string, request?: TestRequest): Promise<ConnectionReport>;
  'mimecast.pollNow'(connectionId: string, streams: readonly PolledStream[]): Promise<StartedPoll[]>;
  'mimecast.beginDisconnect'(connectionId: string): Promise<void>;
  /** Workflow ids of the polls that are going. */
  'mimecast.runningPolls'(connectionId: string): Promise<string[]>;
  /** Deletes the schedules, then cancels the runs that they had going. */
  'mimecast.endPolls'(connectionId: string, workflowIds: readonly string[]): Promise<void>;
  'mimecast.finishDisconnect'(connectionId: string): Promise<ConnectionStatus>;

  /** What a poll needs to know before its first call. */
  'mimecast.beginPoll'(connectionId: string, stream: PolledStream): Promise<BegunPoll>;
  /** Calls one endpoint and stores what it said as an observation. */
  'mimecast.collectEndpoint'(request: EndpointRequest): Promise<PolledEndpoint | 'disconnected'>;
  /** Drains pages of the audit log, from the stream's open window on, until this batch's budget is spent. */
  'mimecast.collectAuditPages'(request: AuditBatch): Promise<AuditProgress>;
  /** Records how a poll ended. */
  'mimecast.finishPoll'(finished: FinishedRun): Promise<PollResult>;
}

export interface OpenedConnection {
  readonly created: boolean;
  /** The credential version to be proved. */
  readonly version: number;
  readonly status: ConnectionStatus;
}

/** New keys on their way into use: a version to be proved, or the answer when there is nothing to prove. */
export type StagedKeys =
  | { readonly version: number; readonly answer?: undefined; readonly status: ConnectionStatus }
  | { readonly answer: RotationReport; readonly status: ConnectionStatus };

export interface RotationProof {
  readonly report: ConnectionReport;
  /** `unjudged`: the vendor was not reached, so nothing is known about the keys. */
  readonly verdict: 'accepted' | 'refused' | 'unjudged';
  /** Why not, in one line. */
  readonly reason?: string;
}

export interface SettledRotation {
  readonly answer: RotationReport;
  readonly status: ConnectionStatus;
}

export interface ProvedSettings {
  /** As they would be. */
  readonly settings: ConnectionSettings;
  /** None when the change needed no proof. */
  readonly report?: ConnectionReport;
  /** Why the change is not taken. */
  readonly reason?: string;
}

export interface BegunPoll {
  /** The connection's generation: what is collected is stored only while it is the current one. */
  readonly generation: number;
  /** What a stream of whole endpoints reads. */
  readonly endpoints: readonly WholeEndpointName[];
  /** Where each of them is. */
  readonly paths?: Readonly<Partial<Record<WholeEndpointName, string>>>;
  /** Time between two polls of the stream, in milliseconds. */
  readonly everyMs: number;
  /** There is no live connection to poll. */
  readonly disconnected: boolean;
}

export interface EndpointRequest {
  readonly connectionId: string;
  readonly generation: number;
  readonly stream: Stream;
  readonly endpoint: WholeEndpointName;
  readonly runId: string;
}

/** The endpoints that are read whole, in one call of an activity. */
export type WholeEndpointName = Exclude<EndpointName, 'audit-events'>;

export interface AuditBatch {
  readonly connectionId: string;
  readonly generation: number;
  /** First run of this poll's chain of runs; what it stores is counted under this id. */
  readonly runId: string;
  /** When the first run of the chain started (ISO, UTC): fixes the end of what this poll covers. */
  readonly startedAt: string;
  /** Whether an earlier batch of this poll has opened a window. */
  readonly windowOpened: boolean;
}

export interface AuditProgress {
  readonly state: 'more' | 'complete' | 'behind' | 'superseded' | 'disconnected' | 'forbidden' | 'unavailable';
  readonly path: string;
  /** The window that was worked on last. */
  readonly window?: { readonly start: string; readonly end: string; readonly pages: number };
  readonly windowOpened: boolean;
  /** Everything before this moment (ISO, UTC) is held. */
  readonly watermark?: string;
  /** Totals of this poll so far, read from the ledger. */
  readonly pages: number;
  readonly events: number;
  readonly newEvents: number;
  /** The permission to grant, when the vendor refuses for the lack of it. */
  readonly permission?: string;
}

export interface FinishedRun {
  readonly result: PollResult;
  readonly workflowId: string;
  readonly runId: string;
  /** First run of the poll's chain of runs. */
  readonly firstRunId: string;
  readonly startedAt: string;
  readonly error?: string;
}
