import type { Completeness, LateEvents, TotalMismatch } from '../../model/completeness.js';
import type { TimeRange } from '../../model/time-ranges.js';
import { countLateEvents } from './late-events.js';
import type { ConnectionRow, Stream } from '../../model/connection.js';
import { HOUR_MS } from '../../model/time.js';
import { readConnection } from '../database/connection-row.js';
import { readHeldRanges } from '../ledger/held.js';
import { readCredentials, firstAccepted } from '../connections/credentials.js';
import type { Database, Queryable } from '../database/database.js';
import { EvidenceNotFoundError } from '../database/errors.js';
import { readGaps } from '../ledger/gaps.js';
import { completenessOf } from './missing-ranges.js';

/** Ranges that are owed, held or missing, and late events. */
export interface CompletenessReader {
  /**
   * Returns the ranges of a stream that are owed and missing at a moment, or `undefined` before keys were first accepted.
   *
   * @throws EvidenceNotFoundError when there is no such connection
   */
  of(connectionId: string, stream: Stream, now: Date): Promise<Completeness | undefined>;
  /** Returns complete windows whose number of rows differs from the vendor's total, oldest first. */
  totalMismatches(connectionId: string, stream: Stream): Promise<TotalMismatch[]>;
  /** Returns how many audit events were found late, by windows that were completed within a period. */
  lateEvents(connectionId: string, found: TimeRange): Promise<LateEvents>;
}

export const createCompleteness = (db: Database): CompletenessReader => ({
  of: (connectionId, stream, now) => readCompleteness(db, connectionId, stream, now),
  totalMismatches: (connectionId, stream) => readTotalMismatches(db, connectionId, stream),
  lateEvents: (connectionId, found) => countLateEvents(db, connectionId, found),
});

/** For a stream that is no longer in the settings: the default interval of the audit log. */
const USUAL_EVERY_MS = 6 * HOUR_MS;

async function readCompleteness(
  db: Database,
  connectionId: string,
  stream: Stream,
  now: Date,
): Promise<Completeness | undefined> {
  return db.transaction(async (client) => {
    await client.query({ text: 'set transaction isolation level repeatable read, read only' });
    const row = await readConnection(client, connectionId);
    if (!row) throw new EvidenceNotFoundError(`connection "${connectionId}"`);
    const acceptedAt = firstAccepted(await readCredentials(client, connectionId));
    return acceptedAt && completenessSince(client, row, acceptedAt, stream, now);
  });
}

/** Computes completeness within the caller's transaction. */
export async function completenessSince(
  client: Queryable,
  row: ConnectionRow,
  acceptedAt: Date,
  stream: Stream,
  now: Date,
): Promise<Completeness> {
  const { connectionId } = row;
  const { held, failed } = await readHeldRanges(client, connectionId, stream);
  const watermark = await readWatermark(client, connectionId, stream);
  return completenessOf({
    acceptedAt,
    everyMs: row.settings.streams[stream]?.everyMs ?? USUAL_EVERY_MS,
    now,
    ...(row.state === 'disconnected' && { disconnectedAt: row.updatedAt }),
    polled: isPolled(row, stream),
    ...(watermark && { watermark }),
    held,
    lost: await readGaps(client, connectionId, stream),
    failed,
  });
}

function isPolled({ state, settings, pauses }: ConnectionRow, stream: Stream): boolean {
  const paused = (pauses[stream] ?? []).length > 0;
  return state === 'connected' && settings.streams[stream]?.enabled === true && !paused;
}

async function readWatermark(client: Queryable, connectionId: string, stream: Stream): Promise<Date | undefined> {
  const [row] = await client.query<{ watermark: Date | null }>({
    text: `
      select max(window_end) as watermark from mimecast.windows
       where connection_id = $1 and stream = $2 and kind = 'scheduled' and state = 'complete'`,
    values: [connectionId, stream],
  });
  return row?.watermark ?? undefined;
}

/** An index of the table holds only windows of this kind. */
async function readTotalMismatches(client: Queryable, connectionId: string, stream: Stream): Promise<TotalMismatch[]> {
  return client.query<TotalMismatch & Record<string, unknown>>({
    text: `
      select window_id::text as "windowId", window_start as "start", window_end as "end", total_count as "told", events as "read"
        from mimecast.windows
       where connection_id = $1 and stream = $2 and state = 'complete' and total_count <> events
       order by window_start, window_id`,
    values: [connectionId, stream],
  });
}
