import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findKeys, parseKeysFile } from '../../../../cli/keys/keys.js';
import { RecordedTerminal } from '../../../support/cli/recorded-terminal.js';

const KEYS = { applicationId: 'id-1', applicationKey: 'key-2', accessKey: 'access-3', secretKey: 'c2VjcmV0' };
const VARIABLES = {
  MIMECAST_APPLICATION_ID: KEYS.applicationId,
  MIMECAST_APPLICATION_KEY: KEYS.applicationKey,
  MIMECAST_ACCESS_KEY: KEYS.accessKey,
  MIMECAST_SECRET_KEY: KEYS.secretKey,
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'mimecast-keys-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function keysFile(text: string, mode = 0o600): Promise<string> {
  const file = path.join(folder, `${Math.random().toString(36).slice(2)}.keys`);
  await writeFile(file, text);
  await chmod(file, mode);
  return file;
}

const ignore = (): void => undefined;

test('keys are found in the environment', async () => {
  expect(await findKeys(new RecordedTerminal(VARIABLES), undefined, ignore)).toEqual(KEYS);
});

test('where nobody can be asked, exactly the variables that are missing are named', async () => {
  const terminal = new RecordedTerminal({ ...VARIABLES, MIMECAST_ACCESS_KEY: '', MIMECAST_SECRET_KEY: undefined });
  await expect(findKeys(terminal, undefined, ignore)).rejects.toMatchObject({
    code: 'missing-keys',
    message: 'Keys are missing: MIMECAST_ACCESS_KEY, MIMECAST_SECRET_KEY.',
    exitCode: 2,
  });
});

describe('the keys of API 2.0', () => {
  const CLIENT = { clientId: 'client-5', clientSecret: 'secret-6' };
  const BOTH = { ...VARIABLES, MIMECAST_CLIENT_ID: CLIENT.clientId, MIMECAST_CLIENT_SECRET: CLIENT.clientSecret };
  const find = async (env: Record<string, string>, generation?: '1.0' | '2.0') =>
    await findKeys(new RecordedTerminal(env), undefined, ignore, generation);

  test('are found, and where both are set, those that the base URL is for', async () => {
    const { MIMECAST_CLIENT_ID, MIMECAST_CLIENT_SECRET } = BOTH;
    expect(await find({ MIMECAST_CLIENT_ID, MIMECAST_CLIENT_SECRET })).toEqual(CLIENT);
    expect(await find(BOTH, '2.0')).toEqual(CLIENT);
    expect(await find(BOTH, '1.0')).toEqual(KEYS);
    // Both kinds are present and no version is given: validation rejects the mix later.
    expect(await find(BOTH)).toEqual({ ...KEYS, ...CLIENT });
  });

  test.each<[string, Record<string, string>, '1.0' | '2.0' | undefined, string]>([
    [
      'nothing is there',
      {},
      undefined,
      'MIMECAST_APPLICATION_ID, MIMECAST_APPLICATION_KEY, MIMECAST_ACCESS_KEY, MIMECAST_SECRET_KEY (API 1.0), or MIMECAST_CLIENT_ID, MIMECAST_CLIENT_SECRET (API 2.0)',
    ],
    ['one is there', { MIMECAST_CLIENT_ID: 'x' }, undefined, 'MIMECAST_CLIENT_SECRET'],
    ['those of the other generation are there', VARIABLES, '2.0', 'MIMECAST_CLIENT_ID, MIMECAST_CLIENT_SECRET'],
  ])('are named when they are missing: %s', async (_, env, generation, names) => {
    await expect(find(env, generation)).rejects.toMatchObject({ message: `Keys are missing: ${names}.` });
  });
});

describe('a keys file', () => {
  const lines = Object.entries(VARIABLES).map(([name, value]) => `${name}=${value}`);

  test.each([
    ['JSON with our names', JSON.stringify(KEYS)],
    ['JSON with the names of the variables', JSON.stringify(VARIABLES)],
    ['lines', lines.join('\n')],
    ['lines of a shell script', lines.map((line) => `export ${line.replace('=', "='")}'`).join('\n')],
    ['lines from Windows, with comments', ['# keys of acme', '', ...lines].join('\r\n')],
    ['quoted values', lines.map((line) => `${line.replace('=', ' = "')}"`).join('\n')],
  ])('may be %s', async (_, text) => {
    expect(await findKeys(new RecordedTerminal(), await keysFile(text), ignore)).toEqual(KEYS);
  });

  test('is not filled up from the environment: keys of two applications never mix', async () => {
    const file = await keysFile(JSON.stringify({ ...KEYS, secretKey: undefined }));
    await expect(findKeys(new RecordedTerminal(VARIABLES), file, ignore)).rejects.toMatchObject({
      message: expect.stringContaining('lacks keys: MIMECAST_SECRET_KEY') as unknown,
    });
  });

  test('that others may read is taken with a warning', async () => {
    const warnings: string[] = [];
    const warn = (line: string): void => {
      warnings.push(line);
    };
    await findKeys(new RecordedTerminal(), await keysFile(JSON.stringify(KEYS), 0o644), warn);
    expect(warnings).toEqual([expect.stringContaining('chmod 600')]);

    await findKeys(new RecordedTerminal(), await keysFile(JSON.stringify(KEYS), 0o600), warn);
    expect(warnings).toHaveLength(1);
  });

  test('that is not there is named', async () => {
    await expect(findKeys(new RecordedTerminal(), '/nonexistent/acme.keys', ignore)).rejects.toMatchObject({
      code: 'no-keys-file',
      message: 'The keys file /nonexistent/acme.keys cannot be read (ENOENT).',
    });
  });

  test.each(['{"secretKey": "c2VjcmV0",}', 'MIMECAST_SECRET_KEY c2VjcmV0', '{"secretKey'])(
    'that is damaged is refused without repeating what is in it: %s',
    (text) => {
      expect(() => parseKeysFile(text, 'acme.keys')).toThrow(
        expect.objectContaining({ message: expect.not.stringContaining('c2VjcmV0') as unknown, exitCode: 2 }),
      );
    },
  );
});
