import { chmod, link, mkdir, mkdtemp, realpath, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readDevAddresses, removeDevAddresses, writeDevAddresses } from '../../../sandbox/dev-addresses.js';
import { lockDataDir, type DataDirLock } from '../../../sandbox/dev-lock.js';

let folder: string;
let lock: DataDirLock;
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'dev-addresses-')));
  lock = await lockDataDir(folder);
  for (const name of ['keyring.json', 'demo-keys.env']) await writeFile(join(folder, name), '', { mode: 0o600 });
});
afterEach(async () => {
  await lock.release();
  await rm(folder, { recursive: true, force: true });
});

const addresses = (changes: Record<string, unknown> = {}) => ({
  pid: process.pid,
  startedAt: '2026-11-28T12:00:00.000Z',
  temporalAddress: '127.0.0.1:7233',
  namespace: 'default',
  uiUrl: 'http://127.0.0.1:8233',
  databaseUrl: 'postgres://postgres:secret@127.0.0.1:54329/mimecast',
  keyringFile: join(folder, 'keyring.json'),
  simulatorUrl: 'http://127.0.0.1:7480',
  keysFile: join(folder, 'demo-keys.env'),
  ...changes,
});

const write = (content: unknown): Promise<void> =>
  writeFile(join(folder, 'dev.json'), JSON.stringify(content), { mode: 0o600 });

const plant = (changes: Record<string, unknown>): Promise<void> => write({ run: lock.run, ...addresses(changes) });

test('what dev wrote is read while it runs, and not after', async () => {
  expect(await readDevAddresses(folder)).toBeUndefined();
  await writeDevAddresses(folder, lock.run, addresses());
  expect((await stat(join(folder, 'dev.json'))).mode & 0o777).toBe(0o600);
  expect(await readDevAddresses(folder)).toEqual(addresses());
  await removeDevAddresses(folder);
  expect(await readDevAddresses(folder)).toBeUndefined();
  await writeDevAddresses(folder, lock.run, addresses());
  await lock.release();
  expect(await readDevAddresses(folder)).toBeUndefined();
  lock = await lockDataDir(folder);
});

test('what an earlier dev left behind is not believed while the next one starts', async () => {
  await writeDevAddresses(folder, lock.run, addresses());
  await lock.release();
  lock = await lockDataDir(folder);
  expect(await readDevAddresses(folder)).toBeUndefined();
});

test('a folder without a lock is not looked at, whoever owns it', async () => {
  expect(await readDevAddresses('/')).toBeUndefined();
  expect(await readDevAddresses(join(folder, 'nothing'))).toBeUndefined();
});

test('a folder that others can write to is refused, although dev runs there', async () => {
  await writeDevAddresses(folder, lock.run, addresses());
  await chmod(folder, 0o777);
  await expect(readDevAddresses(folder)).rejects.toThrow(`Other accounts can write to the data folder ${folder}`);
});

describe('an address is taken when it is on this machine', () => {
  test.each([
    ['temporalAddress', '[::1]:7233'],
    ['temporalAddress', '127.8.9.10:65535'],
    ['databaseUrl', 'postgres://a:b@[::1]:5432/mimecast'],
    ['uiUrl', ''],
  ])('%s %s', async (field, value) => {
    await plant({ [field]: value });
    expect(await readDevAddresses(folder)).toEqual(addresses({ [field]: value }));
  });

  test.each([
    ['temporalAddress', 'temporal.example:7233'],
    ['temporalAddress', 'localhost:7233'],
    ['temporalAddress', '127.0.0.1.nip.example:7233'],
    ['temporalAddress', '127.0.0.1@192.0.2.1:7233'],
    ['temporalAddress', '0.0.0.0:7233'],
    ['temporalAddress', '127.1:7233'],
    ['temporalAddress', '127.0.0.1'],
    ['temporalAddress', '127.0.0.1:0'],
    ['temporalAddress', '127.0.0.1:65536'],
    ['temporalAddress', 'dns:///192.0.2.1:7233'],
    ['databaseUrl', 'postgres://a:b@db.example:5432/mimecast'],
    ['databaseUrl', 'postgres://127.0.0.1:5432@db.example/mimecast'],
    ['databaseUrl', 'postgres://a:b@127.0.0.1:5432/mimecast?host=db.example'],
    ['databaseUrl', 'postgres://a:b@127.0.0.1:5432/mimecast#x'],
    ['databaseUrl', 'postgres://a:b@127.0.0.1,db.example:5432/mimecast'],
    ['databaseUrl', 'postgres://a:b@%2Ftmp%2Fsocket:5432/mimecast'],
    ['databaseUrl', 'postgres://a:b@0x7f000001:5432/mimecast'],
    ['databaseUrl', 'socket:/tmp/x?db=mimecast'],
    ['databaseUrl', '/tmp/socket mimecast'],
    ['databaseUrl', 'https://127.0.0.1:5432/mimecast'],
    ['simulatorUrl', 'http://user:password@127.0.0.1:7480'],
    ['simulatorUrl', 'http://mimecast.example:7480'],
    ['simulatorUrl', 'https://127.0.0.1:7480'],
    ['simulatorUrl', 'http://127.0.0.1'],
    ['uiUrl', 'javascript:alert(1)'],
  ])('and not %s %s', async (field, value) => {
    await plant({ [field]: value });
    await expect(readDevAddresses(folder)).rejects.toThrow(
      `The addresses in ${join(folder, 'dev.json')} cannot be used (${field}: must be an address on loopback). ` +
        'Stop dev and start it again: temporal-mimecast dev',
    );
  });

  test.each<[string, unknown, string]>([
    ['keyringFile', 'keyring.json', 'must be an absolute path'],
    ['namespace', '', 'namespace'],
    ['namespace', { toString: 'default' }, 'namespace'],
    ['run', 'x', 'run'],
    ['pid', 0, 'pid'],
    ['startedAt', 'now', 'startedAt'],
    ['databaseUrl', `postgres://a:${'b'.repeat(600)}@127.0.0.1:5432/mimecast`, 'databaseUrl'],
    ['keysFile', undefined, 'keysFile'],
  ])('nor with a wrong %s', async (field, value, message) => {
    await plant({ [field]: value });
    await expect(readDevAddresses(folder)).rejects.toThrow(message);
  });

  test('nor when it is not JSON, and nothing of it is told', async () => {
    await writeFile(join(folder, 'dev.json'), '{"databaseUrl":"canary', { mode: 0o600 });
    const error = await readDevAddresses(folder).catch((thrown: unknown) => thrown);
    expect(String(error)).toMatch(/cannot be used \(the document: /);
    expect(String(error)).not.toContain('canary');
  });

  test('whatever JSON it is, it is refused or it is what dev wrote', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue({ maxDepth: 3 }), async (content) => {
        await write(content);
        await expect(readDevAddresses(folder)).rejects.toThrow('cannot be used');
      }),
      { numRuns: 50 },
    );
  });
});

describe('a key file is taken from the folder alone', () => {
  let outside: string;
  beforeEach(async () => {
    outside = await realpath(await mkdtemp(join(tmpdir(), 'outside-')));
    await writeFile(join(outside, 'keyring.json'), '', { mode: 0o600 });
  });
  afterEach(() => rm(outside, { recursive: true, force: true }));

  const refused = async (file: string): Promise<void> => {
    await plant({ keyringFile: file });
    await expect(readDevAddresses(folder)).rejects.toThrow(
      `The key file ${file} is not a file of this account in ${folder}.`,
    );
  };

  test('and not from elsewhere', () => refused(join(outside, 'keyring.json')));
  test('nor by a way back', () => refused(`${folder}/../${outside.split('/').pop() ?? ''}/keyring.json`));
  test('nor from a folder whose name begins the same', async () => {
    await mkdir(`${folder}-other`);
    await writeFile(`${folder}-other/keyring.json`, '', { mode: 0o600 });
    await refused(`${folder}-other/keyring.json`);
    await rm(`${folder}-other`, { recursive: true });
  });
  test('nor where it is missing', () => refused(join(folder, 'nothing.json')));
  test('nor where it is the folder', () => refused(folder));

  test('nor by a link out of it', async () => {
    await symlink(join(outside, 'keyring.json'), join(folder, 'link.json'));
    await refused(join(folder, 'link.json'));
  });

  test('nor when others can write to it', async () => {
    await link(join(outside, 'keyring.json'), join(folder, 'hard.json'));
    await chmod(join(outside, 'keyring.json'), 0o666);
    await refused(join(folder, 'hard.json'));
  });
});
