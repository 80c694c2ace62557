import type { Stream } from '../../model/connection.js';
import type { Protection } from '../../model/statistics.js';
import type { Queryable } from '../database/database.js';
import type { Refused } from '../database/guard.js';
import { STORES } from '../database/guard.js';

/** Purpose of a window. */
export type WindowKind =
  /** Moves the watermark. */
  | 'scheduled'
  /** Reads the last 48 hours again, once a day, for events that arrived late. Does not move the watermark. */
  | 'late-events'
  /** Reads a requested range that is not held. Does not move the watermark. */
  | 'backfill';

/** The unit of windows: a stream, or one of the logs of a stream that reads several. */
export type LedgerStream = Stream | `threat-statistics/${Protection}`;

/** A time range that polls must cover, with their progress. */
export interface WindowRow {
  readonly windowId: string;
  readonly connectionId: string;
  readonly stream: LedgerStream;
  readonly kind: WindowKind;
  readonly start: Date;
  readonly end: Date;
  /** `open` is read by polls, one per stream; `filling` by a backfill, several at once. */
  readonly state: 'open' | 'filling' | 'complete' | 'failed' | 'abandoned';
  /** Raised by each attempt that takes the window; only the newest attempt may advance it. */
  readonly epoch: number;
  /** Pages stored since the window was last started from its first page. */
  readonly pages: number;
  /** Rows in those pages. */
  readonly events: number;
  /** Rows that were not stored before, over all restarts. */
  readonly newEvents: number;
  /** Token of the next page; none before the first page. */
  readonly pageToken?: string;
  readonly restarts: number;
}

/** A window to be opened, with the gap before it if there is one. */
export interface NewWindow {
  readonly connectionId: string;
  readonly generation: number;
  readonly stream: LedgerStream;
  readonly kind: WindowKind;
  readonly start: Date;
  readonly end: Date;
  readonly gap?: Gap;
}

/** A window as taken by one attempt. */
export interface TakenWindow {
  readonly windowId: string;
  readonly generation: number;
  readonly epoch: number;
  readonly runId: string;
}

/** A window that was taken, with how far it has come. */
export type TakenWindowRow = WindowRow & TakenWindow;

/** A range that can no longer be collected. */
export interface Gap {
  readonly start: Date;
  readonly end: Date;
  /** The vendor no longer keeps it. */
  readonly cause: 'look-back';
}

/** Progress of a window after a page was stored. */
export interface StoredPage {
  /** Pages of the window, including this one. */
  readonly pages: number;
  /** Rows in those pages. */
  readonly events: number;
  /** Events of this page that were not stored before. */
  readonly newEvents: number;
  readonly complete: boolean;
}

/** A row of the query for windows. */
export interface WindowRecord {
  readonly window_id: string;
  readonly connection_id: string;
  readonly stream: LedgerStream;
  readonly kind: WindowKind;
  readonly window_start: Date;
  readonly window_end: Date;
  readonly state: WindowRow['state'];
  readonly epoch: number;
  readonly pages: number;
  readonly events: number;
  readonly new_events: number;
  readonly page_token: string | null;
  readonly restarts: number;
}

/** SQL: true for a window that is being read; its alias is `w`. */
export const BEING_READ = `w.state in ('open', 'filling')`;

/** SQL: columns of a `WindowRecord`; the window's alias is `w`. */
export const WINDOW_COLUMNS = `
  w.window_id::text, w.connection_id, w.stream, w.kind, w.window_start, w.window_end, w.state, w.epoch, w.pages, w.events,
  w.page_token, w.restarts,
  (select coalesce(sum(p.new_events), 0)::integer from mimecast.pages p where p.window_id = w.window_id) as new_events`;

export function toWindow(record: WindowRecord): WindowRow {
  return {
    windowId: record.window_id,
    connectionId: record.connection_id,
    stream: record.stream,
    kind: record.kind,
    start: record.window_start,
    end: record.window_end,
    state: record.state,
    epoch: record.epoch,
    pages: record.pages,
    events: record.events,
    newEvents: record.new_events,
    ...(record.page_token !== null && { pageToken: record.page_token }),
    restarts: record.restarts,
  };
}

/** Returns why a guarded write found no row to write to. */
export async function refusalReason(client: Queryable, windowId: string, generation: number): Promise<Refused> {
  const rows = await client.query({
    text: `select from mimecast.connections join mimecast.windows using (connection_id)
            where window_id = $1 and generation = $2 and connections.${STORES}`,
    values: [windowId, generation],
  });
  return rows.length > 0 ? 'superseded' : 'disconnected';
}
