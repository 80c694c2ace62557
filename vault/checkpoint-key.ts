import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { rename } from 'node:fs/promises';
import { calculateJwkThumbprint } from 'jose';
import { VaultKeyringError } from './errors.js';
import { readKeyFile, requirePrivate, type KeyFile } from './key-file.js';
import { place, writeNewFile } from './place-file.js';
import { codeOf } from './read-json-file.js';

/** Key that signs or verifies checkpoints. */
export interface CheckpointKey {
  readonly key: KeyObject;
  /** Thumbprint of the public key (RFC 7638); the same for both halves of a key pair. */
  readonly kid: string;
}

/**
 * Creates an Ed25519 key pair: the private key as PEM (PKCS #8), readable by its owner only, and the public key (SPKI)
 * beside it. An existing private key is never replaced.
 *
 * @throws {VaultKeyringError} when the private key exists, or a file cannot be written
 */
export async function writeNewCheckpointKey(
  file: string,
): Promise<{ readonly kid: string; readonly publicKey: string; readonly publicKeyFile: string }> {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const publicKeyFile = `${file.replace(/\.pem$/, '')}.public.pem`;
  const publicPem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  await writeNewFile(file, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), 0o600);
  await place(publicKeyFile, publicPem, 0o644, (written) => rename(written, publicKeyFile));
  return { kid: await kidOf(publicKey), publicKey: publicPem, publicKeyFile };
}

/**
 * Reads the signing key: PEM (PKCS #8), as written by this product or by OpenSSL.
 *
 * @throws {VaultKeyringError} when the file is missing or is not a private Ed25519 key
 * @throws {VaultExposedKeyError} when other accounts can read or change it
 */
export async function readCheckpointSigningKey(file: string): Promise<CheckpointKey> {
  const { text, stats } = await read(file);
  const key = parse(text, createPrivateKey);
  if (!key) throw new VaultKeyringError(`${file} is not a private Ed25519 key in PEM.`, MAKE_ONE);
  requirePrivate(file, stats);
  return { key, kid: await kidOf(createPublicKey(key)) };
}

/**
 * Reads the verification key: PEM (SPKI), or the signing key itself.
 *
 * @throws {VaultKeyringError} when the file is missing or is not an Ed25519 key
 */
export async function readCheckpointPublicKey(file: string): Promise<CheckpointKey> {
  // From a private key, Node derives the public half.
  const key = parse((await read(file)).text, createPublicKey);
  if (!key)
    throw new VaultKeyringError(`${file} is not an Ed25519 key in PEM.`, 'Give the public key of the checkpoints.');
  return { key, kid: await kidOf(key) };
}

const MAKE_ONE = 'Make one: temporal-mimecast vault checkpoint-key.';

function parse(pem: string, create: (pem: string) => KeyObject): KeyObject | undefined {
  try {
    const key = create(pem);
    return key.asymmetricKeyType === 'ed25519' ? key : undefined;
  } catch {
    // The error is dropped: its message may quote the file.
    return undefined;
  }
}

async function read(file: string): Promise<KeyFile> {
  try {
    return await readKeyFile(file);
  } catch (error) {
    throw new VaultKeyringError(`The checkpoint key ${file} could not be read (${codeOf(error)}).`, MAKE_ONE);
  }
}

async function kidOf(publicKey: KeyObject): Promise<string> {
  return await calculateJwkThumbprint(publicKey.export({ format: 'jwk' }));
}
