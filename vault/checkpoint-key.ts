import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readFile, rename } from 'node:fs/promises';
import { calculateJwkThumbprint } from 'jose';
import { VaultKeyringError } from './errors.js';
import { place, writeNewFile } from './place-file.js';
import { codeOf } from './read-json-file.js';

/** A key that signs checkpoints, or checks them. */
export interface CheckpointKey {
  readonly key: KeyObject;
  /** The public half's thumbprint (RFC 7638): the same for whoever holds either half. */
  readonly kid: string;
}

/**
 * Makes an Ed25519 key and writes it as PEM (PKCS #8), readable for its owner alone, and its public half (SPKI) beside it.
 * A private key that is there is never replaced.
 *
 * @throws {VaultKeyringError} when it exists, or a file cannot be written
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
 * Reads the key that signs: PEM (PKCS #8), as this product or OpenSSL writes it.
 *
 * @throws {VaultKeyringError} when there is none, or it is no private Ed25519 key
 */
export async function readCheckpointSigningKey(file: string): Promise<CheckpointKey> {
  const key = parse(await read(file), createPrivateKey);
  if (!key) throw new VaultKeyringError(`${file} is not a private Ed25519 key in PEM.`, MAKE_ONE);
  return { key, kid: await kidOf(createPublicKey(key)) };
}

/**
 * Reads the key that checks: PEM (SPKI), or the key that signs.
 *
 * @throws {VaultKeyringError} when there is none, or it is no Ed25519 key
 */
export async function readCheckpointPublicKey(file: string): Promise<CheckpointKey> {
  // Given a private key, Node derives its public half.
  const key = parse(await read(file), createPublicKey);
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
    // The reason would quote what is in the file.
    return undefined;
  }
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new VaultKeyringError(`The checkpoint key ${file} could not be read (${codeOf(error)}).`, MAKE_ONE);
  }
}

async function kidOf(publicKey: KeyObject): Promise<string> {
  return await calculateJwkThumbprint(publicKey.export({ format: 'jwk' }));
}
