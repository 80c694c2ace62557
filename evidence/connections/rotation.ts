import { isSameJson } from '../database/canonical.js';
import type { ConnectionRow, CredentialVersion, RotationOutcome } from '../../model/connection.js';
import { lockConnection, lockLiveConnection } from '../database/connection-row.js';
import {
  addVersion,
  madeBy,
  moveVersion,
  nextVersion,
  readCredentials,
  readVersion,
  rejectVersion,
  type NewKeys,
} from './credentials.js';
import type { Queryable } from '../database/database.js';
import { append } from '../log/append.js';

/**
 * Adds keys to be proved. A pending version is rejected: keys that a connect left unproved, or those of an earlier
 * rotation. The active ones stay in use meanwhile.
 */
export async function stage(client: Queryable, connectionId: string, keys: NewKeys): Promise<CredentialVersion> {
  await lockLiveConnection(client, connectionId);
  const versions = await readCredentials(client, connectionId);
  const same = madeBy(versions, keys);
  if (same) {
    const isElsewhere = same.state === 'pending' && same.baseUrl !== keys.baseUrl;
    return isElsewhere ? moveVersion(client, connectionId, same.version, keys.baseUrl) : same;
  }

  const version = nextVersion(versions);
  const replaced = versions.find(({ state }) => state === 'pending')?.version;
  if (replaced !== undefined) {
    await rejectVersion(client, connectionId, replaced, `replaced by v${version} before it was proved`);
  }
  const staged = await addVersion(client, connectionId, version, keys);
  await append(client, connectionId, 'credentials-staged', {
    version,
    kid: staged.kid,
    issuedAt: staged.issuedAt.toISOString(),
    replaced: replaced ?? null,
    ...(staged.baseUrl !== undefined && { apiVersion: staged.apiVersion, baseUrl: staged.baseUrl }),
  });
  return staged;
}

/** A version that is no longer pending was settled already: a retry of this call, or a connection that is gone. */
export async function reject(
  client: Queryable,
  connectionId: string,
  version: number,
  rotation: RotationOutcome,
): Promise<ConnectionRow> {
  const row = await lockConnection(client, connectionId);
  const { state } = await readVersion(client, connectionId, version);
  if (state !== 'pending') return row;

  const { reason } = rotation;
  await rejectVersion(client, connectionId, version, reason);
  await writeRotation(client, connectionId, { ...rotation, version, accepted: false });
  await append(client, connectionId, 'credentials-rejected', { version, reason: reason ?? null });
  return lockConnection(client, connectionId);
}

/**
 * Records an outcome. An accepted rotation is in the log already, with its proof; one that was refused before
 * anything was staged is logged here. The same outcome, including its moment, is the same request.
 */
export async function recordRotation(
  client: Queryable,
  connectionId: string,
  rotation: RotationOutcome,
): Promise<ConnectionRow> {
  const row = await lockConnection(client, connectionId);
  if (isSameJson(row.lastRotation, rotation)) return row;

  await writeRotation(client, connectionId, rotation);
  if (!rotation.accepted) {
    const { reason = null, note = null } = rotation;
    await append(client, connectionId, 'rotation-refused', { reason, note });
  }
  return lockConnection(client, connectionId);
}

async function writeRotation(client: Queryable, connectionId: string, rotation: RotationOutcome): Promise<void> {
  await client.query({
    text: 'update mimecast.connections set last_rotation = $2, updated_at = now() where connection_id = $1',
    values: [connectionId, JSON.stringify(rotation)],
  });
}
