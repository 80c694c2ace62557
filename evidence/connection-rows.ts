import type {
  ConnectionRow,
  ConnectionSettings,
  ConnectionState,
  CredentialState,
  CredentialVersion,
} from './connection.js';
import type { Queryable } from './database.js';
import { EvidenceNotFoundError } from './errors.js';

interface ConnectionRecord {
  readonly connection_id: string;
  readonly generation: number;
  readonly state: ConnectionState;
  readonly settings: ConnectionSettings;
  readonly pauses: ConnectionRow['pauses'];
  readonly account_code: string | null;
  readonly account_name: string | null;
  readonly active_version: number | null;
  readonly created_at: Date;
  readonly updated_at: Date;
}

interface CredentialRecord {
  readonly connection_id: string;
  readonly version: number;
  readonly state: CredentialState;
  readonly sealed: string | null;
  readonly sealed_digest: Buffer;
  readonly kid: string;
  readonly issued_at: Date;
  readonly accepted_at: Date | null;
}

export async function readConnection(client: Queryable, connectionId: string): Promise<ConnectionRow | undefined> {
  const [record] = await client.query<ConnectionRecord>({
    text: 'select * from mimecast.connections where connection_id = $1',
    values: [connectionId],
  });
  return record && toConnection(record);
}

export async function listConnections(client: Queryable): Promise<ConnectionRow[]> {
  const records = await client.query<ConnectionRecord>({
    text: 'select * from mimecast.connections order by connection_id',
  });
  return records.map(toConnection);
}

/** The connection, locked until the transaction ends: its writers take turns. @throws EvidenceNotFoundError */
export async function lockConnection(client: Queryable, connectionId: string): Promise<ConnectionRow> {
  const [record] = await client.query<ConnectionRecord>({
    text: 'select * from mimecast.connections where connection_id = $1 for no key update',
    values: [connectionId],
  });
  if (!record) throw new EvidenceNotFoundError(`connection "${connectionId}"`);
  return toConnection(record);
}

/** Every version of a connection's keys, newest first. */
export async function readCredentials(client: Queryable, connectionId: string): Promise<CredentialVersion[]> {
  const records = await client.query<CredentialRecord>({
    text: 'select * from mimecast.credentials where connection_id = $1 order by version desc',
    values: [connectionId],
  });
  return records.map(toCredentials);
}

function toConnection(record: ConnectionRecord): ConnectionRow {
  return {
    connectionId: record.connection_id,
    generation: record.generation,
    state: record.state,
    settings: record.settings,
    pauses: record.pauses,
    ...(record.account_code !== null && { accountCode: record.account_code }),
    ...(record.account_name !== null && { accountName: record.account_name }),
    ...(record.active_version !== null && { activeVersion: record.active_version }),
    createdAt: record.created_at,
    updatedAt: record.updated_at,
  };
}

function toCredentials(record: CredentialRecord): CredentialVersion {
  return {
    connectionId: record.connection_id,
    version: record.version,
    state: record.state,
    ...(record.sealed !== null && { sealed: record.sealed }),
    sealedDigest: record.sealed_digest.toString('hex'),
    kid: record.kid,
    issuedAt: record.issued_at,
    ...(record.accepted_at !== null && { acceptedAt: record.accepted_at }),
  };
}
