import type { Queryable } from '../database/database.js';
import type { TimeRange } from '../../model/time-ranges.js';
import { notNull } from '../../model/json.js';
import { toWindow, WINDOW_COLUMNS, type WindowRecord, type WindowRow, type LedgerStream } from './window.js';

/** Which ranges of a paged log are held, and the windows that are not complete. */
export interface HeldRanges {
  /** Ranges covered by complete windows: in order, disjoint, not adjacent. */
  readonly held: readonly TimeRange[];
  /** Windows that are being read or wait to be read: `open` and `filling`. */
  readonly unfinished: readonly WindowRow[];
  /** Failed windows, each with the run that failed. */
  readonly failed: readonly (TimeRange & { readonly runId?: string })[];
}

/**
 * Reads the held ranges of a stream, and the windows that are not complete. The database merges windows into ranges:
 * for ten years of them (18,000) that takes about 35 ms.
 */
export async function readHeldRanges(
  client: Queryable,
  connectionId: string,
  stream: LedgerStream,
): Promise<HeldRanges> {
  const values = [connectionId, stream];
  const windows = await client.query<WindowRecord & { run_id: string | null }>({ text: NOT_COMPLETE, values });
  // Read second: a window that completes in between is then counted as held and as unfinished, and not missed.
  const held = await client.query<TimeRange & Record<string, unknown>>({ text: HELD, values });
  const failed = windows.filter(({ state }) => state === 'failed');
  return {
    held: held.map(({ start, end }) => ({ start, end })),
    unfinished: windows.filter(({ state }) => state !== 'failed').map(toWindow),
    failed: failed.map((window) =>
      notNull({ start: window.window_start, end: window.window_end, runId: window.run_id }),
    ),
  };
}

const NOT_COMPLETE = `
select ${WINDOW_COLUMNS}, w.run_id from mimecast.windows w
 where w.connection_id = $1 and w.stream = $2 and w.state in ('open', 'filling', 'failed')
 order by w.window_start, w.window_id`;

const HELD = `
select lower(held) as "start", upper(held) as "end"
  from (select unnest(range_agg(tstzrange(window_start, window_end))) as held from mimecast.windows
         where connection_id = $1 and stream = $2 and state = 'complete') ranges
 order by 1`;
