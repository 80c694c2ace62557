import { createHash } from 'node:crypto';
import { CompactEncrypt, decodeProtectedHeader, importJWK, type ProtectedHeaderParameters } from 'jose';
import { VaultKeyringError, VaultSealError } from './errors.js';
import { fingerprintOf } from './fingerprint.js';
import { currentKey, isPublicSealingKey, KID, parseKeyring, publicHalf, type PublicSealingKey } from './keys.js';
import { requirePrivate, requireUnchanged } from './key-file.js';
import { readJsonFile } from './read-json-file.js';

/** Key agreement with a key of the keyring, then AES key wrap (RFC 7518, 4.6). */
export const SEAL_ALGORITHM = 'ECDH-ES+A256KW';
export const SEAL_ENCRYPTION = 'A256GCM';
const SEAL_TYPE = 'mimecast-credentials';

/**
 * Seals keys for the workers' keyring, as a compact JWE. The connection id is in the protected header: text that is
 * sealed for one connection does not open for another. The header also contains the keys' fingerprint, which shows
 * whether they are the keys in use without opening the text.
 */
export async function sealCredentials(
  key: PublicSealingKey,
  connectionId: string,
  credentials: Readonly<Record<string, string>>,
): Promise<string> {
  const recipient = await importJWK({ ...publicHalf(key) }, SEAL_ALGORITHM);
  return new CompactEncrypt(new TextEncoder().encode(JSON.stringify(credentials)))
    .setProtectedHeader({
      alg: SEAL_ALGORITHM,
      enc: SEAL_ENCRYPTION,
      kid: key.kid,
      cid: connectionId,
      fpr: fingerprintOf(connectionId, credentials),
      typ: SEAL_TYPE,
    })
    .encrypt(recipient);
}

/** Properties of sealed keys that are readable without opening them. */
export interface SealedDescription {
  /** Id of the key that opens them. */
  readonly kid: string;
  readonly connectionId: string;
  /** Lower-case hex SHA-256 of the sealed text. The same text contains the same keys. */
  readonly digest: string;
  /** Fingerprint that the sealer claims; absent in texts of other sealers. Not a proof. */
  readonly fingerprint?: string;
}

/** SHA-256 in base64url. */
const FINGERPRINT = /^[\w-]{43}$/;

/** Sealed keys of an application need less than 2 KB. */
const LONGEST_SEALED = 16_384;

/**
 * Reads the header of sealed keys.
 *
 * @throws {VaultSealError} when the text was not made by `sealCredentials`, or is truncated
 */
export function describeSealed(sealed: string): SealedDescription {
  if (sealed.length > LONGEST_SEALED || !hasSealedForm(sealed)) throw malformed();
  const { alg, enc, typ, kid, cid, fpr } = headerOf(sealed);
  const ours = alg === SEAL_ALGORITHM && enc === SEAL_ENCRYPTION && typ === SEAL_TYPE;
  if (!ours || typeof kid !== 'string' || !KID.test(kid) || typeof cid !== 'string') throw malformed();
  return {
    kid,
    connectionId: cid,
    digest: createHash('sha256').update(sealed).digest('hex'),
    ...(typeof fpr === 'string' && FINGERPRINT.test(fpr) && { fingerprint: fpr }),
  };
}

/**
 * Reads a sealing key from a public key file or a keyring.
 *
 * @throws {VaultKeyringError} when the file is missing, or is neither
 * @throws {VaultExposedKeyError} when other accounts can read the keyring, or change the public key
 */
export async function readSealingKey(path: string): Promise<PublicSealingKey> {
  const { json, stats } = await readJsonFile(path);
  const keyring = parseKeyring(json);
  if (keyring === undefined) requireUnchanged(path, stats);
  else requirePrivate(path, stats);
  const key = keyring === undefined ? json : currentKey(keyring);
  if (isPublicSealingKey(key)) return publicHalf(key);
  throw new VaultKeyringError(
    `${path} is neither a sealing key nor a ring.`,
    'Name one of the files that this command made: temporal-mimecast vault init.',
  );
}

const malformed = (): VaultSealError => new VaultSealError('The sealed keys are damaged or cut off.');

/** Sizes in bytes of the parts of a compact JWE after its header (RFC 7516, 3.1): wrapped key, nonce, text, tag. */
const PART_SIZES: readonly (number | undefined)[] = [40, 12, undefined, 16];

function hasSealedForm(sealed: string): boolean {
  const [header, ...parts] = sealed.split('.');
  if (header === undefined || header === '' || parts.length !== PART_SIZES.length) return false;
  return parts.every((part, index) => {
    const bytes = Buffer.from(part, 'base64url');
    // Accepts the canonical encoding only. Otherwise a changed last character would be a different text for the same
    // keys.
    return (
      bytes.toString('base64url') === part && bytes.length > 0 && bytes.length === (PART_SIZES[index] ?? bytes.length)
    );
  });
}

function headerOf(sealed: string): ProtectedHeaderParameters & Record<string, unknown> {
  try {
    return { ...decodeProtectedHeader(sealed) };
  } catch {
    throw malformed();
  }
}
