import { sha256 } from '../database/canonical.js';
import type { Queryable } from '../database/database.js';
import type { LogKind } from './record.js';
import { isoMoment } from '../database/sql.js';

/** Position in a connection's hash-chained log. */
export interface LogHead {
  readonly sequence: number;
  /** Lower-case hex SHA-256. */
  readonly hash: string;
}

/** SQL: a record's text. `json` keeps the order of keys and nested text, `jsonb` would not. */
const textOf = (at: string): string =>
  `json_build_object('at', ${isoMoment(at)}, 'kind', record.kind, 'data', record.data)::text`;

/**
 * SQL: the end of a statement that has a CTE `record (connection_id text, kind text, data json)`; appends it to the log.
 *
 * The head is advanced by the same UPDATE that reads it, so that writers queue for it. The entry's time is read after the
 * lock on the head is held and is never before the time of the previous entry: a writer that waited computes it again
 * from the new head. Each hash covers the previous one: `sha256(previous hash || utf8(record))`. It comes last in every
 * transaction, because all writers of a connection share the head's lock.
 */
export const APPEND_RECORD = `
head as (
  update mimecast.log_heads h
     set (sequence, at, hash) = (
           select h.sequence + 1, now.at, sha256(h.hash || convert_to(${textOf('now.at')}, 'UTF8'))
             from (select greatest(h.at, clock_timestamp()) as at offset 0) now)
    from record
   where h.connection_id = record.connection_id
  returning h.connection_id, h.sequence, h.hash, ${textOf('h.at')} as text
), entry as (
  insert into mimecast.log (connection_id, sequence, hash, record)
  select connection_id, sequence, hash, text from head
)`;

const APPEND = `
with record as (
  select $1::text as connection_id, $2::text as kind, $3::json as data
), ${APPEND_RECORD}
select sequence from head`;

/**
 * Appends an entry in the transaction of the change that it records.
 *
 * @param data free of secrets, also sealed ones
 * @returns the entry's sequence number
 */
export async function append(
  client: Queryable,
  connectionId: string,
  kind: LogKind,
  data: Readonly<Record<string, unknown>>,
): Promise<string> {
  const values = [connectionId, kind, JSON.stringify(data)];
  const [entry] = await client.query<{ sequence: string }>({ name: 'log-append', text: APPEND, values });
  if (!entry) throw new Error(`The log of ${connectionId} has no head`);
  return entry.sequence;
}

/** Returns the requester of a change for its log entry, if known; clients in other languages may send null. */
export function requestedBy(actor: string | null | undefined): { actor?: string } {
  return actor === undefined || actor === null ? {} : { actor };
}

/**
 * Hash before the first entry. It differs by connection, so that one connection's log cannot be presented as
 * another's.
 */
export function genesis(connectionId: string): Buffer {
  return sha256(`mimecast evidence log of ${connectionId}`);
}

/** Begins the log of a new connection. */
export async function beginLog(client: Queryable, connectionId: string): Promise<void> {
  await client.query({
    text: 'insert into mimecast.log_heads (connection_id, sequence, hash) values ($1, 0, $2)',
    values: [connectionId, genesis(connectionId)],
  });
}

export async function readHead(client: Queryable, connectionId: string): Promise<LogHead | undefined> {
  const [head] = await client.query<{ sequence: string; hash: Buffer }>({
    text: 'select sequence, hash from mimecast.log_heads where connection_id = $1',
    values: [connectionId],
  });
  return head && { sequence: Number(head.sequence), hash: head.hash.toString('hex') };
}
