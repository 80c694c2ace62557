import { sha256 } from './canonical.js';
import type { ConnectionRow, StreamPause } from './connection.js';
import { listConnections, lockConnection, readConnection, readCredentials } from './connection-rows.js';
import type { Database, Queryable } from './database.js';
import { EvidenceAccountError, EvidenceNotFoundError, EvidenceStateError } from './errors.js';
import { append, beginLog } from './log.js';
import { pauseForRefusedKeys, withoutRefusedKeys } from './pauses.js';
import type { AcceptedProof, Connections, NewConnection } from './store.js';

/** The connections' rows. Each change and its entry in the log are one transaction, and may be asked for twice. */
export function createConnections(db: Database): Connections {
  return {
    read: (connectionId) => readConnection(db, connectionId),
    list: () => listConnections(db),
    open: (connection) => db.transaction((client) => open(client, connection)),
    credentials: async (connectionId, version) =>
      (await readCredentials(db, connectionId)).find((credentials) => credentials.version === version),
    activeCredentials: async (connectionId) =>
      (await readCredentials(db, connectionId)).find(({ state }) => state === 'active'),
    newestCredentials: async (connectionId) => (await readCredentials(db, connectionId))[0],
    promote: (connectionId, version, proof) =>
      db.transaction((client) => promote(client, connectionId, version, proof)),
    refuse: (connectionId, version, note) => db.transaction((client) => refuse(client, connectionId, version, note)),
    beginDisconnect: (connectionId) => db.transaction((client) => beginDisconnect(client, connectionId)),
    finishDisconnect: (connectionId) => db.transaction((client) => finishDisconnect(client, connectionId)),
  };
}

async function open(client: Queryable, connection: NewConnection): Promise<{ created: boolean; row: ConnectionRow }> {
  const { connectionId } = connection;
  const inserted = await client.query({
    text: `
      insert into mimecast.connections (connection_id, state, settings) values ($1, 'refused', $2)
      on conflict do nothing returning connection_id`,
    values: [connectionId, JSON.stringify(connection.settings)],
  });
  const isNew = inserted.length > 0;
  if (isNew) await beginLog(client, connectionId);

  const row = await lockConnection(client, connectionId);
  if (!isNew && row.state !== 'disconnected') {
    return { created: await wasOpenedBy(client, connection), row };
  }
  const version = await addVersion(client, connection);
  await client.query({
    text: `
      update mimecast.connections set state = 'refused', settings = $2, pauses = '{}', updated_at = now()
       where connection_id = $1`,
    values: [connectionId, JSON.stringify(connection.settings)],
  });
  const { generation } = row;
  await append(client, connectionId, 'connection-opened', { generation, version, settings: connection.settings });
  return { created: true, row: await lockConnection(client, connectionId) };
}

/** Sealing the same keys twice gives two texts, so the same text is the same request. */
async function wasOpenedBy(client: Queryable, { connectionId, sealed }: NewConnection): Promise<boolean> {
  const [newest] = await readCredentials(client, connectionId);
  return newest?.sealed === sealed;
}

async function addVersion(client: Queryable, connection: NewConnection): Promise<number> {
  const { connectionId, sealed, kid, issuedAt } = connection;
  const [added] = await client.query<{ version: number }>({
    text: `
      insert into mimecast.credentials (connection_id, version, state, sealed, sealed_digest, kid, issued_at)
      select $1, coalesce(max(version), 0) + 1, 'pending', $2, $3, $4, coalesce($5::timestamptz, now())
        from mimecast.credentials where connection_id = $1
      returning version`,
    values: [connectionId, sealed, sha256(sealed), kid, issuedAt ?? null],
  });
  if (!added) throw new Error(`No credential version was added to ${connectionId}`);
  return added.version;
}

async function promote(
  client: Queryable,
  connectionId: string,
  version: number,
  proof: AcceptedProof,
): Promise<ConnectionRow> {
  const row = await lockConnection(client, connectionId);
  requireConnected(row);
  if (row.accountCode !== undefined && proof.accountCode !== undefined && row.accountCode !== proof.accountCode) {
    throw new EvidenceAccountError(connectionId, row.accountCode, proof.accountCode);
  }
  if (row.activeVersion === version && row.state === 'connected') return row;

  await activate(client, connectionId, version, proof.acceptedAt);
  await client.query({
    text: `
      update mimecast.connections
         set state = 'connected', active_version = $2, pauses = $3, account_code = coalesce(account_code, $4),
             account_name = coalesce($5, account_name), updated_at = now()
       where connection_id = $1`,
    values: [
      connectionId,
      version,
      JSON.stringify(withoutRefusedKeys(row.pauses)),
      proof.accountCode ?? null,
      proof.accountName ?? null,
    ],
  });
  const account = proof.accountCode ?? 'unconfirmed';
  await append(client, connectionId, 'credentials-accepted', { version, account, replaced: row.activeVersion ?? null });
  return lockConnection(client, connectionId);
}

/** The version before is retired first: a connection has one active version at any moment. */
async function activate(client: Queryable, connectionId: string, version: number, acceptedAt: Date): Promise<void> {
  const wanted = (await readCredentials(client, connectionId)).find((credentials) => credentials.version === version);
  if (!wanted) throw new EvidenceNotFoundError(`version ${version} of the keys of "${connectionId}"`);
  if (wanted.state !== 'pending' && wanted.state !== 'active') {
    throw new EvidenceStateError(`Version ${version} of the keys of "${connectionId}" is ${wanted.state}.`);
  }
  await client.query({
    text: `
      update mimecast.credentials set state = 'retired', sealed = null
       where connection_id = $1 and state = 'active' and version <> $2`,
    values: [connectionId, version],
  });
  await client.query({
    text: `
      update mimecast.credentials set state = 'active', accepted_at = coalesce(accepted_at, $3)
       where connection_id = $1 and version = $2`,
    values: [connectionId, version, acceptedAt],
  });
}

async function refuse(client: Queryable, connectionId: string, version: number, note: string): Promise<ConnectionRow> {
  const row = await lockConnection(client, connectionId);
  requireConnected(row);
  const [newest] = await readCredentials(client, connectionId);
  const inUse = row.activeVersion ?? newest?.version;
  if (version !== inUse) return row;

  const pause: StreamPause = { by: 'refused-keys', note, since: new Date().toISOString() };
  const pauses = pauseForRefusedKeys(row, pause);
  if (row.state === 'refused' && pauses === row.pauses) return row;

  await client.query({
    text: `update mimecast.connections set state = 'refused', pauses = $2, updated_at = now() where connection_id = $1`,
    values: [connectionId, JSON.stringify(pauses)],
  });
  await append(client, connectionId, 'credentials-refused', { version });
  return lockConnection(client, connectionId);
}

async function beginDisconnect(client: Queryable, connectionId: string): Promise<ConnectionRow> {
  const row = await lockConnection(client, connectionId);
  if (isLeaving(row)) return row;

  await client.query({
    text: `
      update mimecast.connections set state = 'disconnecting', generation = generation + 1, updated_at = now()
       where connection_id = $1`,
    values: [connectionId],
  });
  await append(client, connectionId, 'disconnecting', { generation: row.generation + 1 });
  return lockConnection(client, connectionId);
}

async function finishDisconnect(client: Queryable, connectionId: string): Promise<ConnectionRow> {
  const row = await lockConnection(client, connectionId);
  if (row.state === 'disconnected') return row;
  if (row.state !== 'disconnecting') throw new EvidenceStateError(`"${connectionId}" is not being disconnected.`);

  const statements = [
    `update mimecast.credentials set state = case state when 'active' then 'retired' else 'rejected' end, sealed = null
      where connection_id = $1 and sealed is not null`,
    `update mimecast.windows set state = 'abandoned', page_token = null, finished_at = now()
      where connection_id = $1 and state = 'open'`,
    `update mimecast.connections set state = 'disconnected', active_version = null, pauses = '{}', updated_at = now()
      where connection_id = $1`,
  ];
  for (const text of statements) await client.query({ text, values: [connectionId] });
  await append(client, connectionId, 'disconnected', { generation: row.generation });
  return lockConnection(client, connectionId);
}

function isLeaving({ state }: ConnectionRow): boolean {
  return state === 'disconnecting' || state === 'disconnected';
}

function requireConnected(row: ConnectionRow): void {
  if (isLeaving(row)) throw new EvidenceStateError(`"${row.connectionId}" is ${row.state}. Connect it again.`);
}
