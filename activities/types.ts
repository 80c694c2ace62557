import type { EndpointName, Stream } from '../evidence/connection.js';
import type { ConnectRequest } from '../workflows/messages.js';
import type {
  ConnectionReport,
  ConnectionStatus,
  PolledEndpoint,
  PollResult,
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
  /** Promotes the version that the report accepts, or marks the connection as refused. */
  'mimecast.settleProof'(connectionId: string, version: number, report: ConnectionReport): Promise<ConnectionStatus>;
  /** Makes the connection's schedules what its row says. Idempotent. */
  'mimecast.reconcileSchedules'(connectionId: string): Promise<void>;
  /** Calls Mimecast with the current keys. Changes nothing. */
  'mimecast.testConnection'(connectionId: string): Promise<ConnectionReport>;
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

export interface BegunPoll {
  /** The connection's generation: what is collected is stored only while it is the current one. */
  readonly generation: number;
  /** What a stream of whole endpoints reads. */
  readonly endpoints: readonly WholeEndpointName[];
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
