import type { Stats } from 'node:fs';
import { realpath, rename, stat, type FileHandle } from 'node:fs/promises';
import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';
import { VaultKeyringError } from './errors.js';
import {
  currentKey,
  isKeyringKey,
  parseKeyring,
  publicHalf,
  type Keyring,
  type PublicSealingKey,
  type KeyringKey,
} from './keys.js';
import { requirePrivate } from './key-file.js';
import { place, writeNewFile } from './place-file.js';
import { readJsonFile } from './read-json-file.js';

/** Creates a keyring with one new key. */
export async function createKeyring(now: Date = new Date()): Promise<Keyring> {
  const key = await createKey(now);
  return { current: key.kid, keys: [key] };
}

/** Adds a new key that seals from now on. The old keys still open what they sealed. */
export async function addKey(keyring: Keyring, now: Date = new Date()): Promise<Keyring> {
  const key = await createKey(now);
  return { current: key.kid, keys: [key, ...keyring.keys] };
}

/** Returns the public half of the current key, for services that seal new keys and open none. */
export function sealingKey(keyring: Keyring): PublicSealingKey {
  const key = currentKey(keyring);
  if (key === undefined) throw new VaultKeyringError('The ring has no current key.', NAME_A_KEYRING);
  return publicHalf(key);
}

/**
 * Reads a keyring file: `{ "current": kid, "keys": [private JWKs, P-256] }`.
 *
 * @throws {VaultKeyringError} when the file is missing or is not a keyring
 * @throws {VaultExposedKeyError} when other accounts can read or change it
 */
export async function readKeyring(path: string): Promise<Keyring> {
  const { json, stats } = await readJsonFile(path);
  const keyring = parseKeyring(json);
  if (keyring === undefined) throw new VaultKeyringError(`${path} is not a ring of keys.`, NAME_A_KEYRING);
  requirePrivate(path, stats);
  return keyring;
}

const NAME_A_KEYRING = 'Name a ring with MIMECAST_KEYRING_FILE, or make one: temporal-mimecast vault init.';

/**
 * Creates a keyring file, readable by its owner only. The write is atomic. An existing file is never replaced, because
 * what it sealed could no longer be opened.
 *
 * @throws {VaultKeyringError} when the file exists or cannot be written
 */
export async function writeNewKeyring(path: string, now: Date = new Date()): Promise<Keyring> {
  const keyring = await createKeyring(now);
  await writeNewFile(path, jsonText(keyring), 0o600);
  return keyring;
}

/**
 * Adds a key to a keyring file; the new key seals from now on. The write is atomic and keeps owner and mode, because
 * the workers may run as another user.
 *
 * @throws {VaultKeyringError} when the file is not a keyring or cannot be written
 */
export async function addKeyToFile(path: string, now: Date = new Date()): Promise<Keyring> {
  const keyring = await addKey(await readKeyring(path), now);
  // A symbolic link to the file is kept.
  const file = await realpath(path);
  const owner = await stat(file);
  await place(
    file,
    jsonText(keyring),
    0o600,
    (written) => rename(written, file),
    (written) => copyOwner(written, owner),
  );
  return keyring;
}

async function copyOwner(file: FileHandle, { uid, gid, mode }: Stats): Promise<void> {
  const own = await file.stat();
  if (own.uid !== uid || own.gid !== gid) await file.chown(uid, gid);
  await file.chmod(mode & 0o777);
}

/** Writes the public key, for services that seal keys without a keyring. Replaces an existing file. */
export async function writeSealingKey(path: string, key: PublicSealingKey): Promise<void> {
  await place(path, jsonText(publicHalf(key)), 0o644, (written) => rename(written, path));
}

const jsonText = (json: unknown): string => `${JSON.stringify(json, undefined, 2)}\n`;

/**
 * Generates a key pair. Its id contains the date, for people, and a part of the thumbprint (RFC 7638), so that two keys
 * of one day differ.
 */
async function createKey(now: Date): Promise<KeyringKey> {
  const { privateKey } = await generateKeyPair('ECDH-ES+A256KW', { crv: 'P-256', extractable: true });
  const jwk = await exportJWK(privateKey);
  const thumbprint = Buffer.from(await calculateJwkThumbprint(jwk), 'base64url').toString('hex');
  const key: unknown = { ...jwk, kid: `${now.toISOString().slice(0, 10)}-${thumbprint.slice(0, 8)}` };
  if (!isKeyringKey(key)) throw new TypeError('A generated key is not a P-256 key pair.');
  return { ...publicHalf(key), d: key.d };
}
