import type { Queryable } from './database.js';
/** The reason why a guarded write stored nothing. */
export type Refused = 'superseded' | 'disconnected';

/** SQL: true for a connection that stores what polls collect. */
export const STORES = `state in ('connected', 'refused')`;

/**
 * Locks a connection against disconnection until the transaction ends.
 *
 * @returns true when work of that generation may still be stored
 */
export async function holdConnection(client: Queryable, connectionId: string, generation: number): Promise<boolean> {
  const rows = await client.query({
    name: 'hold-connection',
    text: `select from mimecast.connections where connection_id = $1 and generation = $2 and ${STORES} for share`,
    values: [connectionId, generation],
  });
  return rows.length > 0;
}
