import { createAnnotations, type Annotations } from './verdicts/annotations.js';
import { createCheckpoints, type Checkpoints } from './proof/checkpoints.js';
import { createConnections, type Connections } from './connections/connections.js';
import { createRefusedCalls, type RefusedCalls } from './connections/refused-calls.js';
import { readClock, type Clock } from './database/clock.js';
import { hostAndPort, openDatabase } from './database/database.js';
import { readDrift, type Drift, type DriftRange } from './observations/drift.js';
import { createEvaluations, type Evaluations } from './verdicts/evaluations.js';
import { exportEvidence, type ExportOptions, type ExportRecord } from './export.js';
import { createLedger, type Ledger } from './ledger/ledger.js';
import { adoptNamespace, claimNamespace, readNamespace } from './database/namespace.js';
import type { TemporalNamespace } from './database/errors.js';
import { createObservations, type Observations } from './observations/observations.js';
import { createPolls, type Polls } from './ledger/polls.js';
import { createErasure, type Erasure } from './erasure/erasure.js';
import { createStatistics, type Statistics } from './statistics/statistics.js';
import { createCompleteness, type CompletenessReader } from './completeness/completeness.js';
import { createEvents, type Events } from './events/store-page.js';
import { createLog, type EvidenceLog } from './log/log.js';
import { createWorkflowVersions, type WorkflowVersions } from './connections/workflow-versions.js';
import { createProof, type Proof } from './proof/verify.js';

/**
 * The evidence of all connections in one Postgres database. Every method is one transaction. Methods that act for a poll take
 * the connection's `generation`, and store nothing once the connection has a newer one.
 */
export interface EvidenceStore {
  /** The connections: settings, state and sealed keys. */
  readonly connections: Connections;
  /** Which ranges of the paged logs are held, and which are missing. */
  readonly ledger: Ledger;
  /** Stores pages of the audit log. */
  readonly events: Events;
  /** The protection logs, counted by day. */
  readonly statistics: Statistics;
  /** Answers of the endpoints. */
  readonly observations: Observations;
  /** Records of ended polls. */
  readonly polls: Polls;
  /** Ranges that are owed, held or missing, and late events. */
  readonly completeness: CompletenessReader;
  /** The verdicts of the controls. */
  readonly evaluations: Evaluations;
  /** Annotations of controls: exceptions, accepted risks, attestations. */
  readonly annotations: Annotations;
  /** Erases evidence by age or by person. */
  readonly erasure: Erasure;
  /** The hash-chained log of each connection. */
  readonly log: EvidenceLog;
  /** Verifies a log, and exports what it is verified from. */
  readonly proof: Proof;
  /** Newest checkpoint of a connection's log, and the current position of the log. */
  readonly checkpoints: Checkpoints;
  /** Marks the release for which each connection's workflow was started. */
  readonly workflowVersions: WorkflowVersions;
  /** Counts the calls whose keys Mimecast refused. */
  readonly refusedCalls: RefusedCalls;
  /** Host and port of the database. */
  readonly where: string;
  /** Reads the database's clock. */
  clock(): Promise<Clock>;
  /** The Temporal namespace that this database serves; none before the first worker or upgrade. */
  namespace(): Promise<TemporalNamespace | undefined>;
  /**
   * Claims the database for one Temporal namespace.
   *
   * @throws EvidenceNamespaceError when another namespace has claimed it
   */
  claimNamespace(namespace: TemporalNamespace): Promise<void>;
  /** Gives the database to another namespace, and marks every connection that is not disconnected to be restarted there. */
  adoptNamespace(namespace: TemporalNamespace): Promise<void>;
  /** Reads a connection's evidence in a fixed order, with constant memory. May omit what is stored meanwhile. */
  export(connectionId: string, options?: ExportOptions): AsyncIterable<ExportRecord>;
  /** Returns the changes in what endpoints answered, in the order in which they were observed. */
  drift(connectionId: string, range?: DriftRange): AsyncIterable<Drift>;
  /** Closes the pool. Calls that are under way end first. */
  close(): Promise<void>;
}

/** Address of the database, and settings of the pool. */
export interface EvidenceStoreOptions {
  /** `postgres://user:password@host:port/database`; its schema `mimecast` is created by `migrate`. */
  readonly databaseUrl: string;
  /** The most connections that the pool opens. Default 10. */
  readonly maxConnections?: number;
  /** Receives errors of idle connections. The pool replaces them by itself. */
  readonly onError?: (error: Error) => void;
}

/**
 * Creates the evidence store on Postgres 14 or newer. Opens no connection until the first call.
 *
 * Every method may throw `EvidenceUnreachableError` when the database cannot be used, and `EvidenceSchemaError` when
 * its migrations are not applied.
 */
export function createEvidenceStore(options: EvidenceStoreOptions): EvidenceStore {
  const { databaseUrl, maxConnections = 10, onError = () => undefined } = options;
  const db = openDatabase({ databaseUrl, maxConnections, onError });
  return {
    connections: createConnections(db),
    ledger: createLedger(db),
    events: createEvents(db),
    statistics: createStatistics(db),
    observations: createObservations(db),
    polls: createPolls(db),
    completeness: createCompleteness(db),
    evaluations: createEvaluations(db),
    annotations: createAnnotations(db),
    erasure: createErasure(db),
    log: createLog(db),
    proof: createProof(db),
    checkpoints: createCheckpoints(db),
    workflowVersions: createWorkflowVersions(db),
    refusedCalls: createRefusedCalls(db),
    where: hostAndPort(databaseUrl),
    clock: () => readClock(db),
    namespace: () => readNamespace(db),
    claimNamespace: (namespace) => claimNamespace(db, namespace),
    adoptNamespace: (namespace) => adoptNamespace(db, namespace),
    export: (connectionId, exported) => exportEvidence(db, connectionId, exported),
    drift: (connectionId, range) => readDrift(db, connectionId, range),
    close: () => db.close(),
  };
}
