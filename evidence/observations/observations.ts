import { canonicalJson, sha256 } from '../database/canonical.js';
import { readCited, type CitedObservation } from './cited.js';
import type { EndpointName, Stream } from '../../model/connection.js';
import { contentDigest } from './content-digest.js';
import type { Database, Queryable } from '../database/database.js';
import { readMoment } from '../database/connection-row.js';
import { holdConnection, type Refused } from '../database/guard.js';
import { append } from '../log/append.js';
import type { EndpointOutcome } from '../../model/outcomes.js';
import type { Provenance } from '../../model/provenance.js';
import { notNull } from '../../model/json.js';

/** Answers of the endpoints, over time. */
export interface Observations {
  /**
   * Stores what an endpoint answered. Each body is stored once per digest; an erased body is stored again when the vendor
   * returns it again.
   */
  record(observation: NewObservation): Promise<StoredObservation | Refused>;
  /** Returns the newest observation of each endpoint. */
  latest(connectionId: string): Promise<StoredObservation[]>;
  /** Returns, for each of these bodies by digest, the newest observation before a moment that returned it. */
  cited(connectionId: string, digests: readonly string[], before: Date): Promise<CitedObservation[]>;
}

/** Answer of an endpoint, to be stored. */
export interface NewObservation {
  readonly connectionId: string;
  readonly generation: number;
  readonly stream: Stream;
  readonly endpoint: EndpointName;
  readonly outcome: EndpointOutcome;
  readonly items?: number;
  /** The vendor's `data`, without the dropped fields. Undefined unless the endpoint answered. */
  readonly body?: unknown;
  readonly droppedFields?: readonly string[];
  /** Class of the failure, for an outcome that is not an answer. */
  readonly error?: string;
  readonly provenance?: Provenance;
  readonly runId: string;
}

/** Answer of an endpoint at one moment, without the body. */
export interface StoredObservation {
  readonly observationId: string;
  readonly stream: Stream;
  readonly endpoint: EndpointName;
  readonly path?: string;
  readonly outcome: EndpointOutcome;
  readonly items?: number;
  /** Lower-case hex SHA-256 of the canonical body, without the dropped fields. */
  readonly digest?: string;
  /**
   * Digest of the content, without ids and times that change by themselves, for drift detection. Removed with the
   * body.
   */
  readonly contentDigest?: string;
  /** Log entry that erased the body by rule. Without its body, an observation cannot be read any more. */
  readonly erasedBy?: number;
  readonly observedAt: Date;
}

export function createObservations(db: Database): Observations {
  return {
    record: (observation) => {
      const body = bodyOf(observation);
      return db.transaction((client) => record(client, observation, body));
    },
    latest: (connectionId) => latest(db, connectionId),
    cited: (connectionId, digests, before) => readCited(db, connectionId, digests, before),
  };
}

interface Body {
  readonly text: string;
  readonly digest: Buffer;
  readonly content: Buffer;
}

/** An empty list is an answer and has a body; a failed read has none. */
function bodyOf({ outcome, body, endpoint }: NewObservation): Body | undefined {
  const answered = outcome === 'collected' || outcome === 'empty';
  if (answered !== (body !== undefined)) {
    throw new TypeError(`An observation of ${endpoint} that is ${outcome} ${answered ? 'needs a' : 'has no'} body`);
  }
  if (!answered) return undefined;
  const text = canonicalJson(body);
  return { text, digest: sha256(text), content: contentDigest(body) };
}

async function record(
  client: Queryable,
  observation: NewObservation,
  body: Body | undefined,
): Promise<StoredObservation | Refused> {
  const { connectionId, stream, endpoint, outcome, items, provenance, droppedFields = [], error } = observation;
  if (!(await holdConnection(client, connectionId, observation.generation))) return 'disconnected';

  if (body) await keepBody(client, connectionId, body);
  const observedAt = new Date(provenance?.receivedAt ?? (await readMoment(client)));
  const sequence = await append(client, connectionId, 'observation', {
    stream,
    endpoint,
    outcome,
    observedAt: observedAt.toISOString(),
    items: items ?? null,
    digest: body?.digest.toString('hex') ?? null,
    droppedFields,
    error: error ?? null,
    provenance: provenance ?? null,
    runId: observation.runId,
  });
  const [stored] = await client.query<ObservationRecord>({
    text: `
      insert into mimecast.observations as o (connection_id, stream, endpoint, outcome, observed_at, items, sha256,
                                              dropped_fields, error, provenance, run_id, log_sequence, content_sha256)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
      returning ${COLUMNS}`,
    values: [
      connectionId,
      stream,
      endpoint,
      outcome,
      observedAt,
      items ?? null,
      body?.digest ?? null,
      droppedFields,
      error ?? null,
      provenance ? JSON.stringify(provenance) : null,
      observation.runId,
      sequence,
      // Not in the log, which is never erased: without ids, a body could be guessed from this digest after it was
      // erased.
      body?.content ?? null,
    ],
  });
  if (!stored) throw new Error(`No observation of ${endpoint} was stored`);
  return toObservation(stored);
}

async function keepBody(client: Queryable, connectionId: string, { digest, text }: Body): Promise<void> {
  await client.query({
    text: 'insert into mimecast.bodies (connection_id, sha256, body) values ($1, $2, $3) on conflict do nothing',
    values: [connectionId, digest, text],
  });
}

interface ObservationRecord {
  readonly observation_id: string;
  readonly stream: Stream;
  readonly endpoint: EndpointName;
  readonly outcome: EndpointOutcome;
  readonly observed_at: Date;
  readonly items: number | null;
  readonly sha256: Buffer | null;
  readonly content_sha256: Buffer | null;
  readonly erased_by: number | null;
  readonly provenance: Provenance | null;
}

const COLUMNS = `
  o.observation_id::text, o.stream, o.endpoint, o.outcome, o.observed_at, o.items, o.sha256, o.content_sha256, o.erased_by::float8,
  o.provenance`;

async function latest(client: Queryable, connectionId: string): Promise<StoredObservation[]> {
  const records = await client.query<ObservationRecord>({
    text: `
      select distinct on (o.endpoint) ${COLUMNS} from mimecast.observations o
       where o.connection_id = $1 order by o.endpoint, o.observation_id desc`,
    values: [connectionId],
  });
  return records.map(toObservation);
}

function toObservation(record: ObservationRecord): StoredObservation {
  return notNull({
    observationId: record.observation_id,
    stream: record.stream,
    endpoint: record.endpoint,
    path: record.provenance?.path,
    outcome: record.outcome,
    items: record.items,
    digest: record.sha256?.toString('hex'),
    contentDigest: record.content_sha256?.toString('hex'),
    erasedBy: record.erased_by,
    observedAt: record.observed_at,
  });
}
