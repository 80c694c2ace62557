import { generateKeyPairSync, verify } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { CompactSign } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openCheckpoint, signCheckpoint, type CheckpointClaims } from '../../../vault/checkpoint.js';
import {
  readCheckpointPublicKey,
  readCheckpointSigningKey,
  writeNewCheckpointKey,
  type CheckpointKey,
} from '../../../vault/checkpoint-key.js';

const CLAIMS: CheckpointClaims = {
  iss: 'temporal-mimecast',
  connectionId: 'acme',
  accountCode: 'CUK1A1',
  sequence: 512,
  hash: 'ab'.repeat(32),
  at: '2026-11-24T02:00:00.000Z',
  records: { entries: 512, events: 40_000, observations: 90 },
};

let folder: string;
let privateFile: string;
let publicFile: string;
let signing: CheckpointKey;
let checking: CheckpointKey;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'mimecast-checkpoint-'));
  privateFile = path.join(folder, 'key.pem');
  publicFile = (await writeNewCheckpointKey(privateFile)).publicKeyFile;
  signing = await readCheckpointSigningKey(privateFile);
  checking = await readCheckpointPublicKey(publicFile);
});
afterAll(() => rm(folder, { recursive: true }));

describe('the key', () => {
  test('is a private file that is never overwritten, and a public one beside it, with one id', async () => {
    expect((await stat(privateFile)).mode & 0o777).toBe(0o600);
    expect(path.basename(publicFile)).toBe('key.public.pem');
    expect(await readFile(publicFile, 'utf8')).toMatch(/^-----BEGIN PUBLIC KEY-----/);
    expect(checking.kid).toBe(signing.kid);
    await expect(writeNewCheckpointKey(privateFile)).rejects.toThrow('is there already');
  });

  test.each<[string, (file: string) => Promise<unknown>, string]>([
    ['to sign with that is not there', readCheckpointSigningKey, 'could not be read (ENOENT)'],
    ['to check with that is not there', readCheckpointPublicKey, 'could not be read (ENOENT)'],
  ])('%s', async (_, read, message) => {
    await expect(read(path.join(folder, 'nothing.pem'))).rejects.toThrow(message);
  });

  test('of another kind is refused, without a word of what is in the file', async () => {
    const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const file = path.join(folder, 'other.pem');
    for (const text of [
      ec.privateKey.export({ type: 'pkcs8', format: 'pem' }),
      'planted',
      await readFile(publicFile),
    ]) {
      await writeFile(file, text);
      const failure: unknown = await readCheckpointSigningKey(file).catch((error: unknown) => error);
      expect(String(failure)).toMatch(/is not a private Ed25519 key/);
      expect(String(failure)).not.toContain('planted');
    }
  });
});

test('a key that other accounts can read signs nothing, but checks', async () => {
  const file = path.join(folder, 'exposed.pem');
  await writeNewCheckpointKey(file);
  await chmod(file, 0o644);
  await expect(readCheckpointSigningKey(file)).rejects.toThrow(
    `Other accounts can read ${file} (mode 0644). Run: chmod 600 ${file}`,
  );
  expect((await readCheckpointPublicKey(file)).key.type).toBe('public');
});

describe('a checkpoint', () => {
  test('says what it was made of, to whoever holds the public key', async () => {
    expect(await openCheckpoint(checking, await signCheckpoint(signing, CLAIMS))).toEqual(CLAIMS);
  });

  test('is a plain JWS: its signature holds by Ed25519 over its first two parts', async () => {
    const jws = await signCheckpoint(signing, CLAIMS);
    const [header = '', payload = '', signature = ''] = jws.split('.');
    expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toEqual({
      alg: 'EdDSA',
      kid: signing.kid,
      typ: 'mimecast-checkpoint',
    });
    const signed = Buffer.from(`${header}.${payload}`);
    expect(verify(null, signed, checking.key, Buffer.from(signature, 'base64url'))).toBe(true);
  });

  test('that was changed anywhere says nothing', async () => {
    const jws = await signCheckpoint(signing, CLAIMS);
    await fc.assert(
      fc.asyncProperty(fc.nat(jws.length - 1), fc.constantFrom('A', 'z', '.', '_'), async (at, character) => {
        const changed = `${jws.slice(0, at)}${character}${jws.slice(at + 1)}`;
        const sameBytes = changed.split('.').map((part) => Buffer.from(part, 'base64url').toString('hex'));
        fc.pre(
          String(sameBytes) !== String(jws.split('.').map((part) => Buffer.from(part, 'base64url').toString('hex'))),
        );
        await expect(openCheckpoint(checking, changed)).rejects.toThrow(/checkpoint/);
      }),
      { numRuns: 200 },
    );
  });

  test('of another key says whose it is', async () => {
    const other = generateKeyPairSync('ed25519');
    const jws = await signCheckpoint({ key: other.privateKey, kid: 'another' }, CLAIMS);
    await expect(openCheckpoint(checking, jws)).rejects.toThrow('signed by key another');
    // Nor does it help to claim the right key.
    const forged = await signCheckpoint({ key: other.privateKey, kid: checking.kid }, CLAIMS);
    await expect(openCheckpoint(checking, forged)).rejects.toThrow('signature of the checkpoint does not hold');
  });

  test.each<[string, object, object]>([
    ['another purpose', { typ: 'JWT' }, CLAIMS],
    ['another issuer', {}, { ...CLAIMS, iss: 'somebody' }],
    ['no head', {}, { ...CLAIMS, hash: 'x' }],
    ['no connection', {}, { ...CLAIMS, connectionId: undefined }],
  ])('with %s is none, however well it is signed', async (_, header, claims) => {
    const jws = await new CompactSign(Buffer.from(JSON.stringify(claims)))
      .setProtectedHeader({ alg: 'EdDSA', kid: signing.kid, typ: 'mimecast-checkpoint', ...header })
      .sign(signing.key);
    await expect(openCheckpoint(checking, jws)).rejects.toThrow('This is not a checkpoint.');
  });
});
