import { execFileSync } from 'node:child_process';
import { chmod, lstat, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { VaultExposedKeyError, VaultKeyringError } from '../../../vault/errors.js';
import {
  addKey,
  addKeyToFile,
  createKeyring,
  readKeyring,
  sealingKey,
  writeNewKeyring,
  writeSealingKey,
} from '../../../vault/keyring.js';
import { readSealingKey } from '../../../vault/sealing.js';

const now = new Date('2026-06-01T23:59:59Z');

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'vault-'));
  onTestFinished(() => rm(path, { recursive: true }));
  return path;
}

describe('a new ring', () => {
  test('is written for its owner alone and reads back', async () => {
    const path = join(await folder(), 'new', 'ring.json');
    const keyring = await writeNewKeyring(path, now);
    expect(await readKeyring(path)).toEqual(keyring);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(keyring.current).toMatch(/^2026-06-01-[0-9a-f]{8}$/);
  });

  test('never replaces one that is there, and leaves nothing beside it', async () => {
    const inside = await folder();
    const path = join(inside, 'ring.json');
    await writeNewKeyring(path, now);
    const before = await readFile(path, 'utf8');
    await expect(writeNewKeyring(path, now)).rejects.toThrow(VaultKeyringError);
    await expect(writeNewKeyring(path, now)).rejects.toThrow('is there already');
    expect(await readFile(path, 'utf8')).toBe(before);
    expect(await readdir(inside)).toEqual(['ring.json']);
  });

  test('is written once when two want to', async () => {
    const path = join(await folder(), 'ring.json');
    const written = await Promise.allSettled([writeNewKeyring(path, now), writeNewKeyring(path, now)]);
    const [keyring] = written.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    expect(written.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await readKeyring(path)).toMatchObject({ ...keyring });
  });

  test('that cannot be written says so', async () => {
    const path = join(await folder(), 'file');
    await writeFile(path, '');
    await expect(writeNewKeyring(join(path, 'ring.json'))).rejects.toThrow(/could not be written \(E[A-Z]+\)/);
  });
});

describe('a ring that cannot be used says what to do', () => {
  const { kty, crv } = { kty: 'EC', crv: 'P-256' };
  const [x, y, d] = ['x', 'y', 'd'].map((letter) => letter.repeat(43));
  const key = { kty, crv, x, y, d, kid: 'a' };

  test.each<[string, unknown]>([
    ['a list', []],
    ['no keys', { current: 'a', keys: [] }],
    ['no current', { keys: [key] }],
    ['a current that is not there', { current: 'b', keys: [key] }],
    ['a public key', { current: 'a', keys: [{ ...key, d: undefined }] }],
    ['another curve', { current: 'a', keys: [{ ...key, crv: 'P-384' }] }],
    ['the same id twice', { current: 'a', keys: [key, key] }],
    ['an id with spaces', { current: 'a b', keys: [{ ...key, kid: 'a b' }] }],
  ])('%s', async (_, json) => {
    const path = join(await folder(), 'ring.json');
    await writeFile(path, JSON.stringify(json), { mode: 0o600 });
    await expect(readKeyring(path)).rejects.toThrow(VaultKeyringError);
    await expect(readKeyring(path)).rejects.toThrow('temporal-mimecast vault init');
  });

  test('missing', async () => {
    const path = join(await folder(), 'ring.json');
    await expect(readKeyring(path)).rejects.toThrow(
      `There is no ring of keys at ${path}. Name one with MIMECAST_KEYRING_FILE`,
    );
  });

  test('no JSON, and nothing of it is told', async () => {
    const path = join(await folder(), 'ring.json');
    await writeFile(path, '{"d":"canary');
    await expect(readKeyring(path)).rejects.toThrow('is not JSON');
    await expect(readKeyring(path)).rejects.not.toThrow('canary');
  });
});

describe('a keyring that is not private', () => {
  test.each([
    [0o644, 'read', '0644'],
    [0o604, 'read', '0604'],
    [0o660, 'change', '0660'],
    [0o602, 'change', '0602'],
  ])('is refused with the command that closes it: mode %o', async (mode, verb, shown) => {
    const path = join(await folder(), 'ring.json');
    const keyring = await writeNewKeyring(path, now);
    await chmod(path, mode);
    const message = `Other accounts can ${verb} ${path} (mode ${shown}). Run: chmod 600 ${path}`;
    await expect(readKeyring(path)).rejects.toThrow(VaultExposedKeyError);
    await expect(readKeyring(path)).rejects.toThrow(message);
    await expect(addKeyToFile(path)).rejects.toThrow(message);
    execFileSync('sh', ['-c', `chmod 600 ${path}`]);
    expect(await readKeyring(path)).toEqual(keyring);
  });

  test.each([0o600, 0o400, 0o440, 0o640])(
    'and one that only this account or its group can read opens: %o',
    async (mode) => {
      const path = join(await folder(), 'ring.json');
      const keyring = await writeNewKeyring(path, now);
      await chmod(path, mode);
      expect(await readKeyring(path)).toEqual(keyring);
    },
  );

  test('that is a public key is reported as no ring', async () => {
    const path = join(await folder(), 'public.json');
    await writeSealingKey(path, sealingKey(await createKeyring(now)));
    expect((await stat(path)).mode & 0o777).toBe(0o644);
    await expect(readKeyring(path)).rejects.toThrow('is not a ring of keys');
  });
});

test('an added key seals, and the old one stays', async () => {
  const old = await createKeyring(now);
  const keyring = await addKey(old, new Date('2026-09-01T00:00:00Z'));
  expect(sealingKey(keyring).kid).toMatch(/^2026-09-01-/);
  expect(keyring.keys.map(({ kid }) => kid)).toEqual([keyring.current, old.current]);
  expect(() => sealingKey({ ...keyring, current: 'gone' })).toThrow(VaultKeyringError);
});

describe('a key added to a ring file', () => {
  test('seals from then on; the old ones, the mode of the file and a link to it stay, and nothing is left beside it', async () => {
    const inside = await folder();
    const path = join(inside, 'ring.json');
    const old = await writeNewKeyring(path, now);
    await chmod(path, 0o640);
    await symlink(path, join(inside, 'link.json'));

    const keyring = await addKeyToFile(join(inside, 'link.json'), new Date('2026-09-01T00:00:00Z'));
    expect(await readKeyring(path)).toMatchObject({ ...keyring });
    expect(keyring.keys.slice(1)).toEqual(old.keys);
    expect(keyring.current).toMatch(/^2026-09-01-/);
    expect((await stat(path)).mode & 0o777).toBe(0o640);
    expect((await lstat(join(inside, 'link.json'))).isSymbolicLink()).toBe(true);
    expect((await readdir(inside)).sort()).toEqual(['link.json', 'ring.json']);
  });

  test('changes nothing where there is no ring', async () => {
    const path = join(await folder(), 'ring.json');
    await expect(addKeyToFile(path)).rejects.toThrow('There is no ring of keys');
    await writeFile(path, '{}', { mode: 0o600 });
    await expect(addKeyToFile(path)).rejects.toThrow('is not a ring of keys');
    expect(await readFile(path, 'utf8')).toBe('{}');
  });
});

describe('the sealing key', () => {
  test('is the public half alone, from its own file or from the ring', async () => {
    const inside = await folder();
    const keyring = await writeNewKeyring(join(inside, 'ring.json'), now);
    const key = sealingKey(keyring);
    expect(Object.keys(key).sort()).toEqual(['crv', 'kid', 'kty', 'x', 'y']);

    await writeSealingKey(join(inside, 'public.json'), { ...key, ...{ d: 'canary' } });
    await writeSealingKey(join(inside, 'public.json'), { ...key, ...{ d: 'canary' } });
    expect(await readFile(join(inside, 'public.json'), 'utf8')).not.toContain('canary');
    expect(await readSealingKey(join(inside, 'public.json'))).toEqual(key);
    expect(await readSealingKey(join(inside, 'ring.json'))).toEqual(key);
    expect((await readdir(inside)).sort()).toEqual(['public.json', 'ring.json']);
  });

  test('is not read from a keyring that others can read, or a public key that they can change', async () => {
    const inside = await folder();
    const [ring, key] = [join(inside, 'ring.json'), join(inside, 'public.json')];
    await writeSealingKey(key, sealingKey(await writeNewKeyring(ring, now)));
    await chmod(ring, 0o644);
    await expect(readSealingKey(ring)).rejects.toThrow(
      `Other accounts can read ${ring} (mode 0644). Run: chmod 600 ${ring}`,
    );
    await chmod(key, 0o666);
    await expect(readSealingKey(key)).rejects.toThrow(`Other accounts can change ${key} (mode 0666).`);
  });

  test('is not read from anything else', async () => {
    const path = join(await folder(), 'key.json');
    await writeFile(path, '{"kty":"RSA"}');
    await expect(readSealingKey(path)).rejects.toThrow('neither a sealing key nor a ring');
  });
});
