import { compactDecrypt, importJWK } from 'jose';
import { VaultForeignKeyError, VaultSealError } from './errors.js';
import { isRecord, type Keyring, type KeyringKey } from './keys.js';
import { describeSealed, SEAL_ALGORITHM, SEAL_ENCRYPTION } from './sealing.js';

/**
 * Opens sealed keys.
 *
 * @throws {VaultForeignKeyError} when they are sealed for a key that is not in the keyring
 * @throws {VaultSealError} when they are damaged, or sealed for another connection
 */
export async function unsealCredentials(
  keyring: Keyring,
  connectionId: string,
  sealed: string,
): Promise<Record<string, string>> {
  const described = describeSealed(sealed);
  if (described.connectionId !== connectionId) {
    throw new VaultSealError(`The sealed keys belong to another connection than ${connectionId}.`);
  }
  const key = keyring.keys.find(({ kid }) => kid === described.kid);
  if (key === undefined) throw new VaultForeignKeyError(connectionId, described.kid);

  const credentials = parseRecord(await decrypt(key, sealed));
  if (credentials === undefined) throw new VaultSealError(`What is sealed for ${connectionId} is not a set of keys.`);
  return credentials;
}

async function decrypt(key: KeyringKey, sealed: string): Promise<string> {
  try {
    const { kty, crv, x, y, d } = key;
    const { plaintext } = await compactDecrypt(sealed, await importJWK({ kty, crv, x, y, d }, SEAL_ALGORITHM), {
      keyManagementAlgorithms: [SEAL_ALGORITHM],
      contentEncryptionAlgorithms: [SEAL_ENCRYPTION],
    });
    return new TextDecoder().decode(plaintext);
  } catch {
    throw new VaultSealError(`The sealed keys do not open with ring key ${key.kid}: one of the two was changed.`);
  }
}

function parseRecord(text: string): Record<string, string> | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined;
  }
  return isTextRecord(json) ? json : undefined;
}

const isTextRecord = (value: unknown): value is Record<string, string> =>
  isRecord(value) && Object.values(value).every((entry) => typeof entry === 'string');
