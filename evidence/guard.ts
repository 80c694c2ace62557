import type { Queryable } from './database.js';
import type { Refused } from './store.js';

/** SQL: holds for a connection that takes what polls bring. */
export const STORES = `state in ('connected', 'refused')`;

/**
 * Locks a connection against being disconnected until the transaction ends.
 *
 * @returns whether work of that generation may still be stored
 */
export async function holdConnection(client: Queryable, connectionId: string, generation: number): Promise<boolean> {
  const rows = await client.query({
    name: 'hold-connection',
    text: `select from mimecast.connections where connection_id = $1 and generation = $2 and ${STORES} for share`,
    values: [connectionId, generation],
  });
  return rows.length > 0;
}

/** Tells a guarded write that found nothing to write to whose turn it was instead. */
export async function whyRefused(client: Queryable, windowId: string, generation: number): Promise<Refused> {
  const rows = await client.query({
    text: `select from mimecast.connections join mimecast.windows using (connection_id)
            where window_id = $1 and generation = $2 and connections.${STORES}`,
    values: [windowId, generation],
  });
  return rows.length > 0 ? 'superseded' : 'disconnected';
}
