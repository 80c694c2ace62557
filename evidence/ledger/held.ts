import type { Queryable } from '../database/database.js';
import type { TimeRange } from '../../model/time-ranges.js';
import { notNull } from '../../model/json.js';
import { toWindow, WINDOW_COLUMNS, type WindowRecord, type WindowRow, type LedgerStream } from './window.js';

/** Which ranges of a paged log are held, and the windows that are not complete. */
export interface HeldRanges {
  /** What complete windows cover: in order, disjoint, not touching. */
  readonly held: readonly TimeRange[];
  /** Windows that are being read, or wait for it: `open` and `filling`. */
  readonly unfinished: readonly WindowRow[];
  /** Windows that were given up, each with the run that did. */
  readonly failed: readonly (TimeRange & { readonly runId?: string })[];
}

/**
 * What is held of a stream, and the windows that are not complete. Windows come back from the database as the few ranges that
 * they make: ten years of them (18,000) take it some 35 ms.
 */
export async function readHeldRanges(
  client: Queryable,
  connectionId: string,
  stream: LedgerStream,
): Promise<HeldRanges> {
  const values = [connectionId, stream];
  const windows = await client.query<WindowRecord & { run_id: string | null }>({ text: NOT_COMPLETE, values });
  // Second, because a window that completes between the two is then counted as held and as unfinished: neither is lost.
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
