import type {
  ConnectionRow,
  ConnectionSettings,
  CredentialVersion,
  RotationOutcome,
  Stream,
} from '../../model/connection.js';
import {
  isLeaving,
  listConnections,
  loadConnection,
  lockConnection,
  readConnection,
  type LoadedConnection,
} from '../database/connection-row.js';
import {
  addVersion,
  destroyKeys,
  nextVersion,
  readAllCredentials,
  readCredentials,
  type NewKeys,
} from './credentials.js';
import type { Database, Queryable } from '../database/database.js';
import { EvidenceStateError } from '../database/errors.js';
import { promote, refuse, type AcceptedProof } from './promote.js';
import { append, beginLog } from '../log/append.js';
import { pause, resume } from './operator-pauses.js';
import { recordRotation, reject, stage } from './rotation.js';
import { updateSettings } from './settings.js';
import { WORKFLOW_VERSION } from '../../model/workflow-version.js';
import { BEING_READ } from '../ledger/window.js';

/**
 * The connections, with their settings, pauses and sealed keys. Methods that change a connection append what they changed to
 * its log, and throw `EvidenceNotFoundError` when there is no such connection.
 */
export interface Connections {
  /** Returns the connection, or `undefined` when there is none with this id. */
  read(connectionId: string): Promise<ConnectionRow | undefined>;
  /** Returns the connection with the database's clock, read in one statement, or `undefined` when there is none. */
  load(connectionId: string): Promise<LoadedConnection | undefined>;
  /** Returns all connections by id, disconnected ones included. */
  list(): Promise<ConnectionRow[]>;
  /**
   * Creates the connection, or reopens a disconnected one, with its next credential version `pending`. A connection that
   * exists and is not disconnected stays unchanged: `created: false`, unless it was opened with the same sealed text, which
   * is a retry of this call.
   */
  open(connection: NewConnection): Promise<{ created: boolean; row: ConnectionRow }>;
  /** Returns one version of the keys, or `undefined` when there is none. */
  credentials(connectionId: string, version: number): Promise<CredentialVersion | undefined>;
  /** Returns every version of a connection's keys, newest first, in whatever state. */
  credentialVersions(connectionId: string): Promise<CredentialVersion[]>;
  /** Returns the version in use, or `undefined` before the first was accepted and after a disconnect. */
  activeCredentials(connectionId: string): Promise<CredentialVersion | undefined>;
  /** Returns the pending, the active and the newest version of every connection's keys, newest first. */
  allCredentials(): Promise<ReadonlyMap<string, readonly CredentialVersion[]>>;
  /** Returns the version that was added last, whatever its state. */
  newestCredentials(connectionId: string): Promise<CredentialVersion | undefined>;
  /**
   * Makes a pending version the active one, retires the previous one and deletes its sealed text. The API version and
   * the base URL of the new version become the connection's. For the version that is already active it only lifts a
   * refusal, or pins the account that its keys could not read before.
   *
   * @throws EvidenceAccountError when the proof is of another account than the pinned one
   * @throws EvidenceStateError when the version is retired or rejected
   */
  promote(connectionId: string, version: number, proof: AcceptedProof): Promise<ConnectionRow>;
  /**
   * Marks the connection `refused` and pauses its streams with a note. A pending version stays and is tried again. A version
   * that is not in use changes nothing.
   */
  refuse(connectionId: string, version: number, note: string): Promise<ConnectionRow>;
  /**
   * Adds keys as a pending version, and rejects an older pending one. The same sealed text is the same rotation: the
   * version that it made is returned, in any state, and nothing changes.
   *
   * @throws EvidenceStateError when the connection is not connected or refused
   */
  stage(connectionId: string, keys: NewKeys): Promise<CredentialVersion>;
  /** Rejects a pending version, deletes its sealed text, and records the rotation as not accepted. */
  reject(connectionId: string, version: number, rotation: RotationOutcome): Promise<ConnectionRow>;
  /**
   * Records the outcome of a rotation that `reject` does not record: accepted, or refused before anything was stored. The
   * same outcome again changes nothing, so decide its moment before the first attempt.
   */
  recordRotation(connectionId: string, rotation: RotationOutcome): Promise<ConnectionRow>;
  /**
   * Replaces the settings, and writes the changes to the log. The same settings again change nothing. Streams that
   * they add while the keys are refused are paused like the others.
   *
   * @param actor who requested the change, for the log; also in the next two
   */
  updateSettings(connectionId: string, settings: ConnectionSettings, actor?: string): Promise<ConnectionRow>;
  /** Adds the operator's pause to streams, or replaces its note. Pauses of refused keys stay beside it. */
  pause(connectionId: string, streams: readonly Stream[], note: string, actor?: string): Promise<ConnectionRow>;
  /** Removes the operator's pause from streams. Pauses of refused keys stay. */
  resume(connectionId: string, streams: readonly Stream[], actor?: string): Promise<ConnectionRow>;
  /** Sets the state `disconnecting` and raises the generation: polls of the old generation store nothing from here on. */
  beginDisconnect(connectionId: string): Promise<ConnectionRow>;
  /** Destroys every sealed text, abandons open windows, and marks the connection `disconnected`. */
  finishDisconnect(connectionId: string): Promise<ConnectionRow>;
}

/** A connection to be created, with its first keys. */
export interface NewConnection extends NewKeys {
  readonly connectionId: string;
  readonly settings: ConnectionSettings;
}

/** Creates the store of the connections' rows. Each change and its log entry are one transaction, and idempotent. */
export function createConnections(db: Database): Connections {
  /** Runs a change of a connection in a transaction of its own. */
  const change =
    <Rest extends readonly unknown[], Result>(
      work: (client: Queryable, connectionId: string, ...rest: Rest) => Promise<Result>,
    ) =>
    (connectionId: string, ...rest: Rest): Promise<Result> =>
      db.transaction((client) => work(client, connectionId, ...rest));

  return {
    read: (connectionId) => readConnection(db, connectionId),
    load: (connectionId) => loadConnection(db, connectionId),
    list: () => listConnections(db),
    open: (connection) => db.transaction((client) => open(client, connection)),
    credentials: async (connectionId, version) =>
      (await readCredentials(db, connectionId)).find((credentials) => credentials.version === version),
    credentialVersions: (connectionId) => readCredentials(db, connectionId),
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
      insert into mimecast.connections (connection_id, state, settings, workflow_version) values ($1, 'refused', $2, $3)
      on conflict do nothing returning connection_id`,
    values: [connectionId, JSON.stringify(connection.settings), WORKFLOW_VERSION],
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
         set state = 'refused', settings = $2, pauses = '{}', last_rotation = null, workflow_version = $3, updated_at = now()
       where connection_id = $1`,
    values: [connectionId, JSON.stringify(connection.settings), WORKFLOW_VERSION],
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
