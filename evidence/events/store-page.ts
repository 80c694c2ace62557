import { advanceWindow, isRepeatedToken } from '../ledger/advance-window.js';
import { sha256 } from '../database/canonical.js';
import type { Database } from '../database/database.js';
import { APPEND_RECORD } from '../log/append.js';
import type { Provenance } from '../../model/provenance.js';
import type { TakenWindow, StoredPage } from '../ledger/window.js';
import type { PreparedEvents } from './prepare-events.js';
import { refusalReason } from '../ledger/window.js';
import { isoMoment } from '../database/sql.js';
import type { Refused } from '../database/guard.js';

/** The events of the audit log. */
export interface Events {
  /**
   * Stores a page, the window's new checkpoint and the page's entry in the log in one statement. Stores nothing when another
   * attempt is ahead (`superseded`), and nothing when the page's next token was used in this window before
   * (`repeated-token`), which would loop.
   */
  storePage(page: AuditPage): Promise<StoredPage | Refused | 'repeated-token'>;
}

export const createEvents = (db: Database): Events => ({ storePage: (page) => storePage(db, page) });

/** A page of the audit log to be stored. */
export interface AuditPage {
  readonly window: TakenWindow;
  /** Number of pages that the window must have before this one. */
  readonly pagesBefore: number;
  readonly events: PreparedEvents;
  /** Token of the next page; undefined for the window's last page. */
  readonly nextToken?: string;
  /** Rows of the whole window, when the vendor reports it. */
  readonly totalCount?: number;
  readonly provenance: Provenance;
}

/**
 * One statement, which is one transaction and one round trip: a page is stored completely or not at all.
 *
 * Each step selects from the previous one, which fixes the order of locks: connection, window, events by key, head of
 * the log. Everything depends on `taken`.
 *
 * The page's digest is over the hashes of the events that this page added, in key order. Events that an earlier page
 * added stay that page's.
 */
const STORE_PAGE = `
with ${advanceWindow('$16::integer')}, added as (
  insert into mimecast.audit_events
    (event_time, window_id, page, restart, connection_id, id_hash, event_type, category, user_name, sha256, body)
  select e.event_time, t.window_id, t.pages, t.restarts, t.connection_id, e.id_hash, e.event_type, e.category,
         e.user_name, e.sha256, e.body
    from taken t,
         unnest($9::timestamptz[], $10::bytea[], $11::text[], $12::text[], $13::text[], $14::text[], $15::bytea[])
           as e (event_time, id_hash, event_type, category, user_name, body, sha256)
   order by e.event_time, e.id_hash
      on conflict do nothing
  returning event_time, id_hash, sha256
), digest as (
  select count(*)::integer as new_events,
         sha256(coalesce(string_agg(sha256, ''::bytea order by event_time, id_hash), ''::bytea)) as sha256,
         min(event_time) as first,
         max(event_time) as last
    from added
), record as (
  select t.connection_id,
         'page' as kind,
         json_build_object(
           'stream', t.stream,
           'windowId', t.window_id::text,
           'windowKind', t.kind,
           'windowStart', ${isoMoment('t.window_start')},
           'windowEnd', ${isoMoment('t.window_end')},
           'restart', t.restarts,
           'page', t.pages,
           'windowComplete', t.state = 'complete',
           'events', $5::integer,
           'newEvents', d.new_events,
           'firstNew', ${isoMoment('d.first')},
           'lastNew', ${isoMoment('d.last')},
           'digest', encode(d.sha256, 'hex'),
           'provenance', $8::json) as data
    from taken t, digest d
), ${APPEND_RECORD}, page as (
  insert into mimecast.pages (window_id, restart, page, run_id, events, new_events, token_digest, log_sequence)
  select t.window_id, t.restarts, t.pages, t.run_id, $5::integer, d.new_events, $7, h.sequence
    from taken t, digest d, head h
)
select t.connection_id, t.pages, t.events, d.new_events, t.state = 'complete' as complete from taken t, digest d`;

interface StoredRow {
  readonly pages: number;
  readonly events: number;
  readonly new_events: number;
  readonly complete: boolean;
}

async function storePage(db: Database, page: AuditPage): Promise<StoredPage | Refused | 'repeated-token'> {
  const { window, events, nextToken } = page;
  const values = [
    window.windowId,
    window.generation,
    window.epoch,
    page.pagesBefore,
    events.count,
    nextToken ?? null,
    nextToken === undefined ? null : sha256(nextToken),
    JSON.stringify(page.provenance),
    ...events.columns,
    page.totalCount ?? null,
  ];
  try {
    const [stored] = await db.query<StoredRow>({ name: 'store-page', text: STORE_PAGE, values });
    if (!stored) return await refusalReason(db, window.windowId, window.generation);
    const { new_events: newEvents, ...rest } = stored;
    return { pages: rest.pages, events: rest.events, newEvents, complete: rest.complete };
  } catch (error) {
    if (isRepeatedToken(error)) return 'repeated-token';
    throw error;
  }
}
