import type { Database } from '../database/database.js';
import { readHead, type LogHead } from './append.js';
import { readLink, readLogEntries, type LogEntry, type LogRange } from './entries.js';

/** The hash-chained log of each connection, for readers. Each change appends its entry in its own transaction. */
export interface EvidenceLog {
  /** Returns the newest entry's place and hash, or `undefined` when there is no such connection. */
  head(connectionId: string): Promise<LogHead | undefined>;
  /** Returns the head as it was after this entry was appended, or `undefined` when there is no such entry. */
  link(connectionId: string, sequence: number): Promise<LogHead | undefined>;
  /** Returns entries of some kinds within a range, in order. */
  entries(connectionId: string, range: LogRange): AsyncIterable<LogEntry>;
}

export const createLog = (db: Database): EvidenceLog => ({
  head: (connectionId) => readHead(db, connectionId),
  link: (connectionId, sequence) => readLink(db, connectionId, sequence),
  entries: (connectionId, range) => readLogEntries(db, connectionId, range),
});
