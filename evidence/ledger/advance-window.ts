import { codeOf } from '../database/database.js';
import { STORES } from '../database/guard.js';
import { BEING_READ } from './window.js';

/**
 * SQL: the first two steps of storing a page, with the window's new state in `taken`. When another attempt has
 * advanced the window, or the connection was disconnected, `taken` is empty. The connection is locked, not only read,
 * so that it cannot be disconnected in between.
 *
 * Parameters: window, generation, epoch, pages before, rows of the page, next token.
 *
 * @param totalCount SQL of the number of rows that the vendor reports for the window, null if it reports none
 */
export const advanceWindow = (totalCount: string): string => `
connection as (
  select c.connection_id
    from mimecast.connections c
   where c.connection_id = (select connection_id from mimecast.windows where window_id = $1)
     and c.generation = $2 and c.${STORES}
     for share
), taken as (
  update mimecast.windows w
     set pages = w.pages + 1,
         events = w.events + $5::integer,
         page_token = $6,
         total_count = coalesce(${totalCount}, w.total_count),
         state = case when $6::text is null then 'complete' else w.state end,
         finished_at = case when $6::text is null then now() end
    from connection
   where w.window_id = $1 and w.connection_id = connection.connection_id
     and w.epoch = $3 and w.pages = $4 and ${BEING_READ}
  returning w.*
)`;

const UNIQUE_VIOLATION = '23505';
const TOKEN_ONCE = 'pages_token_once';

/** A constraint of the ledger detects it, and undoes what was stored with it. */
export function isRepeatedToken(error: unknown): boolean {
  return codeOf(error) === UNIQUE_VIOLATION && (error as { constraint?: unknown }).constraint === TOKEN_ONCE;
}
