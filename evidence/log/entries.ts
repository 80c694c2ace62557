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
  /** First moment. */
  readonly from: Date;
  /** Moment before which it ends. */
  readonly to: Date;
}

/** A connection's entries of some kinds that were made in a range, in order. Reads no body of anything. */
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

/** The head as it was when an entry had just been made; it never changes, whatever was appended since. */
export async function readLink(db: Database, connectionId: string, sequence: number): Promise<LogHead | undefined> {
  const [entry] = await db.query<{ hash: Buffer }>({
    text: 'select hash from mimecast.log where connection_id = $1 and sequence = $2',
    values: [connectionId, sequence],
  });
  return entry && { sequence, hash: entry.hash.toString('hex') };
}
