import type { Database } from './database.js';
import { EvidenceNamespaceError } from './errors.js';

/**
 * Claims the database for one Temporal namespace, because two would each start a workflow for the same connection.
 *
 * @throws EvidenceNamespaceError when another namespace has claimed it
 */
export async function claimNamespace(db: Database, namespace: string): Promise<void> {
  await db.query({
    text: 'insert into mimecast.namespace (name) values ($1) on conflict do nothing',
    values: [namespace],
  });
  const [claimed] = await db.query<{ name: string }>({ text: 'select name from mimecast.namespace' });
  if (claimed && claimed.name !== namespace) throw new EvidenceNamespaceError(claimed.name, namespace);
}
