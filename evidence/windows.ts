import type { LedgerStream, WindowKind, WindowRow } from './store.js';

/** A window as the database answers it. */
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

/** SQL: holds for a window that is being read; its alias is `w`. */
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
