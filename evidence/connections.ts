import type { ConnectionRow } from '../model/connection.js';
import { isLeaving, listConnections, lockConnection, readConnection } from './connection-rows.js';
import { addVersion, destroyKeys, nextVersion, readAllCredentials, readCredentials } from './credentials.js';
import type { Database, Queryable } from './database.js';
import { EvidenceStateError } from './errors.js';
import { promote, refuse } from './keys-in-use.js';
import { append, beginLog } from './log.js';
import { pause, resume } from './operator-pauses.js';
import { recordRotation, reject, stage } from './rotation.js';
import { updateSettings } from './settings.js';
import type { Connections, NewConnection } from './store.js';
import { BEING_READ } from './windows.js';

/** The connections' rows. Each change and its entry in the log are one transaction, and may be asked for twice. */
export function createConnections(db: Database): Connections {
  /** What changes a connection: takes its id and more, in a transaction of its own. */
  const change =
    <Rest extends readonly unknown[], Result>(
      work: (client: Queryable, connectionId: string, ...rest: Rest) => Promise<Result>,
    ) =>
    (connectionId: string, ...rest: Rest): Promise<Result> =>
      db.transaction((client) => work(client, connectionId, ...rest));

  return {
    read: (connectionId) => readConnection(db, connectionId),
    list: () => listConnections(db),
    open: (connection) => db.transaction((client) => open(client, connection)),
    credentials: async (connectionId, version) =>
      (await readCredentials(db, connectionId)).find((credentials) => credentials.version === version),
    activeCredentials: async (connectionId) =>
      (await readCredentials(db, connectionId)).find(({ state }) => state === 'active'),
    allCredentials: () => readAllCredentials(db),
    newestCredentials: async (connectionId) => (await readCredentials(db, connectionId))[0],
    promote: change(promote),
    refuse: change(refuse),
    stage: change(stage),
    reject: change(reject),
    recordRotation: change(recordRotation),
    updateSettings: change(updateSettings),
    pause: change(pause),
    resume: change(resume),
    beginDisconnect: change(beginDisconnect),
    finishDisconnect: change(finishDisconnect),
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
  const versions = await readCredentials(client, connectionId);
  if (!isNew && row.state !== 'disconnected') {
    // Sealing the same keys twice gives two texts, so the same text is the same request.
    return { created: versions[0]?.sealed === connection.sealed, row };
  }
  const { version } = await addVersion(client, connectionId, nextVersion(versions), connection);
  await client.query({
    text: `
      update mimecast.connections
         set state = 'refused', settings = $2, pauses = '{}', last_rotation = null, updated_at = now()
       where connection_id = $1`,
    values: [connectionId, JSON.stringify(connection.settings)],
  });
  const { generation } = row;
  await append(client, connectionId, 'connection-opened', { generation, version, settings: connection.settings });
  return { created: true, row: await lockConnection(client, connectionId) };
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

  await destroyKeys(client, connectionId);
  const statements = [
    `update mimecast.windows w set state = 'abandoned', page_token = null, finished_at = now()
      where w.connection_id = $1 and ${BEING_READ}`,
    `update mimecast.connections set state = 'disconnected', active_version = null, pauses = '{}', updated_at = now()
      where connection_id = $1`,
  ];
  for (const text of statements) await client.query({ text, values: [connectionId] });
  await append(client, connectionId, 'disconnected', { generation: row.generation });
  return lockConnection(client, connectionId);
}
