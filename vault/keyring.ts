import type { Stats } from 'node:fs';
import { realpath, rename, stat, type FileHandle } from 'node:fs/promises';
import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';
import { VaultKeyringError } from './errors.js';
import {
  currentKey,
  isRingKey,
  parseKeyring,
  publicHalf,
  type Keyring,
  type PublicSealingKey,
  type RingKey,
} from './keys.js';
import { place, writeNewFile } from './place-file.js';
import { readJsonFile } from './read-json-file.js';

/** A ring as it was read, with what its owner should mend. */
export interface KeyringFile extends Keyring {
  readonly warnings: readonly string[];
}

/** A ring with one new key. */
export async function createKeyring(now: Date = new Date()): Promise<Keyring> {
  const key = await createKey(now);
  return { current: key.kid, keys: [key] };
}

/** The same ring with a new key that seals from now on; the old keys still open what they sealed. */
export async function addKey(ring: Keyring, now: Date = new Date()): Promise<Keyring> {
  const key = await createKey(now);
  return { current: key.kid, keys: [key, ...ring.keys] };
}

/** The half of the ring that seals: for services that announce new keys and open none. */
export function sealingKey(ring: Keyring): PublicSealingKey {
  const key = currentKey(ring);
  if (key === undefined) throw new VaultKeyringError('The ring has no current key.', NAME_A_RING);
  return publicHalf(key);
}

/**
 * Reads a ring file: `{ "current": kid, "keys": [private JWKs, P-256] }`.
 *
 * A file that others may read still opens: refusing it would stop the polls. It is answered with a warning.
 *
 * @throws {VaultKeyringError} when there is none, or it is not a ring
 */
export async function readKeyring(path: string): Promise<KeyringFile> {
  const ring = parseKeyring(await readJsonFile(path));
  if (ring === undefined) throw new VaultKeyringError(`${path} is not a ring of keys.`, NAME_A_RING);

  const { mode } = await stat(path);
  const exposed = process.platform !== 'win32' && (mode & 0o077) !== 0;
  return { ...ring, warnings: exposed ? [`Others may read ${path}: run chmod 600 on it.`] : [] };
}

const NAME_A_RING = 'Name a ring with MIMECAST_KEYRING_FILE, or make one: temporal-mimecast vault init.';

/**
 * Makes a ring and writes it, readable for its owner alone. The file is there whole or not at all, and one that is there
 * is never replaced: what it sealed could not be opened again.
 *
 * @throws {VaultKeyringError} when the file exists or cannot be written
 */
export async function writeNewKeyring(path: string, now: Date = new Date()): Promise<Keyring> {
  const ring = await createKeyring(now);
  await writeNewFile(path, jsonText(ring), 0o600);
  return ring;
}

/**
 * Adds a key to the ring in a file, which seals from now on. The file is the old ring or the new one at any moment, and
 * stays readable for those who could read it: the workers may be another user.
 *
 * @throws {VaultKeyringError} when there is no ring, or it cannot be written
 */
export async function addKeyToFile(path: string, now: Date = new Date()): Promise<Keyring> {
  const { current, keys } = await addKey(await readKeyring(path), now);
  const ring = { current, keys };
  // A link to the file stays a link.
  const file = await realpath(path);
  const owner = await stat(file);
  await place(
    file,
    jsonText(ring),
    0o600,
    (written) => rename(written, file),
    (written) => give(written, owner),
  );
  return ring;
}

async function give(file: FileHandle, { uid, gid, mode }: Stats): Promise<void> {
  const own = await file.stat();
  if (own.uid !== uid || own.gid !== gid) await file.chown(uid, gid);
  await file.chmod(mode & 0o777);
}

/** Writes the sealing half, for services that seal keys without a ring. Replaces an older one. */
export async function writeSealingKey(path: string, key: PublicSealingKey): Promise<void> {
  await place(path, jsonText(publicHalf(key)), 0o644, (written) => rename(written, path));
}

const jsonText = (json: unknown): string => `${JSON.stringify(json, undefined, 2)}\n`;

/** The id holds the day for people, and a part of the key's thumbprint (RFC 7638), so that two keys of a day differ. */
async function createKey(now: Date): Promise<RingKey> {
  const { privateKey } = await generateKeyPair('ECDH-ES+A256KW', { crv: 'P-256', extractable: true });
  const jwk = await exportJWK(privateKey);
  const thumbprint = Buffer.from(await calculateJwkThumbprint(jwk), 'base64url').toString('hex');
  const key: unknown = { ...jwk, kid: `${now.toISOString().slice(0, 10)}-${thumbprint.slice(0, 8)}` };
  if (!isRingKey(key)) throw new TypeError('A generated key is not a P-256 key pair.');
  return { ...publicHalf(key), d: key.d };
}
