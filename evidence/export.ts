import type { EndpointName, Stream } from '../model/connection.js';
import type { Database, Statement } from './database/database.js';
import { BEGINNING, FOREVER } from './database/sql.js';
import type { EndpointOutcome } from '../model/outcomes.js';
import type { Provenance } from '../model/provenance.js';
import { notNull } from '../model/json.js';

/** Kinds of records to export, and their range. */
export interface ExportOptions {
  /** Both by default. */
  readonly what?: readonly ('events' | 'observations')[];
  /** First moment of the export: of the event, or of the observation. */
  readonly from?: Date;
  /** End of the export, exclusive. */
  readonly to?: Date;
}

/** One record of an export. */
export type ExportRecord = ExportedEvent | ExportedObservation;

/** An event of the audit log. Its body is what Mimecast sent. */
export interface ExportedEvent {
  readonly type: 'event';
  readonly connectionId: string;
  readonly eventTime: Date;
  /** Lower-case hex SHA-256 of the body. */
  readonly sha256: string;
  /** The page that first contained the event, as its log entry names it. */
  readonly windowId: string;
  readonly restart: number;
  readonly page: number;
  /** Log entry that erased the body by rule; the body is then absent. */
  readonly erasedBy?: number;
  /** Canonical JSON (RFC 8785), byte for byte as hashed. */
  readonly body?: string;
}

/** Answer of an endpoint at one moment. */
export interface ExportedObservation {
  readonly type: 'observation';
  readonly connectionId: string;
  readonly observationId: string;
  readonly stream: Stream;
  readonly endpoint: EndpointName;
  readonly outcome: EndpointOutcome;
  readonly observedAt: Date;
  readonly items?: number;
  readonly droppedFields: readonly string[];
  readonly provenance?: Provenance;
  readonly error?: string;
  /** Of the body, if the endpoint answered. */
  readonly sha256?: string;
  /** The input of `sha256`: the stored answer, which lacks the dropped fields. */
  readonly sha256Of?: 'redacted-body';
  /** Digest of the content, without ids and times that change by themselves. */
  readonly contentSha256?: string;
  /** Log entry that erased the body by rule; the body is then absent. */
  readonly erasedBy?: number;
  readonly body?: string;
}

/** Rows read at a time, which bounds the memory of an export. */
const BATCH = 500;

interface Range {
  readonly from: Date;
  readonly to: Date;
}

/**
 * Exports a connection's evidence: events in order of their time, then observations in the order in which they were
 * made. Each batch continues after the last key of the previous one, so a slow reader does not keep a transaction
 * open.
 */
export async function* exportEvidence(
  db: Database,
  connectionId: string,
  { what = ['events', 'observations'], from = BEGINNING, to = FOREVER }: ExportOptions = {},
): AsyncGenerator<ExportRecord> {
  if (what.includes('events')) yield* events(db, connectionId, { from, to });
  if (what.includes('observations')) yield* observations(db, connectionId, { from, to });
}

/**
 * Returns a record as one line of JSON, without the line feed. The body is inserted byte for byte as hashed; parsing
 * and serialising it would move keys that look like numbers.
 */
export function exportLine({ body, ...record }: ExportRecord): string {
  const line = JSON.stringify(record);
  return body === undefined ? line : `${line.slice(0, -1)},"body":${body}}`;
}

/**
 * Reads a batch through the index that has its order. Without statistics of the table, for example after a first
 * collection, Postgres sorts all remaining rows for each batch.
 */
async function inKeyOrder<Row extends object>(db: Database, statement: Statement): Promise<Row[]> {
  return db.transaction(async (client) => {
    await client.query({ text: 'set local enable_sort = off' });
    return client.query<Row>(statement);
  });
}

interface EventRecord {
  readonly event_time: Date;
  readonly id_hash: Buffer;
  readonly sha256: Buffer;
  readonly window_id: string;
  readonly restart: number;
  readonly page: number;
  readonly erased_by: number | null;
  readonly body: string | null;
}

async function* events(db: Database, connectionId: string, { from, to }: Range): AsyncGenerator<ExportedEvent> {
  let after: Pick<EventRecord, 'event_time' | 'id_hash'> = { event_time: from, id_hash: Buffer.alloc(0) };
  for (;;) {
    const batch: EventRecord[] = await inKeyOrder<EventRecord>(db, {
      name: 'export-events',
      text: `
        select event_time, id_hash, sha256, window_id::text, restart, page, erased_by::float8, body
          from mimecast.audit_events
         where connection_id = $1 and (event_time, id_hash) > ($2::timestamptz, $3::bytea) and event_time < $4
         order by event_time, id_hash limit ${BATCH}`,
      values: [connectionId, after.event_time, after.id_hash, to],
    });
    for (const record of batch) yield toExportedEvent(connectionId, record);
    const last = batch.at(-1);
    if (last === undefined || batch.length < BATCH) return;
    after = last;
  }
}

function toExportedEvent(connectionId: string, record: EventRecord): ExportedEvent {
  return notNull({
    type: 'event',
    connectionId,
    eventTime: record.event_time,
    sha256: record.sha256.toString('hex'),
    windowId: record.window_id,
    restart: record.restart,
    page: record.page,
    erasedBy: record.erased_by,
    body: record.body,
  });
}

interface ObservationRecord {
  readonly observation_id: string;
  readonly stream: Stream;
  readonly endpoint: EndpointName;
  readonly outcome: EndpointOutcome;
  readonly observed_at: Date;
  readonly items: number | null;
  readonly dropped_fields: readonly string[];
  readonly provenance: Provenance | null;
  readonly error: string | null;
  readonly sha256: Buffer | null;
  readonly content_sha256: Buffer | null;
  readonly erased_by: number | null;
  readonly body: string | null;
}

async function* observations(
  db: Database,
  connectionId: string,
  { from, to }: Range,
): AsyncGenerator<ExportedObservation> {
  let after = '0';
  for (;;) {
    const batch: ObservationRecord[] = await inKeyOrder<ObservationRecord>(db, {
      name: 'export-observations',
      text: `
        select o.observation_id::text, o.stream, o.endpoint, o.outcome, o.observed_at, o.items, o.dropped_fields,
               o.provenance, o.error, o.sha256, o.content_sha256, o.erased_by::float8, b.body
          from mimecast.observations o
          left join mimecast.bodies b
            on b.connection_id = o.connection_id and b.sha256 = o.sha256 and o.erased_by is null
         where o.connection_id = $1 and o.observation_id > $2 and o.observed_at >= $3 and o.observed_at < $4
         order by o.observation_id limit ${BATCH}`,
      values: [connectionId, after, from, to],
    });
    for (const record of batch) yield toExportedObservation(connectionId, record);
    const last = batch.at(-1);
    if (last === undefined || batch.length < BATCH) return;
    after = last.observation_id;
  }
}

function toExportedObservation(connectionId: string, record: ObservationRecord): ExportedObservation {
  return notNull({
    type: 'observation',
    connectionId,
    observationId: record.observation_id,
    stream: record.stream,
    endpoint: record.endpoint,
    outcome: record.outcome,
    observedAt: record.observed_at,
    items: record.items,
    droppedFields: record.dropped_fields,
    provenance: record.provenance,
    error: record.error,
    sha256: record.sha256?.toString('hex'),
    sha256Of: record.sha256 && 'redacted-body',
    contentSha256: record.content_sha256?.toString('hex'),
    erasedBy: record.erased_by,
    body: record.body,
  });
}
