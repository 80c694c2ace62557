import type { BundleRecord } from './bundle.js';
import type { Checkpoints } from './checkpoints.js';
import type { Completeness, LateEvents, TotalMismatch } from '../model/completeness.js';
import type {
  ApiVersion,
  ConnectionRow,
  ConnectionSettings,
  CredentialVersion,
  EndpointName,
  RotationOutcome,
  Stream,
} from '../model/connection.js';
import type { Drift, DriftRange } from './drift/read-drift.js';
import type { CitedObservation } from './cited-observations.js';
import type { LogEntry, LogRange } from './log-entries.js';
import type { EndpointOutcome, PollOutcome } from '../model/outcomes.js';
import type { Annotations, Evaluations } from './verdict-store.js';
import type { Privacy } from './privacy.js';
import type { Protection } from '../model/statistics.js';
import type { Statistics } from './statistics-store.js';
import type { TimeRange } from '../model/time-ranges.js';
import type { Provenance } from '../model/provenance.js';

/**
 * The evidence of all connections in one Postgres database. Every method is one transaction: it happened whole or
 * not at all. Methods that act for a poll take its `generation` and store nothing once the connection has moved on.
 */
export interface EvidenceStore {
  readonly connections: Connections;
  readonly ledger: Ledger;
  readonly observations: Observations;
  readonly polls: Polls;
  readonly evaluations: Evaluations;
  readonly annotations: Annotations;
  readonly statistics: Statistics;
  readonly log: EvidenceLog;
  readonly privacy: Privacy;
  readonly checkpoints: Checkpoints;
  /**
   * Records, or checks, the one Temporal namespace that this database serves.
   *
   * @throws EvidenceNamespaceError when another namespace has claimed it
   */
  claimNamespace(namespace: string): Promise<void>;
  /** Reads a connection's evidence in a steady order, with flat memory. What is stored meanwhile may be missing. */
  export(connectionId: string, options?: ExportOptions): AsyncIterable<ExportRecord>;
  /** What endpoints said otherwise than the time before, in the order in which it was found. */
  drift(connectionId: string, range?: DriftRange): AsyncIterable<Drift>;
  /** Everything that a connection's log is proved from, for whoever verifies it without this database. See `bundle.ts`. */
  bundle(connectionId: string): AsyncIterable<BundleRecord>;
  close(): Promise<void>;
}

export interface Connections {
  read(connectionId: string): Promise<ConnectionRow | undefined>;
  list(): Promise<ConnectionRow[]>;
  /**
   * Creates the connection, or takes a disconnected one up again, with its first (or next) credential version
   * `pending`. A connection that is already there and not disconnected is left as it is: `created: false`, unless the
   * same sealed text opened it, which is this very call being retried.
   */
  open(connection: NewConnection): Promise<{ created: boolean; row: ConnectionRow }>;
  credentials(connectionId: string, version: number): Promise<CredentialVersion | undefined>;
  activeCredentials(connectionId: string): Promise<CredentialVersion | undefined>;
  /** The versions that are pending or active and the newest one, of every connection that has any; newest first. */
  allCredentials(): Promise<ReadonlyMap<string, readonly CredentialVersion[]>>;
  /** The version that was added last, whatever became of it. */
  newestCredentials(connectionId: string): Promise<CredentialVersion | undefined>;
  /**
   * Makes a pending version the active one, retires the one before and deletes its sealed text; the generation of the API
   * and the base URL that belong to it become the connection's. For the version that
   * is active already it only lifts a refusal, or pins the account that its keys could not read before.
   *
   * @throws EvidenceAccountError when the proof is of another account than the one that is pinned
   * @throws EvidenceStateError when the version is retired or rejected
   */
  promote(connectionId: string, version: number, proof: AcceptedProof): Promise<ConnectionRow>;
  /**
   * Marks the connection `refused` and pauses its streams with a note; the pending version stays to be tried again. A
   * version that is not the one in use changes nothing.
   */
  refuse(connectionId: string, version: number, note: string): Promise<ConnectionRow>;
  /**
   * Adds keys as a pending version, and rejects an older pending one. The same sealed text again is the same rotation:
   * it answers with the version that it made, whatever became of it, and changes nothing.
   *
   * @throws EvidenceStateError when the connection is not connected or refused
   */
  stage(connectionId: string, keys: NewKeys): Promise<CredentialVersion>;
  /** Rejects a pending version and deletes its sealed text, and records the rotation as not accepted. */
  reject(connectionId: string, version: number, rotation: RotationOutcome): Promise<ConnectionRow>;
  /**
   * Records how a rotation ended that `reject` does not record: accepted, or refused before anything was staged. The
   * same outcome again changes nothing; its moment belongs to it, so that it is to be decided before the first try.
   */
  recordRotation(connectionId: string, rotation: RotationOutcome): Promise<ConnectionRow>;
  /**
   * Replaces the settings, and writes what changed to the log. The same settings again change nothing. Streams that they
   * add while the keys are refused are paused like the others.
   *
   * @param actor who asked, for the log; also in the next two
   */
  updateSettings(connectionId: string, settings: ConnectionSettings, actor?: string): Promise<ConnectionRow>;
  /** Adds the operator's pause to streams, or replaces its note. Our own pauses stay beside it. */
  pause(connectionId: string, streams: readonly Stream[], note: string, actor?: string): Promise<ConnectionRow>;
  /** Takes the operator's pause from streams. Our own pauses stay. */
  resume(connectionId: string, streams: readonly Stream[], actor?: string): Promise<ConnectionRow>;
  /** State `disconnecting`, and a new generation: from here on, polls of the old one store nothing. */
  beginDisconnect(connectionId: string): Promise<ConnectionRow>;
  /** Destroys every sealed text, drops open windows, and marks the connection `disconnected`. */
  finishDisconnect(connectionId: string): Promise<ConnectionRow>;
}

/** One set of keys, as it is added. */
export interface NewKeys {
  readonly sealed: string;
  readonly kid: string;
  readonly fingerprint?: string;
  readonly issuedAt?: Date;
  /** The generation of the API that they are for; `1.0` when it is not said. */
  readonly apiVersion?: ApiVersion;
  /** The base URL that comes into force with them, when it is another one than the connection's. */
  readonly baseUrl?: string;
}

export interface NewConnection extends NewKeys {
  readonly connectionId: string;
  readonly settings: ConnectionSettings;
}

export interface AcceptedProof {
  /** None when neither the old nor the new keys may read the account. */
  readonly accountCode?: string;
  readonly accountName?: string;
  readonly acceptedAt: Date;
}

export type WindowKind =
  /** Moves the watermark. */
  | 'scheduled'
  /** Reads the last 48 hours again, once a day, for events that arrived late. Does not move the watermark. */
  | 'late-events'
  /** Reads a range that somebody asked for and that is not held. Does not move the watermark. */
  | 'backfill';

/** What has windows of its own: a stream, or one of the logs of a stream that reads several. */
export type LedgerStream = Stream | `threat-statistics/${Protection}`;

/** A time range that polls must cover, with how far they have come. */
export interface WindowRow {
  readonly windowId: string;
  readonly connectionId: string;
  readonly stream: LedgerStream;
  readonly kind: WindowKind;
  readonly start: Date;
  readonly end: Date;
  /** `open` is being read by polls, one of a stream at a time; `filling` by a backfill, several side by side. */
  readonly state: 'open' | 'filling' | 'complete' | 'failed' | 'abandoned';
  /** Raised by each attempt that takes the window; only the newest attempt may advance it. */
  readonly epoch: number;
  /** Pages stored since the window was last started from its first page. */
  readonly pages: number;
  /** Rows that those pages held. */
  readonly events: number;
  /** Rows that were not stored before, over all restarts. */
  readonly newEvents: number;
  /** Token of the next page; none before the first page. */
  readonly pageToken?: string;
  readonly restarts: number;
}

/** Where a stream stands. */
export interface LedgerPosition {
  /** End of the last complete `scheduled` window. */
  readonly watermark?: Date;
  readonly openWindow?: WindowRow;
  /** End of the last complete `late-events` window. */
  readonly lateEventsReadTo?: Date;
}

/** A range that can no longer be collected. */
export interface Gap {
  readonly start: Date;
  readonly end: Date;
  /** The vendor no longer keeps it. */
  readonly cause: 'look-back';
}

export interface Ledger {
  position(connectionId: string, stream: LedgerStream): Promise<LedgerPosition>;
  /**
   * Opens a window and records the gap before it. Idempotent: a stream has at most one open window, and when there is
   * one already, that one is answered. A backfill's windows are opened beside it, and never two over the same range: that is
   * `superseded`.
   */
  open(window: NewWindow): Promise<WindowRow | Refused>;
  /**
   * Takes the window for this attempt: raises its epoch. `superseded` when it is no longer open.
   *
   * @param runId run that the pages count for: the first execution's run id of the poll's chain
   */
  take(windowId: string, generation: number, runId: string): Promise<TakenWindowRow | Refused>;
  /**
   * Stores a page, the window's new checkpoint and the page's entry in the log, in one statement that starts with the
   * guarded checkpoint: when another attempt is ahead nothing at all is stored. Nor is a page whose next token this
   * window has used before: following it would go round in circles.
   */
  storePage(page: AuditPage): Promise<StoredPage | Refused | 'repeated-token'>;
  /**
   * Starts the window again from its first page, from `start` on; what now lies before the start is recorded as a gap.
   * `exhausted` after the third restart: then the window is failed. That is no gap yet, because the watermark has not
   * moved: the next poll opens a window from there again.
   */
  restart(window: TakenWindow, start: Date, cause: string): Promise<WindowRow | Refused | 'exhausted'>;
  /**
   * Moves a window of which nothing was read yet: the vendor has dropped its beginning, or all of it, since it was opened.
   * What now lies before the start is recorded as a gap. A window with pages stays where it is.
   */
  move(window: TakenWindow, start: Date, end: Date): Promise<WindowRow | Refused>;
  gaps(connectionId: string, stream: LedgerStream): Promise<Gap[]>;
  /** Records ranges that can no longer be collected. Idempotent. @returns whether the connection still takes it */
  recordGaps(connectionId: string, generation: number, stream: Stream, gaps: readonly Gap[]): Promise<boolean>;
  /** What is held of a stream, and which windows are not complete. */
  coverage(connectionId: string, stream: LedgerStream): Promise<Coverage>;
  /** How far a backfill has come: its windows that ended, by the run that they counted for. */
  backfilled(connectionId: string, stream: Stream, runId: string): Promise<BackfilledWindows>;
  /**
   * What is owed of a stream and what of that is missing, at one moment. None before the first accepted proof.
   *
   * @throws EvidenceNotFoundError
   */
  completeness(connectionId: string, stream: Stream, now: Date): Promise<Completeness | undefined>;
  /** Complete windows whose rows are not as many as the vendor said, oldest first. */
  totalMismatches(connectionId: string, stream: Stream): Promise<TotalMismatch[]>;
  /** Events of the audit log that were found late, by windows that were read to their end within a period. */
  lateEvents(connectionId: string, found: TimeRange): Promise<LateEvents>;
  /** What one poll stored, over all windows of the stream and of its logs; the pages of other runs are not counted. */
  pollCounts(connectionId: string, stream: LedgerStream, runId: string): Promise<WindowCounts>;
}

export interface WindowCounts {
  readonly windows: number;
  readonly pages: number;
  readonly events: number;
  readonly newEvents: number;
}

export interface Coverage {
  /** What complete windows cover: in order, disjoint, not touching. */
  readonly held: readonly TimeRange[];
  /** Windows that are being read, or wait for it: `open` and `filling`. */
  readonly unfinished: readonly WindowRow[];
  /** Windows that were given up, each with the run that did. */
  readonly failed: readonly (TimeRange & { readonly runId?: string })[];
}

export interface BackfilledWindows {
  readonly complete: number;
  readonly failed: number;
}

/** Why a guarded write stored nothing. */
export type Refused = 'superseded' | 'disconnected';

export interface NewWindow {
  readonly connectionId: string;
  readonly generation: number;
  readonly stream: LedgerStream;
  readonly kind: WindowKind;
  readonly start: Date;
  readonly end: Date;
  readonly gap?: Gap;
}

/** A window as one attempt holds it. */
export interface TakenWindow {
  readonly windowId: string;
  readonly generation: number;
  readonly epoch: number;
  readonly runId: string;
}

export type TakenWindowRow = WindowRow & TakenWindow;

/** One event of the vendor's audit log, as far as the store looks at it. */
export interface AuditEvent {
  readonly id: string;
  readonly eventTime: Date;
  readonly auditType: string;
  readonly category: string;
  readonly user: string;
  /** The event as it was answered. */
  readonly raw: unknown;
}

/** The events of one page, prepared to be stored: parsing and hashing happen while the page before is being stored. */
export interface PreparedEvents {
  readonly count: number;
  /** Postgres binary arrays, one per column; made by `prepareEvents`. */
  readonly columns: readonly Buffer[];
}

export interface AuditPage {
  readonly window: TakenWindow;
  /** Pages that the window must have before this one. */
  readonly pagesBefore: number;
  readonly events: PreparedEvents;
  /** Token of the page after this one, or none when this is the window's last. */
  readonly nextToken?: string;
  /** Rows of the whole window, where the vendor tells. */
  readonly totalCount?: number;
  readonly provenance: Provenance;
}

export interface StoredPage {
  /** Pages of the window so far, this one included. */
  readonly pages: number;
  /** Rows that those pages held. */
  readonly events: number;
  /** Events of this page that were not stored before. */
  readonly newEvents: number;
  readonly complete: boolean;
}

export interface Observations {
  /**
   * Keeps what one endpoint said. The body is stored once per digest; one that was erased is stored anew when the vendor
   * gives it again.
   */
  record(observation: NewObservation): Promise<StoredObservation | Refused>;
  /** The newest observation of each endpoint. */
  latest(connectionId: string): Promise<StoredObservation[]>;
  /** Of each of these bodies, by digest, the newest observation before a moment that brought it. */
  cited(connectionId: string, digests: readonly string[], before: Date): Promise<CitedObservation[]>;
}

export interface NewObservation {
  readonly connectionId: string;
  readonly generation: number;
  readonly stream: Stream;
  readonly endpoint: EndpointName;
  readonly outcome: EndpointOutcome;
  readonly items?: number;
  /** The vendor's `data`, without what must not be kept. None unless the endpoint answered. */
  readonly body?: unknown;
  readonly droppedFields?: readonly string[];
  /** The failure's class, for an outcome that is not an answer. */
  readonly error?: string;
  readonly provenance?: Provenance;
  readonly runId: string;
}

export interface StoredObservation {
  readonly observationId: string;
  readonly stream: Stream;
  readonly endpoint: EndpointName;
  readonly path?: string;
  readonly outcome: EndpointOutcome;
  readonly items?: number;
  /** Lower-case hex SHA-256 of the canonical body, without the dropped fields. */
  readonly digest?: string;
  /** The same of what the body says, without ids and times that change by themselves: tells drift. Gone with the body. */
  readonly contentDigest?: string;
  /** The entry of the log that erased the body by rule. Without its body an observation cannot be read any more. */
  readonly erasedBy?: number;
  readonly observedAt: Date;
}

export interface Polls {
  /** Keeps how a poll ended; the newest is what `status` shows. */
  record(poll: FinishedPoll): Promise<void>;
  /** The newest finished poll of each stream. */
  latest(connectionId: string): Promise<FinishedPoll[]>;
}

export interface FinishedPoll {
  readonly connectionId: string;
  readonly stream: Stream;
  readonly workflowId: string;
  readonly runId: string;
  readonly startedAt: Date;
  readonly finishedAt: Date;
  readonly outcome: PollOutcome;
  /** First line of the failure, for people. */
  readonly error?: string;
  readonly pages?: number;
  readonly events?: number;
  readonly newEvents?: number;
}

/** Position in a connection's hash-chained log. */
export interface LogHead {
  readonly sequence: number;
  /** Lower-case hex SHA-256. */
  readonly hash: string;
}

export interface EvidenceLog {
  head(connectionId: string): Promise<LogHead | undefined>;
  /** The head as it was when the entry at this place had just been made; none when there is no such entry. */
  link(connectionId: string, sequence: number): Promise<LogHead | undefined>;
  /** Entries of some kinds within a range, in order. */
  entries(connectionId: string, range: LogRange): AsyncIterable<LogEntry>;
  /**
   * Recomputes the chain and every digest that it covers; names the first entry that does not hold. With what a checkpoint
   * says, which the caller has found authentic and of this connection, also whether it lies on the chain.
   */
  verify(connectionId: string, checkpoint?: Checkpointed): Promise<Verification>;
}

/** What a checkpoint says of a log. */
export interface Checkpointed extends LogHead {
  /** When it was made: ISO, UTC. */
  readonly at: string;
}

export interface Verification {
  readonly connectionId: string;
  readonly ok: boolean;
  readonly records: number;
  /** Bodies that are gone because a rule said so. */
  readonly erased?: {
    readonly events: number;
    readonly observations: number;
    readonly rows: number;
    readonly verdicts: number;
  };
  /** The checkpoint that lies on the chain. */
  readonly checkpoint?: { readonly sequence: number; readonly at: string };
  readonly firstBroken?: { readonly sequence: number; readonly kind: string; readonly reason: string };
}

export interface ExportOptions {
  /** Both when none is named. */
  readonly what?: readonly ('events' | 'observations')[];
  /** First moment to export: of the event, or of the observation. */
  readonly from?: Date;
  /** Moment before which the export ends. */
  readonly to?: Date;
}

export type ExportRecord = ExportedEvent | ExportedObservation;

export interface ExportedEvent {
  readonly type: 'event';
  readonly connectionId: string;
  readonly eventTime: Date;
  /** Lower-case hex SHA-256 of the body. */
  readonly sha256: string;
  /** The page that first brought the event, as its entry in the log names it. */
  readonly windowId: string;
  readonly restart: number;
  readonly page: number;
  /** The entry of the log that erased the body by rule; then there is none. */
  readonly erasedBy?: number;
  /** Canonical JSON (RFC 8785), byte for byte as it was hashed. */
  readonly body?: string;
}

export interface ExportedObservation {
  readonly type: 'observation';
  readonly connectionId: string;
  readonly observationId: string;
  readonly stream: Stream;
  readonly endpoint: EndpointName;
  readonly outcome: EndpointOutcome;
  readonly observedAt: Date;
  readonly items?: number;
  readonly droppedFields: readonly string[];
  readonly provenance?: Provenance;
  readonly error?: string;
  /** Of the body, when the endpoint answered. */
  readonly sha256?: string;
  /** What `sha256` is the digest of: what was kept of the answer, which is not all of it where fields were dropped. */
  readonly sha256Of?: 'redacted-body';
  /** Of what the body says, without ids and times that change by themselves. */
  readonly contentSha256?: string;
  /** The entry of the log that erased the body by rule; then there is none. */
  readonly erasedBy?: number;
  readonly body?: string;
}
