import type { ConnectionRow, CredentialVersion, EndpointName, Stream } from '../../model/connection.js';
import { loadConnection } from '../database/connection-row.js';
import { readCredentials, firstAccepted } from '../connections/credentials.js';
import type { Database, Queryable } from '../database/database.js';
import type { EndpointFact, Facts, KeysFact, ReadableFact, StreamFact } from '../../model/facts.js';
import { readProtectionLogs } from '../statistics/protection-logs.js';
import { completenessSince } from '../completeness/completeness.js';
import type { EndpointOutcome } from '../../model/outcomes.js';
import { DAY_MS, MINUTE_MS } from '../../model/time.js';
import { defined, notNull } from '../../model/json.js';
import { readDaily } from '../statistics/daily.js';

/** An answer is fresh for this many intervals of its stream: one failed poll is tolerated, two are not. */
const FRESH_INTERVALS = 2;

/** Days of statistics that controls need: a week, and the day in which it begins. */
const STATISTICS_MS = 8 * DAY_MS;

/**
 * Reads the input of the controls from one snapshot, so that a poll that ends meanwhile is seen completely or not at
 * all.
 *
 * @param at the moment of the evaluation, by default the database's time; stored data is not limited to it
 */
export async function gatherFacts(db: Database, connectionId: string, at?: Date): Promise<Facts | undefined> {
  return db.transaction(async (client) => {
    await client.query({ text: 'set transaction isolation level repeatable read, read only' });
    const connection = await loadConnection(client, connectionId);
    return connection && factsOf(client, connection.row, at ?? connection.now());
  });
}

async function factsOf(client: Queryable, row: ConnectionRow, now: Date): Promise<Facts> {
  const { connectionId, settings } = row;
  const versions = await readCredentials(client, connectionId);
  const connectedAt = firstAccepted(versions);
  const keys = keysFact(row, versions);
  const events = await readNewestEvents(client, connectionId, now);
  return {
    connectionId,
    now,
    settings,
    ...defined({ connectedAt, keys }),
    ...(connectedAt && {
      completeness: await completenessSince(client, row, connectedAt, 'audit-events', now),
    }),
    endpoints: await readEndpoints(client, row),
    streams: await readStreams(client, row, connectedAt, now),
    ...events,
    statistics: {
      days: await readDaily(client, connectionId, new Date(now.getTime() - STATISTICS_MS), now),
      logs: await readProtectionLogs(client, connectionId),
    },
  };
}

/** Returns the keys in use; the newest when none are in use. */
function keysFact(
  { activeVersion, settings }: ConnectionRow,
  versions: readonly CredentialVersion[],
): KeysFact | undefined {
  const keys = versions.find(({ version }) => version === activeVersion) ?? versions[0];
  if (!keys) return undefined;
  const { version, issuedAt, issueDateKnown } = keys;
  return {
    version,
    apiVersion: settings.apiVersion,
    issuedAt,
    issueDateKnown,
    // Without an issue date, the date of keys is that of their storage.
    ...(!issueDateKnown && { storedAt: issuedAt }),
  };
}

interface LatestRecord {
  readonly endpoint: EndpointName;
  readonly stream: Stream;
  readonly outcome: EndpointOutcome;
  readonly observed_at: Date;
}

interface ReadableRecord extends LatestRecord {
  readonly outcome: 'collected' | 'empty';
  readonly digest: string;
  readonly body: string;
}

async function readEndpoints(client: Queryable, row: ConnectionRow): Promise<Facts['endpoints']> {
  const latest = await client.query<LatestRecord>({
    text: `
      select distinct on (endpoint) endpoint, stream, outcome, observed_at from mimecast.observations
       where connection_id = $1 order by endpoint, observation_id desc`,
    values: [row.connectionId],
  });
  const readable = await client.query<ReadableRecord>({
    text: `
      with newest as (
        select distinct on (endpoint) connection_id, endpoint, stream, outcome, observed_at, sha256
          from mimecast.observations
         where connection_id = $1 and outcome in ('collected', 'empty') order by endpoint, observation_id desc
      )
      select endpoint, stream, outcome, observed_at, encode(sha256, 'hex') as digest, body
        from newest join mimecast.bodies using (connection_id, sha256)`,
    values: [row.connectionId],
  });
  const facts = latest.map(({ endpoint, outcome, observed_at: observedAt }): [EndpointName, EndpointFact] => {
    const answer = readable.find((record) => record.endpoint === endpoint);
    return [endpoint, defined({ latest: { outcome, observedAt }, readable: answer && readableFact(row, answer) })];
  });
  return Object.fromEntries(facts);
}

function readableFact({ settings }: ConnectionRow, record: ReadableRecord): ReadableFact {
  const { stream, outcome, digest, observed_at: observedAt } = record;
  const everyMs = settings.streams[stream]?.everyMs ?? 0;
  const body: unknown = JSON.parse(record.body);
  return {
    outcome,
    digest,
    observedAt,
    freshUntil: new Date(observedAt.getTime() + FRESH_INTERVALS * everyMs),
    items: Array.isArray(body) ? (body as unknown[]) : [body],
  };
}

interface StreamRecord {
  readonly stream: Stream;
  readonly polls: string;
  readonly last_good_at: Date | null;
}

async function readStreams(
  client: Queryable,
  { connectionId, settings, pauses }: ConnectionRow,
  connectedAt: Date | undefined,
  now: Date,
): Promise<Facts['streams']> {
  const polled = await client.query<StreamRecord>({
    text: `
      select stream, count(*) as polls,
             max(finished_at) filter (where outcome in ('collected', 'empty', 'unavailable', 'behind')
                                        and finished_at <= $2) as last_good_at
        from mimecast.polls where connection_id = $1 group by stream`,
    values: [connectionId, now],
  });
  const [{ settings_changed_at: changedAt } = { settings_changed_at: undefined }] = await client.query<{
    settings_changed_at: Date;
  }>({
    text: 'select settings_changed_at from mimecast.connections where connection_id = $1',
    values: [connectionId],
  });

  const facts = Object.entries(settings.streams).map(([name, { enabled, everyMs }]): [Stream, StreamFact] => {
    const stream = name as Stream;
    const record = polled.find((found) => found.stream === stream);
    const lastGoodAt = record?.last_good_at;
    // A stream that was never polled may have been added by the newest settings.
    const since = record ? connectedAt : later(connectedAt, changedAt);
    const paused = (pauses[stream] ?? []).length > 0;
    return [stream, notNull({ enabled, everyMs, paused, lastGoodAt, since })];
  });
  return Object.fromEntries(facts);
}

function later(one: Date | undefined, other: Date | undefined): Date | undefined {
  if (!one || !other) return undefined;
  return one > other ? one : other;
}

/** The vendor's clock may be ahead by this much before an event counts as dated in the future. */
const FUTURE_FROM_MS = 5 * MINUTE_MS;

/** Events that the vendor dates in the future are no sign that the log is up to date: they are read separately. */
async function readNewestEvents(
  client: Queryable,
  connectionId: string,
  now: Date,
): Promise<Pick<Facts, 'newestEventAt' | 'futureEventAt'>> {
  const [newest] = await client.query<{ past: Date | null; future: Date | null }>({
    text: `
      select (select max(event_time) from mimecast.audit_events where connection_id = $1 and event_time <= $2) as past,
             (select max(event_time) from mimecast.audit_events where connection_id = $1 and event_time > $3) as future`,
    values: [connectionId, now, new Date(now.getTime() + FUTURE_FROM_MS)],
  });
  return defined({ newestEventAt: newest?.past ?? undefined, futureEventAt: newest?.future ?? undefined });
}
