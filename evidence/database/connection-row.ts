import type { ConnectionRow, ConnectionState } from '../../model/connection.js';
import { notNull } from '../../model/json.js';
import { clockFrom, type Clock } from './clock.js';
import type { Queryable } from './database.js';
import { EvidenceNotFoundError, EvidenceStateError } from './errors.js';
import { isoMoment } from './sql.js';
import { readRotation, readStoredRow } from './stored-row.js';

interface ConnectionRecord {
  readonly connection_id: string;
  readonly generation: number;
  readonly state: ConnectionState;
  readonly settings: unknown;
  readonly pauses: unknown;
  readonly account_code: string | null;
  readonly account_name: string | null;
  readonly active_version: number | null;
  readonly last_rotation: unknown;
  readonly created_at: Date;
  readonly updated_at: Date;
}

export async function readConnection(client: Queryable, connectionId: string): Promise<ConnectionRow | undefined> {
  const [record] = await client.query<ConnectionRecord>({
    text: 'select * from mimecast.connections where connection_id = $1',
    values: [connectionId],
  });
  return record && toConnection(record);
}

/** A connection, and the database's clock as of the same statement. */
export interface LoadedConnection {
  readonly row: ConnectionRow;
  readonly now: Clock;
}

export async function loadConnection(client: Queryable, connectionId: string): Promise<LoadedConnection | undefined> {
  const [record] = await client.query<ConnectionRecord & { readonly clock: Date }>({
    text: 'select c.*, clock_timestamp() as clock from mimecast.connections c where connection_id = $1',
    values: [connectionId],
  });
  if (!record) return undefined;
  const now = clockFrom(record.clock);
  return { row: toConnection(record), now };
}

export async function listConnections(client: Queryable): Promise<ConnectionRow[]> {
  const records = await client.query<ConnectionRecord>({
    text: 'select * from mimecast.connections order by connection_id',
  });
  return records.map(toConnection);
}

/** Reads the connection, and locks it until the transaction ends. @throws EvidenceNotFoundError */
export async function lockConnection(client: Queryable, connectionId: string): Promise<ConnectionRow> {
  const [record] = await client.query<ConnectionRecord>({
    text: 'select * from mimecast.connections where connection_id = $1 for no key update',
    values: [connectionId],
  });
  if (!record) throw new EvidenceNotFoundError(`connection "${connectionId}"`);
  return toConnection(record);
}

/**
 * Reads and locks a connection that polls run for.
 *
 * @throws EvidenceNotFoundError
 * @throws EvidenceStateError when it is disconnected or disconnecting
 */
export async function lockLiveConnection(client: Queryable, connectionId: string): Promise<ConnectionRow> {
  const row = await lockConnection(client, connectionId);
  if (isLeaving(row)) throw new EvidenceStateError(`"${connectionId}" is ${row.state}. Connect it again.`);
  return row;
}

export function isLeaving({ state }: ConnectionRow): boolean {
  return state === 'disconnecting' || state === 'disconnected';
}

/** Returns the start of the transaction by the database's clock: ISO, UTC. The workers' clocks may differ. */
export async function readMoment(client: Queryable): Promise<string> {
  const [now] = await client.query<{ moment: string }>({ text: `select ${isoMoment('now()')} as moment` });
  if (!now) throw new Error('The database did not tell the time');
  return now.moment;
}

function toConnection(record: ConnectionRecord): ConnectionRow {
  return notNull({
    connectionId: record.connection_id,
    generation: record.generation,
    state: record.state,
    ...readStoredRow(record),
    accountCode: record.account_code,
    accountName: record.account_name,
    activeVersion: record.active_version,
    lastRotation: readRotation(record.last_rotation),
    createdAt: record.created_at,
    updatedAt: record.updated_at,
  });
}
