import { lockConnection } from '../database/connection-row.js';
import type { Database, Queryable } from '../database/database.js';
import { appendErasure, type Eraser, type ErasureEntry, type PreparedRule } from './eraser.js';
/** Bodies looked at in one transaction. A list of policies may have megabytes. */
const BATCH = 10;

/**
 * Erases the bodies of observations. A body goes with all observations that had it; when the vendor gives the same again
 * later, that is a new observation with a body of its own.
 *
 * The connection is locked meanwhile, so that no poll counts on a body that is just going.
 */
export function observationsEraser(db: Database): Eraser {
  return {
    batch: (connectionId, rule, after, entry) =>
      db.transaction(async (client) => {
        if (entry) await lockConnection(client, connectionId);
        const candidates = await candidatesAfter(client, connectionId, rule, (after as Buffer | undefined) ?? FIRST);
        const chosen = candidates.filter(({ body }) => rule.mentions?.(body ?? '""') ?? true);
        const last = candidates.length < BATCH ? undefined : candidates.at(-1);
        const next = last && { next: last.sha256 };
        const observations = await observationsOf(client, connectionId, chosen);
        if (!entry || observations.length === 0) return { erased: observations.length, ...next };
        return { ...(await erase(client, connectionId, observations, entry)), ...next };
      }),
  };
}

const FIRST = Buffer.alloc(0);

interface Candidate {
  readonly sha256: Buffer;
  readonly body: string | null;
}

/** The next bodies that a rule may be about: of an age, when no observation of later still shows it. */
async function candidatesAfter(
  client: Queryable,
  connectionId: string,
  { before, mentions }: PreparedRule,
  after: Buffer,
): Promise<Candidate[]> {
  return client.query<Candidate>({
    text: `
      select b.sha256, ${mentions ? 'b.body' : 'null as body'} from mimecast.bodies b
       where b.connection_id = $1 and b.sha256 > $2
         and not exists (
               select from mimecast.observations o
                where o.connection_id = b.connection_id and o.sha256 = b.sha256 and o.erased_by is null
                  and o.observed_at >= $3)
       order by b.sha256 limit ${BATCH}`,
    values: [connectionId, after, before ?? 'infinity'],
  });
}

interface Observation {
  readonly observationId: string;
  readonly sha256: Buffer;
}

/** In the order of the log. */
async function observationsOf(
  client: Queryable,
  connectionId: string,
  bodies: readonly Candidate[],
): Promise<Observation[]> {
  return client.query<Observation>({
    text: `
      select observation_id as "observationId", sha256 from mimecast.observations
       where connection_id = $1 and sha256 = any($2) and erased_by is null
       order by log_sequence`,
    values: [connectionId, bodies.map(({ sha256 }) => sha256)],
  });
}

async function erase(
  client: Queryable,
  connectionId: string,
  observations: readonly Observation[],
  entry: ErasureEntry,
): Promise<{ erased: number; sequence: number }> {
  const digests = observations.map(({ sha256 }) => sha256);
  const sequence = await appendErasure(client, connectionId, 'observations', digests, entry);
  await client.query({
    text: `
      update mimecast.observations set erased_by = $2, content_sha256 = null where observation_id = any($1::bigint[])`,
    values: [observations.map(({ observationId }) => observationId), sequence],
  });
  await client.query({
    text: 'delete from mimecast.bodies where connection_id = $1 and sha256 = any($2)',
    values: [connectionId, observations.map(({ sha256 }) => sha256)],
  });
  return { erased: observations.length, sequence: Number(sequence) };
}
