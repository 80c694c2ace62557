import type { ConnectionSettings, EndpointName, ProtectionLogEndpoint, Stream } from '../model/connection.js';
import type { Protection } from '../model/statistics.js';
import type { Annotation } from '../model/verdicts.js';
import type { BackfillInput, BackfillOutcome, BackfillResult, TimeSpan } from './backfill.js';
import type { AnnotationRequest, ConnectRequest, RotationRequest, TestRequest } from './messages.js';
import type {
  ConnectionTest,
  ConnectionStatus,
  PolledEndpoint,
  PollResult,
  RotationReport,
  StartedPoll,
} from './reports.js';
import type { PolledStream } from '../model/streams.js';
import type { SettingsChange } from '../model/settings.js';

/** The activities as workflows call them. Everything that crosses this border is JSON and free of secrets. */
export interface MimecastActivities {
  /** The connection as its row says, or none when there is no such connection. */
  'mimecast.loadConnection'(connectionId: string): Promise<ConnectionStatus | null>;
  /** Saves a new connection, or takes a disconnected one up again. `created: false` leaves an existing one as it is. */
  'mimecast.openConnection'(connectionId: string, request: ConnectRequest): Promise<OpenedConnection>;
  /** Calls Mimecast with one version of the keys and says whether it takes them. */
  'mimecast.proveKeys'(connectionId: string, version: number): Promise<ConnectionTest>;
  /**
   * Promotes the version that the report accepts, or marks the connection as refused. A report that judges nothing,
   * because the vendor was not reached, leaves a connection that works as it is.
   */
  'mimecast.settleProof'(connectionId: string, version: number, report: ConnectionTest): Promise<ConnectionStatus>;
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
  /**
   * Saves settings that were proved, and appends what changed to the log.
   *
   * @param actor who requested it, when the sender says so; also in the next two
   */
  'mimecast.saveSettings'(
    connectionId: string,
    settings: ConnectionSettings,
    actor?: string,
  ): Promise<ConnectionStatus>;
  /** Adds the operator's pause of streams to the row. `mimecast.reconcileSchedules` then pauses the schedules. */
  'mimecast.pauseStreams'(
    connectionId: string,
    streams: readonly PolledStream[],
    note: string,
    actor?: string,
  ): Promise<ConnectionStatus>;
  /** Removes the operator's pause of streams from the row. `mimecast.reconcileSchedules` then unpauses the schedules. */
  'mimecast.resumeStreams'(
    connectionId: string,
    streams: readonly PolledStream[],
    actor?: string,
  ): Promise<ConnectionStatus>;
  /**
   * Updates the connection's schedules from its row, and records pauses made in Temporal in the row. Idempotent.
   *
   * @param lift streams whose schedules are unpaused, also where an operator paused them
   */
  'mimecast.reconcileSchedules'(connectionId: string, lift: readonly PolledStream[]): Promise<ConnectionStatus>;
  /** Calls every endpoint with the current keys, and the other regions when the request says so. Changes nothing. */
  'mimecast.testConnection'(connectionId: string, request?: TestRequest): Promise<ConnectionTest>;
  /** Asks all controls and keeps what they say. The answer's `posture` is the new record. */
  'mimecast.evaluate'(connectionId: string, cause: 'timer' | 'change'): Promise<ConnectionStatus>;
  /** Keeps what somebody says about a control, and asks all controls again. */
  'mimecast.annotate'(connectionId: string, request: AnnotationRequest): Promise<AnnotatedConnection>;
  /** Ends an annotation before it expires, and evaluates all controls again. */
  'mimecast.withdrawAnnotation'(connectionId: string, annotationId: string): Promise<AnnotatedConnection>;
  /** Triggers the schedules of streams. A stream whose poll is running is joined: no second poll starts. */
  'mimecast.pollNow'(connectionId: string, streams: readonly PolledStream[]): Promise<StartedPoll[]>;
  /** Marks the connection as disconnecting. Polls that are running store nothing after this. */
  'mimecast.beginDisconnect'(connectionId: string): Promise<void>;
  /** Workflow ids of the polls that are going. */
  'mimecast.runningPolls'(connectionId: string): Promise<string[]>;
  /** Deletes the schedules, then cancels the runs that they had going. */
  'mimecast.endPolls'(connectionId: string, workflowIds: readonly string[]): Promise<void>;
  /** Destroys the keys and marks the connection as disconnected. The evidence stays. */
  'mimecast.finishDisconnect'(connectionId: string): Promise<ConnectionStatus>;

  /** Returns the data that a poll needs before its first call. */
  'mimecast.beginPoll'(connectionId: string, stream: PolledStream): Promise<BegunPoll>;
  /** Calls one endpoint and stores what it said as an observation. */
  'mimecast.collectEndpoint'(request: EndpointRequest): Promise<PolledEndpoint | 'disconnected'>;
  /** Drains pages of the audit log, from the stream's open window on, until this batch's budget is spent. */
  'mimecast.collectAuditPages'(request: AuditBatch): Promise<AuditProgress>;
  /**
   * Does the daily maintenance of a connection: erases what is past its retention, and makes a checkpoint of the log. A
   * checkpoint that cannot be delivered is reported, and does not fail the activity.
   */
  'mimecast.keepHouse'(connectionId: string): Promise<MaintenanceResult>;
  /** Drains pages of one protection log, and counts them, from its open window on until this batch's budget is spent. */
  'mimecast.collectProtectionLogs'(request: ProtectionBatch): Promise<ProtectionProgress>;
  /** Returns the readable part of a range and its missing windows. Records those windows, and what is lost. */
  'mimecast.beginBackfill'(input: BackfillInput, runId: string): Promise<BegunBackfill>;
  /** Reads missing windows of a backfill's range side by side, until this batch's budget is spent. */
  'mimecast.backfillAuditEvents'(batch: BackfillBatch): Promise<BackfillBatchResult>;
  /** Records how a poll ended. */
  'mimecast.finishPoll'(finished: FinishedRun): Promise<PollResult>;
}

/** Result of `mimecast.annotate` and `mimecast.withdrawAnnotation`. */
export interface AnnotatedConnection {
  readonly annotation: Annotation;
  readonly status: ConnectionStatus;
}

/** Result of `mimecast.openConnection`. */
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

/** Result of testing new keys at Mimecast, and the decision that follows from it. */
export interface RotationProof {
  readonly report: ConnectionTest;
  /** `unjudged`: the vendor was not reached, so nothing is known about the keys. */
  readonly verdict: 'accepted' | 'refused' | 'unjudged';
  /** The reason for a refusal, in one line. */
  readonly reason?: string;
}

/** Result of `mimecast.settleRotation`: the answer to the sender, and the connection after it. */
export interface SettledRotation {
  readonly answer: RotationReport;
  readonly status: ConnectionStatus;
}

/** Changed settings, with the proof where one was needed. Nothing is saved yet. */
export interface ProvedSettings {
  /** As they would be. */
  readonly settings: ConnectionSettings;
  /** None when the change needed no proof. */
  readonly report?: ConnectionTest;
  /** The reason for rejecting the change. */
  readonly reason?: string;
}

/** Data that a poll has before its first call. */
export interface BegunPoll {
  /** The connection's generation: what is collected is stored only while it is the current one. */
  readonly generation: number;
  /** The endpoints that a stream of whole endpoints reads. */
  readonly endpoints: readonly WholeEndpointName[];
  /** The path of each of them. */
  readonly paths: Readonly<Partial<Record<WholeEndpointName, string>>>;
  /** The logs that threat statistics are counted from. */
  readonly logs?: readonly BegunLog[];
  /** Time between two polls of the stream, in milliseconds. */
  readonly everyMs: number;
  /** There is no live connection to poll. */
  readonly disconnected: boolean;
}

/** One protection log that a poll of threat statistics reads. */
export interface BegunLog {
  readonly protection: Protection;
  readonly endpoint: ProtectionLogEndpoint;
  readonly path: string;
}

/** One call of an endpoint that is read whole. */
export interface EndpointRequest {
  readonly connectionId: string;
  readonly generation: number;
  readonly stream: Stream;
  readonly endpoint: WholeEndpointName;
  readonly runId: string;
}

/** The endpoints that are read whole, in one call of an activity. */
export type WholeEndpointName = Exclude<EndpointName, 'audit-events' | ProtectionLogEndpoint>;

/** One batch of a poll of the audit log: as many pages as its time budget allows. */
export interface AuditBatch {
  readonly connectionId: string;
  readonly generation: number;
  /** First run of this poll's chain of runs; what it stores is counted under this id. */
  readonly runId: string;
  /** When the first run of the chain started (ISO, UTC): fixes the end of what this poll covers. */
  readonly startedAt: string;
  /** True when an earlier batch of this poll has opened a window. */
  readonly windowOpened: boolean;
}

/** Progress of a poll of a paged log after a batch. */
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

/** Result of the daily maintenance. */
export interface MaintenanceResult {
  /** Events whose bodies were kept long enough. */
  readonly erasedEvents: number;
  readonly checkpoint: 'made' | 'not-due' | 'not-configured' | 'failed';
}

/** As of the audit log, for one protection log. */
export interface ProtectionBatch extends AuditBatch {
  readonly protection: Protection;
}

/** As of the audit log; its events are the log's rows. */
export type ProtectionProgress = AuditProgress;

/** End of a run of a poll, as it is recorded. */
export interface FinishedRun {
  readonly result: PollResult;
  readonly workflowId: string;
  readonly runId: string;
  /** First run of the poll's chain of runs. */
  readonly firstRunId: string;
  readonly startedAt: string;
  readonly error?: string;
}

/** Data that a backfill has before its first batch. */
export interface BegunBackfill {
  readonly generation: number;
  /** There is no live connection to read for. */
  readonly disconnected: boolean;
  /** Absent when no part of the requested range can be read. */
  readonly range?: TimeSpan;
  /** Number of missing windows in it. */
  readonly windows?: number;
  /** Before the vendor's look-back, and not held. */
  readonly lost: readonly TimeSpan[];
  /** End of the readable range, where the request was cut because younger events have not settled (ISO, UTC). */
  readonly cutAt?: string;
}

/** One batch of a backfill: as many windows as its time budget allows. */
export interface BackfillBatch {
  readonly connectionId: string;
  readonly generation: number;
  /** First run of the backfill's chain of runs; what it stores is counted under this id. */
  readonly runId: string;
  readonly range: TimeSpan;
}

/** Totals are those of the whole backfill so far, read from the ledger. */
export interface BackfillBatchResult extends Pick<
  BackfillResult,
  'windows' | 'pages' | 'events' | 'newEvents' | 'permission' | 'head'
> {
  readonly state: 'more' | Exclude<BackfillOutcome, 'partial'>;
}
