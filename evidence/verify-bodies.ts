import { createHash } from 'node:crypto';
import { sha256 } from './canonical.js';
import type { Queryable } from './database.js';
import type { LogRecord } from './log.js';

/**
 * Recomputes a page's digest from the bodies of the events that it brought.
 *
 * They are found by the range of times in the page's entry, which is a few rows of the table's own key; an index by page
 * would cost every insert for the sake of this one reader.
 *
 * @returns what does not hold, or nothing
 */
export async function brokenPage(
  client: Queryable,
  connectionId: string,
  page: LogRecord['data'],
): Promise<string | undefined> {
  const events = await client.query<{ sha256: Buffer; body: string }>({
    name: 'events-of-page',
    text: `
      select sha256, body from mimecast.audit_events
       where connection_id = $1 and event_time between $2 and $3 and window_id = $4 and restart = $5 and page = $6
       order by event_time, id_hash`,
    values: [connectionId, page['firstNew'], page['lastNew'], page['windowId'], page['restart'], page['page']],
  });
  const digest = createHash('sha256');
  for (const event of events) {
    if (!sha256(event.body).equals(event.sha256)) return 'an event of this page was changed after it was stored';
    digest.update(event.sha256);
  }
  if (events.length !== page['newEvents']) {
    return `this page brought ${String(page['newEvents'])} events, and ${events.length} of them are held`;
  }
  return digest.digest('hex') === page['digest'] ? undefined : 'the events of this page are not those that were stored';
}

/** Recomputes an observation's digest from its body. @returns what does not hold, or nothing */
export async function brokenObservation(
  client: Queryable,
  connectionId: string,
  { digest }: LogRecord['data'],
): Promise<string | undefined> {
  if (typeof digest !== 'string') return undefined;

  const [kept] = await client.query<{ body: string }>({
    name: 'body-of-digest',
    text: `select body from mimecast.bodies where connection_id = $1 and sha256 = decode($2, 'hex')`,
    values: [connectionId, digest],
  });
  if (!kept) return 'the body of this observation is gone';
  return sha256(kept.body).toString('hex') === digest ? undefined : 'the body of this observation was changed';
}
