import { createHash } from 'node:crypto';
import { CompactEncrypt, decodeProtectedHeader, importJWK, type ProtectedHeaderParameters } from 'jose';
import { VaultKeyringError, VaultSealError } from './errors.js';
import { fingerprintOf } from './fingerprint.js';
import { currentKey, isPublicSealingKey, KID, parseKeyring, publicHalf, type PublicSealingKey } from './keys.js';
import { readJsonFile } from './read-json-file.js';

/** Key agreement with the ring's key, then AES key wrap (RFC 7518, 4.6). */
export const SEAL_ALGORITHM = 'ECDH-ES+A256KW';
export const SEAL_ENCRYPTION = 'A256GCM';
const SEAL_TYPE = 'mimecast-credentials';

/**
 * Seals keys for the workers' ring, as a compact JWE. The connection's id is in the protected header: what is sealed for
 * one connection does not open for another. Beside it is the keys' fingerprint, by which those who cannot open the text
 * see whether it holds the keys that are in use.
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

/** What can be known about sealed keys without opening them. */
export interface SealedDescription {
  /** The ring key that opens them. */
  readonly kid: string;
  readonly connectionId: string;
  /** Lower-case hex SHA-256 of the sealed text: the same text is the same keys. */
  readonly digest: string;
  /** What whoever sealed the keys says their fingerprint is; none from those that give none. Never a proof. */
  readonly fingerprint?: string;
}

/** SHA-256 in base64url. */
const FINGERPRINT = /^[\w-]{43}$/;

/** The keys of an application make less than 2 KB. */
const LONGEST_SEALED = 16_384;

/** @throws {VaultSealError} when the text is not what `sealCredentials` makes, or is cut off */
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
 * Reads the key that seals from a public key file, or from a ring.
 *
 * @throws {VaultKeyringError} when there is no such file, or it is neither
 */
export async function readSealingKey(path: string): Promise<PublicSealingKey> {
  const json = await readJsonFile(path);
  const ring = parseKeyring(json);
  const key = ring === undefined ? json : currentKey(ring);
  if (isPublicSealingKey(key)) return publicHalf(key);
  throw new VaultKeyringError(
    `${path} is neither a sealing key nor a ring.`,
    'Name one of the files that this command made: temporal-mimecast vault init.',
  );
}

const malformed = (): VaultSealError => new VaultSealError('The sealed keys are damaged or cut off.');

/** Bytes of a compact JWE's parts after its header (RFC 7516, 3.1): wrapped key, nonce, text, tag. */
const PART_SIZES: readonly (number | undefined)[] = [40, 12, undefined, 16];

function hasSealedForm(sealed: string): boolean {
  const [header, ...parts] = sealed.split('.');
  if (header === undefined || header === '' || parts.length !== PART_SIZES.length) return false;
  return parts.every((part, index) => {
    const bytes = Buffer.from(part, 'base64url');
    // One text for one content: without this, a changed last character would be another text for the same keys.
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
