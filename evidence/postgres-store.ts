import { createAnnotations } from './annotations.js';
import { bundle } from './bundle.js';
import { createCheckpoints } from './checkpoints.js';
import { createConnections } from './connections.js';
import { openDatabase } from './database.js';
import { readDrift } from './drift/read-drift.js';
import { createEvaluations } from './evaluations.js';
import { exportEvidence } from './export.js';
import { createLedger } from './ledger.js';
import { readHead } from './log.js';
import { readLink, readLogEntries } from './log-entries.js';
import { claimNamespace } from './namespace.js';
import { createObservations } from './observations.js';
import { createPolls } from './polls.js';
import { createPrivacy } from './privacy.js';
import { createStatistics } from './statistics-store.js';
import type { EvidenceStore } from './store.js';
import { verify } from './verify.js';

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
