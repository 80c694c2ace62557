import type { EndpointName } from '../../model/connection.js';
import type { Database } from '../database/database.js';
import type { Provenance } from '../../model/provenance.js';
import { notNull } from '../../model/json.js';

/** The observation of a body that a verdict is based on. */
export interface CitedObservation {
  readonly endpoint: EndpointName;
  /** Lower-case hex SHA-256 of the canonical body. */
  readonly digest: string;
  readonly observedAt: Date;
  readonly provenance?: Provenance;
}

/**
 * Returns, for each body, its newest observation before a moment. Later observations are not related to a verdict of
 * that time.
 */
export async function readCited(
  db: Database,
  connectionId: string,
  digests: readonly string[],
  before: Date,
): Promise<CitedObservation[]> {
  const records = await db.query<{
    endpoint: EndpointName;
    digest: string;
    observed_at: Date;
    provenance: Provenance | null;
  }>({
    text: `
      select distinct on (o.sha256, o.endpoint) o.endpoint, encode(o.sha256, 'hex') as digest, o.observed_at, o.provenance
        from mimecast.observations o
       where o.connection_id = $1 and o.observed_at < $3
         and o.sha256 in (select decode(digest, 'hex') from unnest($2::text[]) as digest)
       order by o.sha256, o.endpoint, o.observation_id desc`,
    values: [connectionId, digests, before],
  });
  return records.map(({ endpoint, digest, observed_at: observedAt, provenance }) =>
    notNull({ endpoint, digest, observedAt, provenance }),
  );
}
