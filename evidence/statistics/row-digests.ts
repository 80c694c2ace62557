import { createHmac, randomBytes } from 'node:crypto';
import type { CountedRow } from '../../mimecast/protection-rows.js';
import { canonicalJson } from '../database/canonical.js';
import type { Queryable } from '../database/database.js';
import { byteaArray } from '../database/binary-arrays.js';
import type { Protection } from '../../model/statistics.js';

const KEY_BYTES = 32;

/**
 * Retention of the digests of counted rows, from the end of their window. Only an overlapping window can contain a
 * row again, and no window may begin before what the vendor keeps, 30 days at most: new ones are clamped to it, those
 * that waited are moved. The additional day allows for clock skew.
 */
export const ROW_DIGESTS_KEPT_DAYS = 31;

/** Digests deleted at a time: more than one window adds, and few enough to be quick after a long pause. */
const PRUNED_AT_ONCE = 20_000;

/** The secret key of a connection's row digests. */
export interface RowKey {
  readonly key: Buffer;
  readonly createdAt: Date;
}

/** A row with its digest. */
export interface DigestedRow {
  readonly digest: Buffer;
  readonly row: CountedRow;
}

/** Position of a page in the ledger. */
export interface PagePlace {
  readonly connectionId: string;
  readonly protection: Protection;
  readonly windowId: string;
  readonly windowEnd: Date;
  readonly restart: number;
  readonly page: number;
}

/** Returns the connection's key, which is generated at random with the first page that needs it. */
export async function rowKey(client: Queryable, connectionId: string): Promise<RowKey> {
  const read = async (): Promise<RowKey | undefined> => {
    const [found] = await client.query<{ key: Buffer; created_at: Date }>({
      name: 'row-key',
      text: 'select key, created_at from mimecast.row_keys where connection_id = $1',
      values: [connectionId],
    });
    return found && { key: found.key, createdAt: found.created_at };
  };
  const known = await read();
  if (known) return known;

  await client.query({
    text: 'insert into mimecast.row_keys (connection_id, key) values ($1, $2) on conflict do nothing',
    values: [connectionId, randomBytes(KEY_BYTES)],
  });
  const made = await read();
  if (!made) throw new Error(`${connectionId} has no key for row digests`);
  return made;
}

/**
 * Digests rows, and returns them in the order of their digests, without duplicates. The hash is keyed, because the
 * identifying fields name people and could be guessed: once the key is destroyed, guesses cannot be tested.
 */
export function digestRows(rows: readonly CountedRow[], { key }: RowKey): DigestedRow[] {
  const digested = new Map<string, DigestedRow>();
  for (const row of rows) {
    const digest = createHmac('sha256', key).update(canonicalJson(row.identity)).digest();
    const name = digest.toString('hex');
    if (!digested.has(name)) digested.set(name, { digest, row });
  }
  return [...digested.values()].sort((a, b) => a.digest.compare(b.digest));
}

/** Stores the digests of a page. @returns the rows that no earlier page contained, in the same order */
export async function keepNew(
  client: Queryable,
  place: PagePlace,
  rows: readonly DigestedRow[],
): Promise<DigestedRow[]> {
  if (rows.length === 0) return [];
  const { connectionId, protection, windowId, windowEnd, restart, page } = place;
  const kept = await client.query<{ digest: Buffer }>({
    name: 'keep-row-digests',
    text: `
      insert into mimecast.row_digests (connection_id, protection, digest, read_to, window_id, restart, page)
      select $1, $2, d.digest, $3, $4, $5, $6 from unnest($7::bytea[]) as d (digest) order by d.digest
      on conflict do nothing returning digest`,
    values: [
      connectionId,
      protection,
      windowEnd,
      windowId,
      restart,
      page,
      byteaArray(rows.map(({ digest }) => digest)),
    ],
  });
  const fresh = new Set(kept.map(({ digest }) => digest.toString('hex')));
  return rows.filter(({ digest }) => fresh.has(digest.toString('hex')));
}

/** Stores the rows themselves, as canonical JSON. */
export async function keepBodies(client: Queryable, place: PagePlace, rows: readonly DigestedRow[]): Promise<void> {
  if (rows.length === 0) return;
  const { connectionId, protection, windowId, restart, page } = place;
  await client.query({
    text: `
      insert into mimecast.protection_rows
        (connection_id, protection, digest, row_time, window_id, restart, page, sha256, body)
      select $1, $2, r.digest, r.row_time, $3, $4, $5, sha256(convert_to(r.body, 'UTF8')), r.body
        from unnest($6::bytea[], $7::timestamptz[], $8::text[]) as r (digest, row_time, body)
      on conflict do nothing`,
    values: [
      connectionId,
      protection,
      windowId,
      restart,
      page,
      byteaArray(rows.map(({ digest }) => digest)),
      rows.map(({ row }) => row.time),
      rows.map(({ row }) => canonicalJson(row.raw)),
    ],
  });
}

/** Deletes the digests of rows that no window can contain again. */
export async function pruneDigests(client: Queryable, { connectionId, protection }: PagePlace): Promise<void> {
  await client.query({
    text: `
      delete from mimecast.row_digests where (connection_id, protection, digest) in (
        select connection_id, protection, digest from mimecast.row_digests
         where connection_id = $1 and protection = $2 and read_to < now() - $3 * interval '1 day'
         limit ${PRUNED_AT_ONCE})`,
    values: [connectionId, protection, ROW_DIGESTS_KEPT_DAYS],
  });
}
