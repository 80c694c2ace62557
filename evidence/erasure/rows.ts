import type { Database, Queryable } from '../database/database.js';
import { appendErasure, type Eraser, type ErasureEntry, type PreparedRule } from './eraser.js';
/** Rows looked at in one transaction. */
const BATCH = 1000;

/** Place in the order of the log: the entry of the page that brought a row, and the row's digest within it. */
interface Place {
  readonly logSequence: string;
  readonly digest: Buffer;
}

const BEGINNING: Place = { logSequence: '0', digest: Buffer.alloc(0) };

interface Candidate extends Place {
  readonly sha256: Buffer;
  readonly erased: boolean;
  readonly body: string | null;
}

/**
 * Erases rows of protection logs, of connections that keep them. What they were counted into stays, and names nobody. A row stays as
 * a place, so that the rest of its page can be proved.
 */
export function rowsEraser(db: Database): Eraser {
  return {
    batch: (connectionId, rule, after, entry) =>
      db.transaction(async (client) => {
        const candidates = await candidatesAfter(client, connectionId, rule, (after as Place | undefined) ?? BEGINNING);
        const chosen = candidates.filter(({ erased, body }) => !erased && (rule.mentions?.(body ?? '""') ?? true));
        const last = candidates.length < BATCH ? undefined : candidates.at(-1);
        const next = last && { next: { logSequence: last.logSequence, digest: last.digest } };
        if (!entry || chosen.length === 0) return { erased: chosen.length, ...next };
        return { ...(await erase(client, connectionId, chosen, entry)), ...next };
      }),
  };
}

/** The next rows in the order of the log, locked; erased ones too, so that a batch is a batch. */
async function candidatesAfter(
  client: Queryable,
  connectionId: string,
  { before }: PreparedRule,
  after: Place,
): Promise<Candidate[]> {
  return client.query<Candidate & Record<string, unknown>>({
    text: `
      select p.log_sequence::text as "logSequence", r.digest, r.sha256, r.erased_by is not null as erased, r.body
        from mimecast.protection_rows r
        join mimecast.pages p using (window_id, restart, page)
       where r.connection_id = $1 and (p.log_sequence, r.digest) > ($2::bigint, $3::bytea) and r.row_time < $4
       order by p.log_sequence, r.digest limit ${BATCH} for update of r`,
    values: [connectionId, after.logSequence, after.digest, before ?? 'infinity'],
  });
}

async function erase(
  client: Queryable,
  connectionId: string,
  chosen: readonly Candidate[],
  entry: ErasureEntry,
): Promise<{ erased: number; sequence: number }> {
  const digests = chosen.map(({ sha256 }) => sha256);
  const sequence = await appendErasure(client, connectionId, 'rows', digests, entry);
  await client.query({
    text: `
      update mimecast.protection_rows set body = null, erased_by = $3
       where connection_id = $1 and digest = any($2::bytea[])`,
    values: [connectionId, chosen.map((row) => row.digest), sequence],
  });
  return { erased: chosen.length, sequence: Number(sequence) };
}
