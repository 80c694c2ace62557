import type { Queryable } from '../database/database.js';
import { parseRecord, type LogRecord } from '../log/record.js';

/**
 * Input of a verification, in an order that allows one pass: each log entry, directly followed by the evidence that
 * its digest covers. Also the lines of a bundle.
 */
export type ProofRecord = ProofEntry | ProofEvidence;

/** One entry of the log, with its hash. */
export interface ProofEntry {
  readonly type: 'entry';
  readonly sequence: number;
  /** Lower-case hex of `sha256(hash of the previous entry || utf8(record))`. */
  readonly hash: string;
  /** The entry's text, byte for byte as hashed. */
  readonly record: string;
}

/**
 * One event or row of the preceding page, in the order of the page's digest, or the body of the preceding observation
 * or evaluation.
 */
export interface ProofEvidence {
  readonly type: 'event' | 'row' | 'observation' | 'evaluation';
  /** Lower-case hex SHA-256 of the stored body, which lacks the dropped fields. */
  readonly sha256: string;
  /** Log entry that erased the body by rule. */
  readonly erasedBy?: number;
  /** The same body came with an earlier observation. */
  readonly repeated?: true;
  /** Canonical JSON (RFC 8785), byte for byte as hashed. */
  readonly body?: string;
}

/** Entries read at a time; together with the events of one page this bounds the memory. */
const BATCH = 500;

/** Yields the records in the order of the log, with constant memory. */
export async function* proofRecords(client: Queryable, connectionId: string): AsyncGenerator<ProofRecord> {
  const seen = new Set<string>();
  for await (const entry of entries(client, connectionId)) {
    yield entry;
    const { kind, data = {} } = parseRecord(entry.record) ?? {};
    if (kind === 'page') yield* eventsOf(client, connectionId, data);
    if (kind === 'observation' && typeof data['digest'] === 'string') {
      yield* bodyOf(client, connectionId, entry.sequence, seen);
    }
    if (kind === 'statistics-page' && data['bodiesDigest'] !== undefined) yield* rowsOf(client, data);
    if (kind === 'evaluation') yield* verdictsOf(client, connectionId, entry.sequence);
  }
}

async function* entries(client: Queryable, connectionId: string): AsyncGenerator<ProofEntry> {
  let after = 0;
  for (;;) {
    const batch: { sequence: string; hash: string; record: string }[] = await client.query({
      name: 'log-entries',
      text: `
        select sequence, encode(hash, 'hex') as hash, record from mimecast.log
         where connection_id = $1 and sequence > $2 order by sequence limit ${BATCH}`,
      values: [connectionId, after],
    });
    for (const { sequence, hash, record } of batch) {
      after = Number(sequence);
      yield { type: 'entry', sequence: after, hash, record };
    }
    if (batch.length < BATCH) return;
  }
}

interface Evidence {
  readonly sha256: string;
  readonly erased_by: string | null;
  readonly body: string | null;
}

/**
 * Yields the events that a page added.
 *
 * They are found by the range of times in the page's entry, which is a few rows of the table's own key. An index by
 * page would slow down every insert for this one reader.
 */
async function* eventsOf(
  client: Queryable,
  connectionId: string,
  page: LogRecord['data'],
): AsyncGenerator<ProofEvidence> {
  const events = await client.query<Evidence>({
    name: 'events-of-page',
    text: `
      select encode(sha256, 'hex') as sha256, erased_by, body from mimecast.audit_events
       where connection_id = $1 and event_time between $2 and $3 and window_id = $4 and restart = $5 and page = $6
       order by event_time, id_hash`,
    values: [connectionId, page['firstNew'], page['lastNew'], page['windowId'], page['restart'], page['page']],
  });
  for (const event of events) yield { type: 'event', ...evidenceOf(event) };
}

/**
 * Yields the body of the observation in an entry, once for all observations with that body. For an erased observation
 * the body is yielded only if no later observation of the same content explains its presence.
 */
async function* bodyOf(
  client: Queryable,
  connectionId: string,
  sequence: number,
  seen: Set<string>,
): AsyncGenerator<ProofEvidence> {
  const [observation] = await client.query<{ sha256: string | null; erased_by: string | null }>({
    name: 'observation-of-entry',
    text: `
      select encode(sha256, 'hex') as sha256, erased_by from mimecast.observations
       where connection_id = $1 and log_sequence = $2`,
    values: [connectionId, sequence],
  });
  if (!observation?.sha256) return;
  const { sha256, erased_by: erasedBy } = observation;
  if (erasedBy === null && seen.has(sha256)) {
    yield { type: 'observation', sha256, repeated: true };
    return;
  }
  const [kept] = await client.query<{ body: string }>({
    name: 'body-of-digest',
    text: `
      select b.body from mimecast.bodies b
       where b.connection_id = $1 and b.sha256 = decode($2, 'hex')
         and ($3::bigint is null or not exists (
               select from mimecast.observations o
                where o.connection_id = b.connection_id and o.sha256 = b.sha256 and o.erased_by is null))`,
    values: [connectionId, sha256, erasedBy],
  });
  if (erasedBy === null && kept) seen.add(sha256);
  yield { type: 'observation', ...evidenceOf({ sha256, erased_by: erasedBy, body: kept?.body ?? null }) };
}

/** Yields the rows that a page of a protection log stored, for connections that keep them. */
async function* rowsOf(client: Queryable, page: LogRecord['data']): AsyncGenerator<ProofEvidence> {
  const rows = await client.query<Evidence>({
    name: 'rows-of-page',
    text: `
      select encode(sha256, 'hex') as sha256, erased_by, body from mimecast.protection_rows
       where window_id = $1 and restart = $2 and page = $3 order by digest`,
    values: [page['windowId'], page['restart'], page['page']],
  });
  for (const row of rows) yield { type: 'row', ...evidenceOf(row) };
}

/** Yields the verdicts of an entry. */
async function* verdictsOf(client: Queryable, connectionId: string, sequence: number): AsyncGenerator<ProofEvidence> {
  const records = await client.query<Evidence>({
    name: 'evaluation-of-entry',
    text: `
      select encode(sha256, 'hex') as sha256, erased_by, body from mimecast.evaluations
       where connection_id = $1 and log_sequence = $2`,
    values: [connectionId, sequence],
  });
  for (const record of records) yield { type: 'evaluation', ...evidenceOf(record) };
}

function evidenceOf({ sha256, erased_by: erasedBy, body }: Evidence): Omit<ProofEvidence, 'type'> {
  return { sha256, ...(erasedBy !== null && { erasedBy: Number(erasedBy) }), ...(body !== null && { body }) };
}
