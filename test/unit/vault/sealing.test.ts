import { CompactEncrypt, importJWK } from 'jose';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { VaultForeignKeyError, VaultSealError } from '../../../vault/errors.js';
import { fingerprintOf } from '../../../vault/fingerprint.js';
import { addKey, createKeyring, sealingKey } from '../../../vault/keyring.js';
import type { Keyring } from '../../../vault/keys.js';
import { describeSealed, sealCredentials } from '../../../vault/sealing.js';
import { unsealCredentials } from '../../../vault/unsealing.js';

const credentials = { accessKey: 'access-canary', secretKey: 'secret-canary' };
let keyring: Keyring;
let sealed: string;

beforeAll(async () => {
  keyring = await createKeyring(new Date('2026-06-01T00:00:00Z'));
  sealed = await sealCredentials(sealingKey(keyring), 'acme', credentials);
});

async function failureOf(text: string, connectionId = 'acme', keys = keyring): Promise<Error> {
  const result: unknown = await unsealCredentials(keys, connectionId, text).catch((error: unknown) => error);
  expect(result).toBeInstanceOf(Error);
  expect(`${String(result)} ${JSON.stringify(result)}`).not.toContain('canary');
  expect(result).not.toHaveProperty('cause');
  return result as Error;
}

describe('sealed keys', () => {
  test('open for their connection', async () => {
    expect(await unsealCredentials(keyring, 'acme', sealed)).toEqual(credentials);
  });

  test('show for whom they are, and nothing of what they are', () => {
    const digest = createHash('sha256').update(sealed).digest('hex');
    const fingerprint = fingerprintOf('acme', credentials);
    expect(describeSealed(sealed)).toEqual({ kid: keyring.current, connectionId: 'acme', digest, fingerprint });
    const parts = sealed.split('.').map((part) => Buffer.from(part, 'base64url').toString());
    expect(parts.join()).not.toContain('canary');
    expect(JSON.parse(parts[0] ?? '')).toMatchObject({ alg: 'ECDH-ES+A256KW', enc: 'A256GCM', cid: 'acme' });
  });

  test('are another text each time', async () => {
    const again = await sealCredentials(sealingKey(keyring), 'acme', credentials);
    expect(describeSealed(again).digest).not.toBe(describeSealed(sealed).digest);
  });

  test('keep their fingerprint, whichever key of the ring seals them', async () => {
    const again = await sealCredentials(sealingKey(await addKey(keyring)), 'acme', credentials);
    expect(describeSealed(again).fingerprint).toBe(describeSealed(sealed).fingerprint);
    const others = await sealCredentials(sealingKey(keyring), 'acme', { ...credentials, accessKey: 'access-canary-2' });
    expect(describeSealed(others).fingerprint).not.toBe(describeSealed(sealed).fingerprint);
  });

  test('open with an older key of the ring', async () => {
    expect(await unsealCredentials(await addKey(keyring), 'acme', sealed)).toEqual(credentials);
  });

  test('whatever is in them comes back', async () => {
    const id = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,62}$/);
    await fc.assert(
      fc.asyncProperty(
        id,
        fc.dictionary(fc.stringMatching(/^[a-zA-Z]{1,9}$/), fc.string({ unit: 'grapheme' })),
        async (connection, keys) => {
          const text = await sealCredentials(sealingKey(keyring), connection, keys);
          expect(await unsealCredentials(keyring, connection, text)).toEqual({ ...keys });
        },
      ),
      { numRuns: 30 },
    );
  });
});

describe('refused', () => {
  test('for another connection', async () => {
    expect(await failureOf(sealed, 'other')).toBeInstanceOf(VaultSealError);
  });

  test('with a ring that lacks the key, which is named', async () => {
    const error = await failureOf(sealed, 'acme', await createKeyring());
    expect(error).toBeInstanceOf(VaultForeignKeyError);
    expect(error).toMatchObject({ kid: keyring.current });
    expect(error.message).toContain(
      `The keys of acme are sealed for kid ${keyring.current}, which is not in this worker's ring.`,
    );
    expect(error.message).toContain('No call was made.');
  });

  test('with another key of the same id', async () => {
    const other = await createKeyring();
    const keys = other.keys.map((key) => ({ ...key, kid: keyring.current }));
    expect(await failureOf(sealed, 'acme', { current: keyring.current, keys })).toBeInstanceOf(VaultSealError);
  });

  test('when renamed for another connection', async () => {
    const [header = '', ...rest] = sealed.split('.');
    const renamed = { ...(JSON.parse(Buffer.from(header, 'base64url').toString()) as object), cid: 'other' };
    const text = [Buffer.from(JSON.stringify(renamed)).toString('base64url'), ...rest].join('.');
    expect(describeSealed(text).connectionId).toBe('other');
    expect(await failureOf(text, 'other')).toBeInstanceOf(VaultSealError);
  });

  test('when cut off or changed anywhere', async () => {
    const position = fc.nat({ max: sealed.length - 1 });
    await fc.assert(
      fc.asyncProperty(position, async (at) => {
        expect(() => describeSealed(sealed.slice(0, at))).toThrow(VaultSealError);
        const changed = `${sealed.slice(0, at)}${sealed[at] === 'A' ? 'B' : 'A'}${sealed.slice(at + 1)}`;
        await failureOf(changed);
      }),
      { numRuns: 60 },
    );
  });

  test.each(['', 'text', '....', 'a.b.c.d.e', 'e30.e30.e30.e30.e30'])(
    '%j, which is nothing of the kind',
    async (text) => {
      expect(() => describeSealed(text)).toThrow(VaultSealError);
      expect(await failureOf(text)).toBeInstanceOf(VaultSealError);
    },
  );

  test('longer than any keys are', () => {
    expect(() => describeSealed(sealed.padEnd(20_000, 'A'))).toThrow(VaultSealError);
  });

  test.each([
    ['another algorithm', { alg: 'ECDH-ES+A128KW' }],
    ['another purpose', { typ: 'JWT' }],
    ['no connection', { cid: 7 }],
    ['no key id', { kid: '' }],
  ])('sealed by somebody else: %s', async (_, change) => {
    const { kid, ...jwk } = sealingKey(keyring);
    const header = { alg: 'ECDH-ES+A256KW', enc: 'A256GCM', kid, cid: 'acme', typ: 'mimecast-credentials', ...change };
    const key = await importJWK(jwk, header.alg);
    const text = await new CompactEncrypt(Buffer.from('{}')).setProtectedHeader(header).encrypt(key);
    expect(await failureOf(text)).toBeInstanceOf(VaultSealError);
  });

  test.each(['no JSON', '[]', '{"accessKey":7}', 'null'])('what holds %s instead of keys', async (content) => {
    const { kid, ...jwk } = sealingKey(keyring);
    const header = { alg: 'ECDH-ES+A256KW', enc: 'A256GCM', kid, cid: 'acme', typ: 'mimecast-credentials' };
    const key = await importJWK(jwk, header.alg);
    const text = await new CompactEncrypt(Buffer.from(content)).setProtectedHeader(header).encrypt(key);
    expect((await failureOf(text)).message).toContain('not a set of keys');
  });
});
