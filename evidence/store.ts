import { createAnnotations, type Annotations } from './verdicts/annotations.js';
import { bundle, type BundleRecord } from './proof/bundle.js';
import { createCheckpoints, type Checkpoints } from './proof/checkpoints.js';
import { createConnections, type Connections } from './connections/connections.js';
import { openDatabase } from './database/database.js';
import { readDrift, type Drift, type DriftRange } from './observations/drift.js';
import { createEvaluations, type Evaluations } from './verdicts/evaluations.js';
import { exportEvidence, type ExportOptions, type ExportRecord } from './export.js';
import { createLedger, type Ledger } from './ledger/ledger.js';
import { readHead } from './log/append.js';
import { readLink, readLogEntries } from './log/entries.js';
import { claimNamespace } from './database/namespace.js';
import { createObservations, type Observations } from './observations/observations.js';
import { createPolls, type Polls } from './ledger/polls.js';
import { createPrivacy, type Privacy } from './erasure/erasure.js';
import { createStatistics, type Statistics } from './statistics/statistics.js';
import { verify } from './proof/verify.js';
import type { EvidenceLog } from './log/log.js';

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
    observations: createObservations(db),
    polls: createPolls(db),
    evaluations: createEvaluations(db),
    annotations: createAnnotations(db),
    statistics: createStatistics(db),
    log: {
      head: (connectionId) => readHead(db, connectionId),
      link: (connectionId, sequence) => readLink(db, connectionId, sequence),
      entries: (connectionId, range) => readLogEntries(db, connectionId, range),
      verify: (connectionId, checkpoint) => verify(db, connectionId, checkpoint),
    },
    privacy: createPrivacy(db),
    checkpoints: createCheckpoints(db),
    claimNamespace: (namespace) => claimNamespace(db, namespace),
    export: (connectionId, exported) => exportEvidence(db, connectionId, exported),
    drift: (connectionId, range) => readDrift(db, connectionId, range),
    bundle: (connectionId) => bundle(db, connectionId),
    close: () => db.close(),
  };
}
