import type { Database, Queryable } from './database.js';
import { EvidenceNamespaceError, type TemporalNamespace } from './errors.js';

/** Value that workers before 0.4.0 read as the database's namespace: no namespace has this name, so they do not start. */
const FOR_OLDER_WORKERS = '(upgraded: needs temporal-mimecast 0.4.0 or newer)';

/** The namespace that a database belongs to; none before the first worker or upgrade. Reads databases of any release. */
export async function readNamespace(db: Queryable): Promise<TemporalNamespace | undefined> {
  const [found] = await db.query<{
    row: { name: string; namespace_name?: string | null; namespace_id?: string | null };
  }>({
    text: 'select row_to_json(n) as row from mimecast.namespace n',
  });
  if (!found) return undefined;
  // Before the migration that gave the name a column of its own.
  const { name: before, namespace_name: name = before, namespace_id: id } = found.row;
  return name === null ? undefined : { name, ...(typeof id === 'string' && { id }) };
}

/**
 * Claims the database for one Temporal namespace, because two would each start a workflow for the same connection. The first
 * caller records its namespace; a missing id is added.
 *
 * @throws EvidenceNamespaceError when another namespace has claimed it
 */
export async function claimNamespace(db: Database, namespace: TemporalNamespace): Promise<void> {
  const [claimed] = await db.query<{ name: string; id: string | null }>({
    text: `
      insert into mimecast.namespace as n (name, namespace_name, namespace_id) values ($1, $2, $3)
      on conflict (only_row) do update
         set namespace_name = coalesce(n.namespace_name, $2),
             namespace_id = case when coalesce(n.namespace_name, $2) = $2 then coalesce(n.namespace_id, $3) else n.namespace_id end
      returning namespace_name as name, namespace_id as id`,
    values: [FOR_OLDER_WORKERS, namespace.name, namespace.id ?? null],
  });
  if (!claimed) throw new Error('The namespace was not recorded');
  requireSameNamespace({ name: claimed.name, ...(claimed.id !== null && { id: claimed.id }) }, namespace);
}

/** @throws EvidenceNamespaceError */
export function requireSameNamespace(claimed: TemporalNamespace | undefined, found: TemporalNamespace): void {
  if (claimed && !isSameNamespace(claimed, found)) throw new EvidenceNamespaceError(claimed, found);
}

/** By name, and by id where both are known. */
export function isSameNamespace(one: TemporalNamespace, other: TemporalNamespace): boolean {
  return one.name === other.name && (one.id === undefined || other.id === undefined || one.id === other.id);
}

/**
 * Gives the database to a namespace, whichever it belonged to, and marks every connection that is not disconnected to be
 * restarted there: in one transaction, so that an interrupted upgrade can be resumed.
 */
export async function adoptNamespace(db: Database, { name, id }: TemporalNamespace): Promise<void> {
  await db.transaction(async (client) => {
    await client.query({
      text: `
        insert into mimecast.namespace (name, namespace_name, namespace_id) values ($1, $2, $3)
        on conflict (only_row) do update
           set namespace_name = excluded.namespace_name, namespace_id = excluded.namespace_id, claimed_at = now()`,
      values: [FOR_OLDER_WORKERS, name, id ?? null],
    });
    await client.query({
      text: `update mimecast.connections set workflow_version = 0 where state <> 'disconnected'`,
    });
  });
}
