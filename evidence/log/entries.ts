import type { Database } from '../database/database.js';
import type { LogKind, LogRecord } from './record.js';
import type { LogHead } from './append.js';

/** Entries read at a time. */
const BATCH = 500;

/** An entry of the log, with its place. Places count from 1. */
export interface LogEntry extends LogRecord {
  readonly sequence: number;
}

/** Which entries of the log are read. */
export interface LogRange {
  readonly kinds: readonly LogKind[];
  /** Start, inclusive. */
  readonly from: Date;
  /** End, exclusive. */
  readonly to: Date;
}

/** Reads a connection's entries of some kinds in a range, in order. Reads no bodies. */
export async function* readLogEntries(
  db: Database,
  connectionId: string,
  { kinds, from, to }: LogRange,
): AsyncGenerator<LogEntry> {
  let after = '0';
  for (;;) {
    const batch = await db.query<{ sequence: string; record: string }>({
      text: `
        select sequence::text, record from mimecast.log
         where connection_id = $1 and sequence > $2
           and record::json ->> 'kind' = any($3)
           and (record::json ->> 'at')::timestamptz >= $4 and (record::json ->> 'at')::timestamptz < $5
         order by sequence limit ${BATCH}`,
      values: [connectionId, after, kinds, from, to],
    });
    for (const { sequence, record } of batch) {
      yield { ...(JSON.parse(record) as LogRecord), sequence: Number(sequence) };
    }
    const last = batch.at(-1);
    if (last === undefined || batch.length < BATCH) return;
    after = last.sequence;
  }
}

/** Returns the head as of an entry; it does not change when more is appended. */
export async function readLink(db: Database, connectionId: string, sequence: number): Promise<LogHead | undefined> {
  const [entry] = await db.query<{ hash: Buffer }>({
    text: 'select hash from mimecast.log where connection_id = $1 and sequence = $2',
    values: [connectionId, sequence],
  });
  return entry && { sequence, hash: entry.hash.toString('hex') };
}
