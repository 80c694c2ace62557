import type {
  ConnectionRow,
  ConnectionSettings,
  CredentialVersion,
  EndpointName,
  RotationOutcome,
  Stream,
} from './connection.js';
import type { EndpointOutcome, PollOutcome } from './outcomes.js';

/**
 * The evidence of all connections in one Postgres database. Every method is one transaction: it happened whole or
 * not at all. Methods that act for a poll take its `generation` and store nothing once the connection has moved on.
 */
export interface EvidenceStore {
  readonly connections: Connections;
  readonly ledger: Ledger;
  readonly observations: Observations;
  readonly polls: Polls;
  readonly log: EvidenceLog;
  /**
   * Records, or checks, the one Temporal namespace that this database serves.
   *
   * @throws EvidenceNamespaceError when another namespace has claimed it
   */
  claimNamespace(namespace: string): Promise<void>;
  /** Reads a connection's evidence in a steady order, with flat memory. What is stored meanwhile may be missing. */
  export(connectionId: string, options?: ExportOptions): AsyncIterable<ExportRecord>;
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
  /** The version that was added last, whatever became of it. */
  newestCredentials(connectionId: string): Promise<CredentialVersion | undefined>;
  /**
   * Makes a pending version the active one, retires the one before and deletes its sealed text. For the version that
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
   */
  updateSettings(connectionId: string, settings: ConnectionSettings): Promise<ConnectionRow>;
  /** Adds the operator's pause to streams, or replaces its note. Our own pauses stay beside it. */
  pause(connectionId: string, streams: readonly Stream[], note: string): Promise<ConnectionRow>;
  /** Takes the operator's pause from streams. Our own pauses stay. */
  resume(connectionId: string, streams: readonly Stream[]): Promise<ConnectionRow>;
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
  | 'late-events';

/** A time range that polls must cover, with how far they have come. */
export interface WindowRow {
  readonly windowId: string;
  readonly connectionId: string;
  readonly stream: Stream;
  readonly kind: WindowKind;
  readonly start: Date;
  readonly end: Date;
  readonly state: 'open' | 'complete' | 'failed' | 'abandoned';
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
  position(connectionId: string, stream: Stream): Promise<LedgerPosition>;
  /**
   * Opens a window and records the gap before it. Idempotent: a stream has at most one open window, and when there is
   * one already, that one is answered.
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
  gaps(connectionId: string, stream: Stream): Promise<Gap[]>;
  /** What one poll stored, over all its windows; the pages of other runs are not counted. */
  pollCounts(connectionId: string, stream: Stream, runId: string): Promise<WindowCounts>;
}

export interface WindowCounts {
  readonly windows: number;
  readonly pages: number;
  readonly events: number;
  readonly newEvents: number;
}

/** Why a guarded write stored nothing. */
export type Refused = 'superseded' | 'disconnected';

export interface NewWindow {
  readonly connectionId: string;
  readonly generation: number;
  readonly stream: Stream;
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

/** Where an answer came from, so that it can be proved. */
export interface Provenance {
  readonly host: string;
  readonly path: string;
  readonly requestId: string;
  readonly httpStatus: number;
  /** The vendor's `Date` header, verbatim. */
  readonly vendorDate?: string;
  /** ISO, UTC. */
  readonly receivedAt: string;
}

export interface Observations {
  /** Keeps what one endpoint said. The body is stored once per digest. */
  record(observation: NewObservation): Promise<StoredObservation | Refused>;
  /** The newest observation of each endpoint. */
  latest(connectionId: string): Promise<StoredObservation[]>;
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
  /** Lower-case hex SHA-256 of the canonical body. */
  readonly digest?: string;
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
  /** Recomputes the chain and every digest that it covers; names the first entry that does not hold. */
  verify(connectionId: string): Promise<Verification>;
}

export interface Verification {
  readonly connectionId: string;
  readonly ok: boolean;
  readonly records: number;
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
  /** Canonical JSON (RFC 8785), byte for byte as it was hashed. */
  readonly body: string;
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
  readonly body?: string;
}
