import type { Database, Queryable } from '../database/database.js';
import { appendErasure, type Eraser, type ErasureEntry, type PreparedRule } from './eraser.js';
/** Records looked at in one transaction: each has some ten kilobytes. */
const BATCH = 100;

interface Candidate {
  readonly sequence: string;
  readonly sha256: Buffer;
  readonly body: string;
}

/** Erases records of what controls said. Their counts stay, as do place and digest. */
export function verdictsEraser(db: Database): Eraser {
  return {
    batch: (connectionId, rule, after, entry) =>
      db.transaction(async (client) => {
        const candidates = await candidatesAfter(client, connectionId, rule, (after as string | undefined) ?? '0');
        const chosen = candidates.filter(({ body }) => rule.mentions?.(body) ?? true);
        const last = candidates.length < BATCH ? undefined : candidates.at(-1);
        const next = last && { next: last.sequence };
        if (!entry || chosen.length === 0) return { erased: chosen.length, ...next };
        return { ...(await erase(client, connectionId, chosen, entry)), ...next };
      }),
  };
}

/** The next records in the order of the log, locked. */
async function candidatesAfter(
  client: Queryable,
  connectionId: string,
  { before }: PreparedRule,
  after: string,
): Promise<Candidate[]> {
  return client.query<Candidate>({
    text: `
      select log_sequence::text as sequence, sha256, body from mimecast.evaluations
       where connection_id = $1 and log_sequence > $2 and evaluated_at < $3 and erased_by is null
       order by log_sequence limit ${BATCH} for update`,
    values: [connectionId, after, before ?? 'infinity'],
  });
}

async function erase(
  client: Queryable,
  connectionId: string,
  chosen: readonly Candidate[],
  entry: ErasureEntry,
): Promise<{ erased: number; sequence: number }> {
  const digests = chosen.map(({ sha256 }) => sha256);
  const sequence = await appendErasure(client, connectionId, 'verdicts', digests, entry);
  await client.query({
    text: `
      update mimecast.evaluations set body = null, erased_by = $3
       where connection_id = $1 and log_sequence = any($2::bigint[])`,
    values: [connectionId, chosen.map((candidate) => candidate.sequence), sequence],
  });
  return { erased: chosen.length, sequence: Number(sequence) };
}
