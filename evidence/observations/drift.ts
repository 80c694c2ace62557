import type { EndpointName, Stream } from '../../model/connection.js';
import type { Database, Queryable } from '../database/database.js';
import { BEGINNING, FOREVER } from '../database/sql.js';
import { differencesBetween, type Difference } from './differences.js';
import type { MomentRange } from '../../model/time-ranges.js';
import { MINUTE_MS } from '../../model/time.js';

/** A change in what one endpoint answered, between two polls. */
export interface Drift {
  readonly connectionId: string;
  readonly stream: Stream;
  readonly endpoint: EndpointName;
  readonly before: DriftSide;
  readonly after: DriftSide;
  readonly differences: readonly Difference[];
  /**
   * Administrative events between the two answers whose text names a changed item. They may explain the change; they do not
   * prove it.
   */
  readonly candidates: readonly DriftCandidate[];
}

/** One of the two answers that are compared. */
export interface DriftSide {
  readonly observedAt: Date;
  /** Lower-case hex SHA-256 of the body. */
  readonly digest: string;
}

/** An administrative event that may have caused a change. */
export interface DriftCandidate {
  readonly eventTime: Date;
  readonly auditType: string;
  readonly category: string;
  /** The user who made the change, according to the event. Absent after an erasure. */
  readonly user?: string;
  /** Lower-case hex SHA-256 of the event's body. */
  readonly digest: string;
  /** Name of the changed item that the event's text contains. */
  readonly names: string;
}

/** When changes were observed, and at which endpoint: all when it is not given. */
export interface DriftRange extends MomentRange {
  readonly endpoint?: EndpointName;
}

/** Tolerance between the vendor's clock, which dates events, and the time of the answer. */
const CLOCKS_MS = 5 * MINUTE_MS;
/** Shorter names occur in too many texts. */
const SHORTEST_NAME = 4;
const MOST_CANDIDATES = 20;

/** Yields all changes in order of detection. Changes of ids, order or dates alone are left out. */
export async function* readDrift(db: Database, connectionId: string, range: DriftRange = {}): AsyncGenerator<Drift> {
  for (const pair of await changedPairs(db, connectionId, range)) {
    const [before, after] = await Promise.all([
      itemsOf(db, connectionId, pair.before_digest),
      itemsOf(db, connectionId, pair.after_digest),
    ]);
    // The body was erased.
    if (!before || !after) continue;
    const differences = differencesBetween(before, after);
    if (differences.length === 0) continue;
    yield {
      connectionId,
      stream: pair.stream,
      endpoint: pair.endpoint,
      before: { observedAt: pair.before_at, digest: pair.before_digest },
      after: { observedAt: pair.after_at, digest: pair.after_digest },
      differences,
      candidates: await candidatesFor(db, connectionId, pair, differences),
    };
  }
}

interface ChangedPair {
  readonly stream: Stream;
  readonly endpoint: EndpointName;
  readonly before_at: Date;
  readonly before_digest: string;
  readonly after_at: Date;
  readonly after_digest: string;
}

/** Returns successive answers of an endpoint that differ. Failed reads in between are skipped. */
async function changedPairs(
  client: Queryable,
  connectionId: string,
  { from = BEGINNING, to = FOREVER, endpoint }: DriftRange,
): Promise<ChangedPair[]> {
  return client.query<ChangedPair & Record<string, unknown>>({
    text: `
      with answers as (
        select stream, endpoint, observation_id, observed_at, sha256,
               lag(observed_at) over each_endpoint as before_at, lag(sha256) over each_endpoint as before_sha256
          from mimecast.observations
         where connection_id = $1 and outcome in ('collected', 'empty') and ($4::text is null or endpoint = $4)
        window each_endpoint as (partition by endpoint order by observation_id)
      )
      select stream, endpoint, before_at, encode(before_sha256, 'hex') as before_digest,
             observed_at as after_at, encode(sha256, 'hex') as after_digest
        from answers
       where before_sha256 <> sha256 and observed_at >= $2 and observed_at < $3
       order by observation_id`,
    values: [connectionId, from, to, endpoint ?? null],
  });
}

async function itemsOf(client: Queryable, connectionId: string, digest: string): Promise<unknown[] | undefined> {
  const [kept] = await client.query<{ body: string }>({
    name: 'body-for-drift',
    text: `select body from mimecast.bodies where connection_id = $1 and sha256 = decode($2, 'hex')`,
    values: [connectionId, digest],
  });
  if (!kept) return undefined;
  const body: unknown = JSON.parse(kept.body);
  return Array.isArray(body) ? (body as unknown[]) : [body];
}

interface CandidateRecord {
  readonly event_time: Date;
  readonly event_type: string;
  readonly category: string;
  readonly user_name: string;
  readonly digest: string;
  readonly names: string;
}

async function candidatesFor(
  client: Queryable,
  connectionId: string,
  { before_at: before, after_at: after }: ChangedPair,
  differences: readonly Difference[],
): Promise<DriftCandidate[]> {
  const names = [...new Set(differences.map(({ what }) => what))].filter(({ length }) => length >= SHORTEST_NAME);
  if (names.length === 0) return [];
  const records = await client.query<CandidateRecord>({
    text: `
      select event_time, event_type, category, user_name, encode(sha256, 'hex') as digest, name as names
        from mimecast.audit_events
        join unnest($4::text[]) as name on strpos(lower(body), lower(name)) > 0
       where connection_id = $1 and event_time between $2 and $3
       order by event_time, id_hash limit ${MOST_CANDIDATES}`,
    values: [
      connectionId,
      new Date(before.getTime() - CLOCKS_MS),
      new Date(after.getTime() + CLOCKS_MS),
      names.map(inJson),
    ],
  });
  return records.map((record) => ({
    eventTime: record.event_time,
    auditType: record.event_type,
    category: record.category,
    ...(record.user_name !== '' && { user: record.user_name }),
    digest: record.digest,
    names: record.names,
  }));
}

/** A name as it occurs in the canonical JSON of an event. */
const inJson = (name: string): string => JSON.stringify(name).slice(1, -1);
