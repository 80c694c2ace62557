import { createConnections } from './connections.js';
import { openDatabase } from './database.js';
import { exportEvidence } from './export.js';
import { createLedger } from './ledger.js';
import { readHead } from './log.js';
import { claimNamespace } from './namespace.js';
import { createObservations } from './observations.js';
import { createPolls } from './polls.js';
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
    log: {
      head: (connectionId) => readHead(db, connectionId),
      verify: (connectionId) => verify(db, connectionId),
    },
    claimNamespace: (namespace) => claimNamespace(db, namespace),
    export: (connectionId, exported) => exportEvidence(db, connectionId, exported),
    close: () => db.close(),
  };
}
