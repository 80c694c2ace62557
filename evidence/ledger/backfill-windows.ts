import type { Stream } from '../../model/connection.js';
import type { Queryable } from '../database/database.js';
import { holdConnection, type Refused } from '../database/guard.js';
import { toWindow, WINDOW_COLUMNS, type WindowRecord, type NewWindow, type WindowRow } from './window.js';

/** Number of ended windows of a backfill, by result. */
export interface BackfilledWindows {
  readonly complete: number;
  readonly failed: number;
}

/**
 * Opens a window of a backfill, beside its other unfinished ones.
 *
 * Windows of one connection are opened one at a time, so that two cannot overlap unnoticed. An overlapping window
 * belongs to another attempt or to an earlier backfill and is not returned: the caller reads the ledger again.
 */
export async function openFilling(client: Queryable, window: NewWindow): Promise<WindowRow | Refused> {
  const { connectionId, stream, start, end } = window;
  if (!(await holdConnection(client, connectionId, window.generation))) return 'disconnected';

  await client.query({
    text: `select pg_advisory_xact_lock(hashtextextended('mimecast backfill ' || $1, 0))`,
    values: [connectionId],
  });
  const [opened] = await client.query<WindowRecord>({
    text: `
      insert into mimecast.windows as w (connection_id, stream, kind, window_start, window_end, state)
      select $1, $2, 'backfill', $3::timestamptz, $4::timestamptz, 'filling'
       where not exists (
               select from mimecast.windows o
                where o.connection_id = $1 and o.stream = $2 and o.state = 'filling'
                  and o.window_start < $4::timestamptz and o.window_end > $3::timestamptz)
      returning ${WINDOW_COLUMNS}`,
    values: [connectionId, stream, start, end],
  });
  return opened ? toWindow(opened) : 'superseded';
}

export async function countBackfilled(
  client: Queryable,
  connectionId: string,
  stream: Stream,
  runId: string,
): Promise<BackfilledWindows> {
  const [counted] = await client.query<{ complete: number; failed: number }>({
    text: `
      select (select count(*)::integer from mimecast.windows
               where connection_id = $1 and stream = $2 and kind = 'backfill' and state = 'complete' and run_id = $3) as complete,
             (select count(*)::integer from mimecast.windows
               where connection_id = $1 and stream = $2 and kind = 'backfill' and state = 'failed' and run_id = $3) as failed`,
    values: [connectionId, stream, runId],
  });
  return { complete: counted?.complete ?? 0, failed: counted?.failed ?? 0 };
}
