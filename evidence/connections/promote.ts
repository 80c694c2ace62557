import type { ConnectionRow, ConnectionSettings, CredentialVersion, StreamPause } from '../../model/connection.js';
import { lockConnection, lockLiveConnection, readMoment } from '../database/connection-row.js';
import { activateVersion, readCredentials, readVersion } from './credentials.js';
import type { Queryable } from '../database/database.js';
import { EvidenceAccountError, EvidenceStateError } from '../database/errors.js';
import { append } from '../log/append.js';
import { pauseForRefusedKeys, withoutRefusedKeys } from './pauses.js';
import { writeSettings } from './settings.js';

/** Mimecast's acceptance of a version of the keys. */
export interface AcceptedProof {
  /** Undefined when neither the old nor the new keys may read the account. */
  readonly accountCode?: string;
  readonly accountName?: string;
  readonly acceptedAt: Date;
}

/**
 * Puts keys into use that the vendor accepted: a first version, one that replaces another, or the active one after it
 * was refused. Keys that could not read their account at first pin it as soon as they can.
 */
export async function promote(
  client: Queryable,
  connectionId: string,
  version: number,
  proof: AcceptedProof,
): Promise<ConnectionRow> {
  const row = await lockLiveConnection(client, connectionId);
  if (row.accountCode !== undefined && proof.accountCode !== undefined && row.accountCode !== proof.accountCode) {
    throw new EvidenceAccountError(connectionId, row.accountCode, proof.accountCode);
  }
  const isInUse = row.activeVersion === version && row.state === 'connected';
  const pinsAccount = row.accountCode === undefined && proof.accountCode !== undefined;
  if (isInUse && !pinsAccount) return row;

  const keys = await readVersion(client, connectionId, version);
  const { state } = keys;
  if (state !== 'pending' && state !== 'active') {
    throw new EvidenceStateError(`Version ${version} of the keys of "${connectionId}" is ${state}.`);
  }
  await activateVersion(client, connectionId, version, proof.acceptedAt);
  await writeAccepted(client, row, version, proof);
  const account = proof.accountCode ?? 'unconfirmed';
  const replaced = row.activeVersion === version ? null : (row.activeVersion ?? null);
  await append(client, connectionId, 'credentials-accepted', { version, account, replaced });
  const accepted = await lockConnection(client, connectionId);
  if (!(await writeSettings(client, accepted, settingsWith(row.settings, keys)))) return accepted;
  return lockConnection(client, connectionId);
}

/**
 * Returns the settings with keys in use: the API version of the keys and, when they come into use, the base URL at
 * which they were proved. Afterwards the operator may change the base URL.
 */
function settingsWith(
  settings: ConnectionSettings,
  { state, apiVersion, baseUrl }: CredentialVersion,
): ConnectionSettings {
  return { ...settings, apiVersion, ...(state === 'pending' && baseUrl !== undefined && { baseUrl }) };
}

async function writeAccepted(
  client: Queryable,
  { connectionId, pauses }: ConnectionRow,
  version: number,
  { accountCode, accountName }: AcceptedProof,
): Promise<void> {
  await client.query({
    text: `
      update mimecast.connections
         set state = 'connected', active_version = $2, pauses = $3, account_code = coalesce(account_code, $4),
             account_name = coalesce($5, account_name), updated_at = now()
       where connection_id = $1`,
    values: [
      connectionId,
      version,
      JSON.stringify(withoutRefusedKeys(pauses)),
      accountCode ?? null,
      accountName ?? null,
    ],
  });
}

/** Pauses the streams of the keys in use. A refusal of other keys is late, or is handled by their rotation. */
export async function refuse(
  client: Queryable,
  connectionId: string,
  version: number,
  note: string,
): Promise<ConnectionRow> {
  const row = await lockLiveConnection(client, connectionId);
  if (version !== versionInUse(row, await readCredentials(client, connectionId))) return row;

  const pause: StreamPause = { by: 'refused-keys', note, since: await readMoment(client) };
  const pauses = pauseForRefusedKeys(row, pause);
  if (row.state === 'refused' && pauses === row.pauses) return row;

  await client.query({
    text: `update mimecast.connections set state = 'refused', pauses = $2, updated_at = now() where connection_id = $1`,
    values: [connectionId, JSON.stringify(pauses)],
  });
  await append(client, connectionId, 'credentials-refused', { version });
  return lockConnection(client, connectionId);
}

/** Returns the active version; before the first, the pending one. */
function versionInUse({ activeVersion }: ConnectionRow, versions: readonly CredentialVersion[]): number | undefined {
  return activeVersion ?? versions.find(({ state }) => state === 'pending')?.version;
}
