import { createAnnotations, type Annotations } from './verdicts/annotations.js';
import { createCheckpoints, type Checkpoints } from './proof/checkpoints.js';
import { createConnections, type Connections } from './connections/connections.js';
import { openDatabase } from './database/database.js';
import { readDrift, type Drift, type DriftRange } from './observations/drift.js';
import { createEvaluations, type Evaluations } from './verdicts/evaluations.js';
import { exportEvidence, type ExportOptions, type ExportRecord } from './export.js';
import { createLedger, type Ledger } from './ledger/ledger.js';
import { claimNamespace } from './database/namespace.js';
import { createObservations, type Observations } from './observations/observations.js';
import { createPolls, type Polls } from './ledger/polls.js';
import { createErasure, type Erasure } from './erasure/erasure.js';
import { createStatistics, type Statistics } from './statistics/statistics.js';
import { createCompleteness, type CompletenessReader } from './completeness/completeness.js';
import { createEvents, type Events } from './events/store-page.js';
import { createLog, type EvidenceLog } from './log/log.js';
import { createProof, type Proof } from './proof/verify.js';

/**
 * The evidence of all connections in one Postgres database. Every method is one transaction: it happened whole or
 * not at all. Methods that act for a poll take its `generation` and store nothing once the connection has moved on.
 */
export interface EvidenceStore {
  readonly connections: Connections;
  readonly ledger: Ledger;
  readonly events: Events;
  readonly statistics: Statistics;
  readonly observations: Observations;
  readonly polls: Polls;
  readonly completeness: CompletenessReader;
  readonly evaluations: Evaluations;
  readonly annotations: Annotations;
  readonly erasure: Erasure;
  readonly log: EvidenceLog;
  readonly proof: Proof;
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
  close(): Promise<void>;
}

export interface EvidenceStoreOptions {
  /** `postgres://user:password@host:port/database`; its schema `mimecast` is made by `migrate`. */
  readonly databaseUrl: string;
  /** Connections that the pool opens at most. 10 unless given. */
  readonly maxConnections?: number;
  /** Hears of connections that broke while they were idle. The pool replaces them by itself. */
  readonly onError?: (error: Error) => void;
}

/**
 * The evidence store on Postgres 14 or newer. Opens no connection until the first call.
 *
 * Every method may throw `EvidenceUnreachableError` when the database cannot be used, and `EvidenceSchemaError` when its
 * migrations are not applied.
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
    claimNamespace: (namespace) => claimNamespace(db, namespace),
    export: (connectionId, exported) => exportEvidence(db, connectionId, exported),
    drift: (connectionId, range) => readDrift(db, connectionId, range),
    close: () => db.close(),
  };
}
