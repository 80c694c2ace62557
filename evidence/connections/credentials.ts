import { sha256 } from '../database/canonical.js';
import type { ApiVersion, CredentialState, CredentialVersion } from '../../model/connection.js';
import { notNull } from '../../model/json.js';
import type { Queryable } from '../database/database.js';
import { EvidenceNotFoundError } from '../database/errors.js';

/** Sealed keys to be stored as the next version. */
export interface NewKeys {
  readonly sealed: string;
  readonly kid: string;
  readonly fingerprint?: string;
  readonly issuedAt?: Date;
  /** API version that they are for. Default `1.0`. */
  readonly apiVersion?: ApiVersion;
  /** Base URL that takes effect together with them, when it differs from the connection's. */
  readonly baseUrl?: string;
}

/**
 * A version of a connection's keys. Functions of this file neither lock nor log: their callers hold the connection's
 * lock and write the log entry.
 */

interface CredentialRecord {
  readonly connection_id: string;
  readonly version: number;
  readonly state: CredentialState;
  readonly sealed: string | null;
  readonly sealed_digest: Buffer;
  readonly kid: string;
  readonly api_version: ApiVersion;
  readonly base_url: string | null;
  readonly fingerprint: string | null;
  readonly reason: string | null;
  readonly issued_at: Date;
  readonly issue_date_known: boolean;
  readonly accepted_at: Date | null;
}

/** Returns every version of a connection's keys, newest first. */
export async function readCredentials(client: Queryable, connectionId: string): Promise<CredentialVersion[]> {
  const records = await client.query<CredentialRecord>({
    text: 'select * from mimecast.credentials where connection_id = $1 order by version desc',
    values: [connectionId],
  });
  return records.map(toCredentials);
}

/**
 * Returns, for every connection, the versions that are pending or active, and the newest in any state; newest first.
 */
export async function readAllCredentials(
  client: Queryable,
): Promise<ReadonlyMap<string, readonly CredentialVersion[]>> {
  const records = await client.query<CredentialRecord>({
    text: `
      select * from mimecast.credentials c
       where state in ('pending', 'active')
          or version = (select max(version) from mimecast.credentials n where n.connection_id = c.connection_id)
       order by connection_id, version desc`,
  });
  const versions = new Map<string, CredentialVersion[]>();
  for (const keys of records.map(toCredentials)) {
    versions.set(keys.connectionId, [...(versions.get(keys.connectionId) ?? []), keys]);
  }
  return versions;
}

/** @throws EvidenceNotFoundError */
export async function readVersion(
  client: Queryable,
  connectionId: string,
  version: number,
): Promise<CredentialVersion> {
  const versions = await readCredentials(client, connectionId);
  const wanted = versions.find((credentials) => credentials.version === version);
  if (!wanted) throw new EvidenceNotFoundError(`version ${version} of the keys of "${connectionId}"`);
  return wanted;
}

/** Adds keys as a pending version, under the number from `nextVersion`. */
export async function addVersion(
  client: Queryable,
  connectionId: string,
  version: number,
  { sealed, kid, fingerprint, issuedAt, apiVersion = '1.0', baseUrl }: NewKeys,
): Promise<CredentialVersion> {
  const [added] = await client.query<CredentialRecord>({
    text: `
      insert into mimecast.credentials
             (connection_id, version, state, sealed, sealed_digest, kid, fingerprint, issued_at, issue_date_known,
              api_version, base_url)
      values ($1, $2, 'pending', $3, $4, $5, $6, coalesce($7::timestamptz, now()), $7 is not null, $8, $9)
      returning *`,
    values: [
      ...[connectionId, version, sealed, sha256(sealed), kid, fingerprint ?? null, issuedAt ?? null],
      ...[apiVersion, baseUrl ?? null],
    ],
  });
  if (!added) throw new Error(`No credential version was added to ${connectionId}`);
  return toCredentials(added);
}

/** Numbers are never reused during the life of a connection. */
export function nextVersion([newest]: readonly CredentialVersion[]): number {
  return (newest?.version ?? 0) + 1;
}

/**
 * Returns the newest version that was made with this sealed text. Sealing the same keys twice gives two texts, so the
 * same text is the same request.
 */
export function madeBy(versions: readonly CredentialVersion[], { sealed }: NewKeys): CredentialVersion | undefined {
  const digest = sha256(sealed).toString('hex');
  return versions.find(({ sealedDigest }) => sealedDigest === digest);
}

/**
 * Changes where a pending version is to be used.
 *
 * @param baseUrl undefined for the connection's base URL
 */
export async function moveVersion(
  client: Queryable,
  connectionId: string,
  version: number,
  baseUrl: string | undefined,
): Promise<CredentialVersion> {
  await client.query({
    text: `
      update mimecast.credentials set base_url = $3
       where connection_id = $1 and version = $2 and state = 'pending'`,
    values: [connectionId, version, baseUrl ?? null],
  });
  return readVersion(client, connectionId, version);
}

/**
 * Makes a pending version the active one. The previous version is retired first: there is one active version at any
 * moment.
 */
export async function activateVersion(
  client: Queryable,
  connectionId: string,
  version: number,
  acceptedAt: Date,
): Promise<void> {
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

/** Rejects a pending version and deletes its sealed text. */
export async function rejectVersion(
  client: Queryable,
  connectionId: string,
  version: number,
  reason: string | undefined,
): Promise<void> {
  await client.query({
    text: `
      update mimecast.credentials set state = 'rejected', sealed = null, reason = $3
       where connection_id = $1 and version = $2 and state = 'pending'`,
    values: [connectionId, version, reason ?? null],
  });
}

/** Destroys all remaining sealed texts. */
export async function destroyKeys(client: Queryable, connectionId: string): Promise<void> {
  await client.query({
    text: `
      update mimecast.credentials
         set sealed = null,
             state = case state when 'active' then 'retired' else 'rejected' end,
             reason = case state when 'active' then reason else 'disconnected before it was proved' end
       where connection_id = $1 and sealed is not null`,
    values: [connectionId],
  });
}

function toCredentials(record: CredentialRecord): CredentialVersion {
  return notNull({
    connectionId: record.connection_id,
    version: record.version,
    state: record.state,
    sealed: record.sealed,
    sealedDigest: record.sealed_digest.toString('hex'),
    kid: record.kid,
    apiVersion: record.api_version,
    baseUrl: record.base_url,
    fingerprint: record.fingerprint,
    reason: record.reason,
    issuedAt: record.issued_at,
    issueDateKnown: record.issue_date_known,
    acceptedAt: record.accepted_at,
  });
}

/** Returns when Mimecast first accepted keys of a connection: evidence is owed since then. */
export const firstAccepted = (versions: readonly { readonly acceptedAt?: Date }[]): Date | undefined =>
  versions.flatMap(({ acceptedAt }) => acceptedAt ?? []).sort((a, b) => a.getTime() - b.getTime())[0];
