import {
  apiVersionOf,
  MimecastCredentialsError,
  parseCredentials,
  type ApiVersion,
} from '../../mimecast/credentials.js';
import { VaultForeignKeyError, VaultSealError } from '../../vault/errors.js';
import { fingerprintOf } from '../../vault/fingerprint.js';
import { describeSealed } from '../../vault/sealing.js';
import { unsealCredentials } from '../../vault/unsealing.js';
import type { ActivityDependencies } from '../dependencies.js';

/** Facts about sealed keys that can be used, or the reason why they cannot. */
export type OpenedSeal =
  { readonly kid: string; readonly fingerprint: string; readonly apiVersion: ApiVersion } | { readonly reason: string };

/** Opens sealed keys to check that they can be used. Does not return them. */
export async function openSealed(
  { keyring }: Pick<ActivityDependencies, 'keyring'>,
  connectionId: string,
  sealed: string,
): Promise<OpenedSeal> {
  try {
    const credentials = parseCredentials(await unsealCredentials(keyring, connectionId, sealed));
    return {
      kid: describeSealed(sealed).kid,
      fingerprint: fingerprintOf(connectionId, { ...credentials }),
      apiVersion: apiVersionOf(credentials),
    };
  } catch (error) {
    const unusable = [VaultForeignKeyError, VaultSealError, MimecastCredentialsError];
    if (error instanceof Error && unusable.some((kind) => error instanceof kind)) return { reason: error.message };
    throw error;
  }
}
