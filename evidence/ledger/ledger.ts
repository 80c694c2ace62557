import type { Database, Queryable } from '../database/database.js';
import { EvidenceNotFoundError } from '../database/errors.js';
import { countBackfilled, openFilling, type BackfilledWindows } from './backfill-windows.js';
import { readHeldRanges, type HeldRanges } from './held.js';
import { readGaps, recordGap, recordGaps } from './gaps.js';
import { holdConnection, STORES, type Refused } from '../database/guard.js';
import { append } from '../log/append.js';
import { without } from '../../model/time-ranges.js';
import {
  BEING_READ,
  toWindow,
  WINDOW_COLUMNS,
  type WindowRecord,
  type LedgerStream,
  type WindowRow,
  type NewWindow,
  type TakenWindow,
  type TakenWindowRow,
  type Gap,
  refusalReason,
} from './window.js';
import type { Stream } from '../../model/connection.js';
import { notNull } from '../../model/json.js';

/**
 * The ledger of the paged logs: windows, which are ranges of time, and gaps. Reading methods return what one statement sees.
 */
export interface Ledger {
  /** Returns the watermark and the open window of a stream. */
  position(connectionId: string, stream: LedgerStream): Promise<LedgerPosition>;
  /**
   * Opens a window and records the gap before it. Idempotent: a stream has at most one open window, and an existing
   * one is returned. A backfill's windows are opened beside it, never two over the same range: that is `superseded`.
   */
  open(window: NewWindow): Promise<WindowRow | Refused>;
  /**
   * Takes the window for this attempt by raising its epoch. `superseded` when it is no longer open.
   *
   * @param runId run that the pages count for: the first execution's run id of the poll's chain
   */
  take(windowId: string, generation: number, runId: string): Promise<TakenWindowRow | Refused>;
  /**
   * Restarts the window at its first page, from `start`; the range before the new start is recorded as a gap.
   * `exhausted` after the third restart: the window has failed. That is no gap yet, because the watermark has not
   * moved: the next poll opens a window there.
   */
  restart(window: TakenWindow, start: Date, cause: string): Promise<WindowRow | Refused | 'exhausted'>;
  /**
   * Moves a window without pages: the vendor has dropped its start, or all of it, since it was opened. The range
   * before the new start is recorded as a gap. A window with pages is not moved.
   */
  move(window: TakenWindow, start: Date, end: Date): Promise<WindowRow | Refused>;
  /** Returns the ranges that Mimecast no longer kept when they were due, oldest first. */
  gaps(connectionId: string, stream: LedgerStream): Promise<Gap[]>;
  /** Records ranges that can no longer be collected. Idempotent. @returns true when the connection still accepts it */
  recordGaps(connectionId: string, generation: number, stream: Stream, gaps: readonly Gap[]): Promise<boolean>;
  /** Returns the held ranges of a stream, and its unfinished and failed windows. */
  coverage(connectionId: string, stream: LedgerStream): Promise<HeldRanges>;
  /** Returns the progress of a backfill: its finished windows, by the run that they counted for. */
  backfilled(connectionId: string, stream: Stream, runId: string): Promise<BackfilledWindows>;
  /** Returns what one poll stored, over all windows of the stream and its logs. Pages of other runs do not count. */
  pollCounts(connectionId: string, stream: LedgerStream, runId: string): Promise<WindowCounts>;
}

/** The position of a stream. */
export interface LedgerPosition {
  /** End of the last complete `scheduled` window. */
  readonly watermark?: Date;
  readonly openWindow?: WindowRow;
  /** End of the last complete `late-events` window. */
  readonly lateEventsReadTo?: Date;
}

/** Number of windows, pages and events that a run stored. */
export interface WindowCounts {
  readonly windows: number;
  readonly pages: number;
  readonly events: number;
  readonly newEvents: number;
}

/** Limit of restarts, after which a window fails. */
const MAX_RESTARTS = 3;

/**
 * Creates the completeness ledger. A stream's watermark is not stored separately: it is the end of the newest
 * complete window, and moves in the statement that stores a window's last page.
 */
export function createLedger(db: Database): Ledger {
  return {
    position: (connectionId, stream) => position(db, connectionId, stream),
    open: (window) => db.transaction((client) => (window.kind === 'backfill' ? openFilling : open)(client, window)),
    take: (windowId, generation, runId) => take(db, windowId, generation, runId),
    restart: (window, start, cause) => db.transaction((client) => restart(client, window, start, cause)),
    move: (window, start, end) => db.transaction((client) => move(client, window, start, end)),
    gaps: (connectionId, stream) => readGaps(db, connectionId, stream),
    recordGaps: (connectionId, generation, stream, gaps) =>
      db.transaction((client) => recordGaps(client, connectionId, generation, stream, gaps)),
    coverage: (connectionId, stream) => readHeldRanges(db, connectionId, stream),
    backfilled: (connectionId, stream, runId) => countBackfilled(db, connectionId, stream, runId),
    pollCounts: (connectionId, stream, runId) => pollCounts(db, connectionId, stream, runId),
  };
}

async function position(client: Queryable, connectionId: string, stream: LedgerStream): Promise<LedgerPosition> {
  const values = [connectionId, stream];
  // Read first: a window that completes in between is refused when it is taken. In the other order its range would be
  // read again.
  const [openWindow] = await client.query<WindowRecord>({ text: OPEN_WINDOW, values });
  const [row] = await client.query<{ watermark: Date | null; late_events: Date | null }>({
    text: `
      select max(window_end) filter (where kind = 'scheduled') as watermark,
             max(window_end) filter (where kind = 'late-events') as late_events
        from mimecast.windows
       where connection_id = $1 and stream = $2 and state = 'complete'`,
    values,
  });
  return notNull({
    watermark: row?.watermark,
    lateEventsReadTo: row?.late_events,
    openWindow: openWindow && toWindow(openWindow),
  });
}

const OPEN_WINDOW = `
select ${WINDOW_COLUMNS} from mimecast.windows w where w.connection_id = $1 and w.stream = $2 and w.state = 'open'`;

async function open(client: Queryable, window: NewWindow): Promise<WindowRow | Refused> {
  const { connectionId, stream } = window;
  if (!(await holdConnection(client, connectionId, window.generation))) return 'disconnected';

  const [opened] = await client.query<WindowRecord>({
    text: `
      insert into mimecast.windows as w (connection_id, stream, kind, window_start, window_end)
      values ($1, $2, $3, $4, $5)
      on conflict (connection_id, stream) where state = 'open' do nothing
      returning ${WINDOW_COLUMNS}`,
    values: [connectionId, stream, window.kind, window.start, window.end],
  });
  if (opened) {
    if (window.gap) await recordGap(client, connectionId, stream, window.gap);
    return toWindow(opened);
  }
  const [found] = await client.query<WindowRecord>({ text: OPEN_WINDOW, values: [connectionId, stream] });
  // Between the two statements another attempt may have finished the conflicting window.
  return found ? toWindow(found) : 'superseded';
}

async function take(
  client: Queryable,
  windowId: string,
  generation: number,
  runId: string,
): Promise<TakenWindowRow | Refused> {
  const [taken] = await client.query<WindowRecord>({
    name: 'take-window',
    text: `
      update mimecast.windows w
         set epoch = w.epoch + 1, run_id = $3
        from mimecast.connections c
       where w.window_id = $1 and ${BEING_READ} and c.connection_id = w.connection_id
         and c.generation = $2 and c.${STORES}
      returning ${WINDOW_COLUMNS}`,
    values: [windowId, generation, runId],
  });
  if (!taken) return refusalReason(client, windowId, generation);
  return { ...toWindow(taken), generation, runId };
}

/**
 * Restarts or fails a window. A failed window of a poll is no gap: the watermark has not moved, so the next poll
 * opens a window there, and records a gap only if the vendor has dropped its start by then. Nothing reads a
 * backfill's window again, so what the vendor has dropped of it is a gap.
 */
async function restart(
  client: Queryable,
  taken: TakenWindow,
  start: Date,
  cause: string,
): Promise<WindowRow | Refused | 'exhausted'> {
  const window = await lockTaken(client, taken);
  if (typeof window === 'string') return window;
  const { connectionId, stream, windowId, restarts } = window;

  if (restarts >= MAX_RESTARTS || start >= window.end) {
    await client.query({
      text: `update mimecast.windows set state = 'failed', finished_at = now() where window_id = $1`,
      values: [windowId],
    });
    await append(client, connectionId, 'window-failed', { stream, windowId, restarts, cause });
    if (window.kind === 'backfill') await recordDropped(client, window, start < window.end ? start : window.end);
    return 'exhausted';
  }
  await client.query({
    text: `
      update mimecast.windows
         set restarts = restarts + 1, pages = 0, events = 0, page_token = null, total_count = null, window_start = $2
       where window_id = $1`,
    values: [windowId, start],
  });
  const windowStart = start.toISOString();
  await append(client, connectionId, 'window-restarted', {
    stream,
    windowId,
    restart: restarts + 1,
    windowStart,
    cause,
  });
  await recordDropped(client, window, start);
  return readWindow(client, windowId);
}

async function move(client: Queryable, taken: TakenWindow, start: Date, end: Date): Promise<WindowRow | Refused> {
  const window = await lockTaken(client, taken);
  if (typeof window === 'string' || window.pages > 0) return window;
  await client.query({
    text: 'update mimecast.windows set window_start = $2, window_end = $3 where window_id = $1',
    values: [taken.windowId, start, end],
  });
  await recordDropped(client, window, start);
  return readWindow(client, taken.windowId);
}

/** Locks the window if this attempt still has it; the connection first, as everywhere. */
async function lockTaken(client: Queryable, taken: TakenWindow): Promise<WindowRow | Refused> {
  const { connectionId } = await readWindow(client, taken.windowId);
  if (!(await holdConnection(client, connectionId, taken.generation))) return 'disconnected';

  const held = await client.query({
    text: `select from mimecast.windows w where w.window_id = $1 and w.epoch = $2 and ${BEING_READ} for update`,
    values: [taken.windowId, taken.epoch],
  });
  return held.length > 0 ? readWindow(client, taken.windowId) : 'superseded';
}

async function readWindow(client: Queryable, windowId: string): Promise<WindowRow> {
  const [window] = await client.query<WindowRecord>({
    text: `select ${WINDOW_COLUMNS} from mimecast.windows w where w.window_id = $1`,
    values: [windowId],
  });
  if (!window) throw new EvidenceNotFoundError(`window ${windowId}`);
  return toWindow(window);
}

/**
 * Records the range between the watermark and a start that moved forward: the vendor has dropped it, and it is not
 * requested again.
 */
async function recordDropped(client: Queryable, window: WindowRow, start: Date): Promise<void> {
  const { connectionId, stream } = window;
  if (window.kind === 'late-events') return;
  if (window.kind === 'backfill') {
    const { held } = await readHeldRanges(client, connectionId, stream);
    const dropped = without([{ start: window.start, end: start }], held);
    for (const range of dropped) await recordGap(client, connectionId, stream, { ...range, cause: 'look-back' });
    return;
  }
  const { watermark } = await position(client, connectionId, stream);
  const heldTo = watermark && watermark > window.start ? watermark : window.start;
  if (heldTo >= start) return;
  await recordGap(client, connectionId, stream, { start: heldTo, end: start, cause: 'look-back' });
}

async function pollCounts(
  client: Queryable,
  connectionId: string,
  stream: LedgerStream,
  runId: string,
): Promise<WindowCounts> {
  const [counts] = await client.query<{ windows: number; pages: number; events: number; new_events: number }>({
    text: `
      select count(distinct p.window_id)::integer as windows, count(*)::integer as pages,
             coalesce(sum(p.events), 0)::integer as events, coalesce(sum(p.new_events), 0)::integer as new_events
        from mimecast.pages p join mimecast.windows w using (window_id)
       where p.run_id = $3 and w.connection_id = $1 and (w.stream = $2 or starts_with(w.stream, $2 || '/'))`,
    values: [connectionId, stream, runId],
  });
  if (!counts) return { windows: 0, pages: 0, events: 0, newEvents: 0 };
  return { windows: counts.windows, pages: counts.pages, events: counts.events, newEvents: counts.new_events };
}
