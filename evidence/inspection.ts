import { checkpointStates, type CheckpointState } from './proof/checkpoints.js';
import type { ConnectionRow, CredentialState, Stream } from '../model/connection.js';
import { listConnections } from './database/connection-row.js';
import { hostAndPort, openDatabase, type Database } from './database/database.js';
import { readNamespace } from './database/namespace.js';
import type { PollOutcome } from '../model/outcomes.js';
import { notNull } from '../model/json.js';

/**
 * Reads the database for diagnosis: in few statements for any number of connections, and read-only, so that the
 * server rejects every change.
 *
 * Every method may throw `EvidenceUnreachableError` when the database cannot be used, and `EvidenceSchemaError` when
 * its migrations are not applied.
 */
export interface EvidenceInspection {
  server(): Promise<InspectedServer>;
  /** Returns the Temporal namespace of the database; undefined before the first worker. */
  namespace(): Promise<string | undefined>;
  /** Returns all connections, including disconnected ones. */
  connections(): Promise<ConnectionRow[]>;
  /** Returns the versions of these connections' keys that are in use or being proved. */
  keys(connectionIds: readonly string[]): Promise<InspectedKeys[]>;
  /**
   * Returns the progress of these connections' polls, one entry per connection and stream.
   *
   * @param successes outcomes that count as success
   */
  streams(
    connectionIds: readonly string[],
    streams: readonly Stream[],
    successes: readonly PollOutcome[],
  ): Promise<InspectedStream[]>;
  /** Returns the state of checkpoints of the connections that ever had an attempt. */
  checkpoints(connectionIds: readonly string[]): Promise<CheckpointState[]>;
  close(): Promise<void>;
}

export interface InspectedServer {
  /** Host and port. */
  readonly where: string;
  /** Number of the server's version: 180001 for 18.1. */
  readonly versionNumber: number;
  readonly version: string;
  /** The server's clock. */
  readonly at: Date;
}

export interface InspectedKeys {
  readonly connectionId: string;
  readonly version: number;
  readonly state: Extract<CredentialState, 'pending' | 'active'>;
  readonly sealed: string;
  /** Key of the keyring that opens it. */
  readonly kid: string;
  readonly issuedAt: Date;
}

export interface InspectedStream {
  readonly connectionId: string;
  readonly stream: Stream;
  readonly newest?: { readonly finishedAt: Date; readonly outcome: PollOutcome; readonly error?: string };
  readonly succeededAt?: Date;
  /** The window that has been open longest, of a stream that reads several logs. */
  readonly openWindow?: {
    readonly start: Date;
    readonly end: Date;
    readonly openedAt: Date;
    readonly pages: number;
    readonly restarts: number;
  };
}

/** @param limitMs limit of each statement */
export function openInspection(databaseUrl: string, limitMs: number): EvidenceInspection {
  const db = openDatabase({ databaseUrl, maxConnections: 2, onError: () => undefined, readOnly: true, limitMs });
  return {
    server: () => inspectServer(db, hostAndPort(databaseUrl)),
    namespace: async () => (await readNamespace(db))?.name,
    connections: () => listConnections(db),
    keys: (connectionIds) => inspectKeys(db, connectionIds),
    streams: (connectionIds, streams, successes) => inspectStreams(db, connectionIds, streams, successes),
    checkpoints: (connectionIds) => checkpointStates(db, connectionIds),
    close: () => db.close(),
  };
}

async function inspectServer(db: Database, where: string): Promise<InspectedServer> {
  const [server] = await db.query<{ number: number; version: string; at: Date }>({
    text: `
      select current_setting('server_version_num')::integer as number, current_setting('server_version') as version,
             clock_timestamp() as at`,
  });
  if (!server) throw new Error('The server said nothing about itself.');
  return { where, versionNumber: server.number, version: server.version, at: server.at };
}

async function inspectKeys(db: Database, connectionIds: readonly string[]): Promise<InspectedKeys[]> {
  return await db.query<InspectedKeys>({
    text: `
      select connection_id as "connectionId", version, state, sealed, kid, issued_at as "issuedAt"
        from mimecast.credentials
       where connection_id = any($1) and state in ('pending', 'active')
       order by connection_id, version`,
    values: [connectionIds],
  });
}

interface StreamRecord {
  readonly connection_id: string;
  readonly stream: Stream;
  readonly finished_at: Date | null;
  readonly outcome: PollOutcome | null;
  readonly error: string | null;
  readonly succeeded_at: Date | null;
  readonly window_start: Date | null;
  readonly window_end: Date | null;
  readonly opened_at: Date | null;
  readonly pages: number | null;
  readonly restarts: number | null;
}

/** Finds the newest polls by index, one step per connection and stream: the table contains years of them. */
async function inspectStreams(
  db: Database,
  connectionIds: readonly string[],
  streams: readonly Stream[],
  successes: readonly PollOutcome[],
): Promise<InspectedStream[]> {
  const records = await db.query<StreamRecord>({
    text: `
      select c.connection_id, s.stream, newest.*, success.*, w.window_start, w.window_end, w.opened_at, w.pages, w.restarts
        from unnest($1::text[]) as c (connection_id)
       cross join unnest($2::text[]) as s (stream)
        left join lateral (
               select p.finished_at, p.outcome, p.error from mimecast.polls p
                where p.connection_id = c.connection_id and p.stream = s.stream
                order by p.finished_at desc limit 1) newest on true
        left join lateral (
               select p.finished_at as succeeded_at from mimecast.polls p
                where p.connection_id = c.connection_id and p.stream = s.stream and p.outcome = any($3)
                order by p.finished_at desc limit 1) success on true
        left join lateral (
               select o.window_start, o.window_end, o.opened_at, o.pages, o.restarts from mimecast.windows o
                where o.connection_id = c.connection_id and o.state = 'open'
                  and (o.stream = s.stream or starts_with(o.stream, s.stream || '/'))
                order by o.opened_at limit 1) w on true`,
    values: [connectionIds, streams, successes],
  });
  return records.map(toStream);
}

function toStream(record: StreamRecord): InspectedStream {
  const { finished_at: finishedAt, outcome, error, succeeded_at: succeededAt } = record;
  const { window_start: start, window_end: end, opened_at: openedAt, pages, restarts } = record;
  return {
    connectionId: record.connection_id,
    stream: record.stream,
    ...(finishedAt && outcome && { newest: notNull({ finishedAt, outcome, error }) }),
    ...(succeededAt && { succeededAt }),
    ...(start &&
      end &&
      openedAt && { openWindow: { start, end, openedAt, pages: pages ?? 0, restarts: restarts ?? 0 } }),
  };
}
