import { lockConnection } from '../database/connection-row.js';
import { eraser } from './eraser.js';

/** A list of policies may have megabytes. */
const BATCH = 10;

interface Candidate {
  readonly sha256: Buffer;
  readonly body: string | null;
}

interface Observation {
  readonly observationId: string;
  readonly sha256: Buffer;
}

/**
 * Erases the bodies of observations. A body goes with all observations that had it; when the vendor sends the same again
 * later, that is a new observation with a body of its own.
 *
 * The connection is locked, so that no poll refers to a body that is being deleted.
 */
export const eraseObservations = eraser<Candidate, Observation>({
  what: 'observations',
  batchSize: BATCH,

  async lock({ client, connectionId }) {
    await lockConnection(client, connectionId);
  },

  // Of an age are bodies that no later observation still refers to.
  candidates: ({ client, connectionId, rule }, after) =>
    client.query<Candidate>({
      text: `
        select b.sha256, ${rule.mentions ? 'b.body' : 'null as body'} from mimecast.bodies b
         where b.connection_id = $1 and b.sha256 > $2
           and not exists (
                 select from mimecast.observations o
                  where o.connection_id = b.connection_id and o.sha256 = b.sha256 and o.erased_by is null
                    and o.observed_at >= $3)
         order by b.sha256 limit ${BATCH}`,
      values: [connectionId, after?.sha256 ?? Buffer.alloc(0), rule.before ?? 'infinity'],
    }),

  items: ({ client, connectionId }, bodies) =>
    client.query<Observation>({
      text: `
        select observation_id as "observationId", sha256 from mimecast.observations
         where connection_id = $1 and sha256 = any($2) and erased_by is null
         order by log_sequence`,
      values: [connectionId, bodies.map(({ sha256 }) => sha256)],
    }),

  async blank({ client, connectionId }, observations, sequence) {
    await client.query({
      text: `
        update mimecast.observations set erased_by = $2, content_sha256 = null where observation_id = any($1::bigint[])`,
      values: [observations.map(({ observationId }) => observationId), sequence],
    });
    await client.query({
      text: 'delete from mimecast.bodies where connection_id = $1 and sha256 = any($2)',
      values: [connectionId, observations.map(({ sha256 }) => sha256)],
    });
  },
});
