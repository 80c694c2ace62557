import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Connections } from '../../../cli/reach/services.js';
import { createProgram } from '../../../cli/program.js';
import { MimecastClientError } from '../../../client/index.js';
import { readKeyring } from '../../../vault/keyring.js';
import { describeSealed } from '../../../vault/sealing.js';
import { unsealCredentials } from '../../../vault/unsealing.js';
import type { ConnectionTest } from '../../../contract/reports.js';
import { KEYS_IN_ENVIRONMENT, runAgainst } from '../../support/cli/run-against.js';
import { Recorder } from '../../support/cli/recorded-terminal.js';

test('alone it lists its commands in groups, on stdout', async () => {
  const { exitCode, stdout, stderr } = await runAgainst([]);
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/Run it:[\s\S]*Connections:[\s\S]*connect[\s\S]*Evidence:[\s\S]*Set up:/);
  expect(stderr).toBe('');
});

test('every command explains itself, with an example', async () => {
  const program = createProgram(() => Promise.resolve(), { stdout: new Recorder() });
  const leaves = program.commands.flatMap((command) =>
    command.commands.length === 0
      ? [[command.name()]]
      : command.commands.map((child) => [command.name(), child.name()]),
  );
  expect(leaves.length).toBeGreaterThanOrEqual(12);
  for (const names of leaves) {
    const { exitCode, stdout } = await runAgainst([...names, '--help']);
    expect([names, exitCode]).toEqual([names, 0]);
    expect(stdout).toContain(`$ temporal-mimecast ${names.join(' ')}`);
    expect(stdout).toContain('--json');
  }
});

test('no command takes a key as an argument, where other users of the machine could see it', () => {
  const program = createProgram(() => Promise.resolve(), { stdout: new Recorder() });
  const options = program.commands.flatMap((command) => command.options.map(({ long }) => long));
  expect(options.filter((long) => /secret|access|application/.test(long ?? ''))).toEqual([]);
});

describe('wrong usage is told in one line with the next step, exit code 2, and nothing is asked of any server', () => {
  const baseUrl = ['--base-url', 'https://eu-api.mimecast.com'];
  test.each<[string, string[], Record<string, string>, string]>([
    ['an unknown command', ['pol'], {}, 'usage.unknownCommand'],
    ['an unknown option', ['list', '--fast'], {}, 'usage.unknownOption'],
    ['a missing id', ['status'], {}, 'usage.missingArgument'],
    ['one argument too many', ['status', 'acme', 'eu'], {}, 'usage.excessArguments'],
    ['a group without a command', ['vault'], {}, 'usage.missingCommand'],
    ['a group with an unknown command', ['vault', 'open'], {}, 'usage.unknownCommand'],
    ['an id that is not allowed', ['status', 'Acme!'], {}, 'invalid-connection-id'],
    ['an unknown stream', ['poll', 'acme', 'polices'], {}, 'invalid-stream'],
    ['an unknown format', ['export', 'acme', '--format', 'xml'], {}, 'usage.invalidArgument'],
    ['an empty range', ['export', 'acme', '--from', '2026-02-01', '--to', '2026-01-01'], {}, 'invalid-range'],
    ['no base URL', ['connect', 'acme'], KEYS_IN_ENVIRONMENT, 'usage.missingMandatoryOptionValue'],
    [
      'a host that is not of Mimecast',
      ['connect', 'acme', '--base-url', 'https://evil.example'],
      KEYS_IN_ENVIRONMENT,
      'invalid-base-url',
    ],
    [
      'this machine as base URL',
      ['connect', 'acme', '--base-url', 'http://127.0.0.1:1'],
      KEYS_IN_ENVIRONMENT,
      'invalid-base-url',
    ],
    ['no keys', ['connect', 'acme', ...baseUrl], {}, 'missing-keys'],
    [
      'a secret key that is not base64',
      ['connect', 'acme', ...baseUrl],
      { ...KEYS_IN_ENVIRONMENT, MIMECAST_SECRET_KEY: 'no base64!' },
      'invalid-credentials',
    ],
    [
      'keys from the future',
      ['connect', 'acme', ...baseUrl, '--issued-at', '2027-01-01'],
      KEYS_IN_ENVIRONMENT,
      'invalid-date',
    ],
    [
      'an interval without unit',
      ['connect', 'acme', ...baseUrl, '--every', 'policies=6'],
      KEYS_IN_ENVIRONMENT,
      'invalid-interval',
    ],
  ])('%s', async (_, argv, env, code) => {
    const { exitCode, stdout, stderr } = await runAgainst([...argv, '--json'], {}, { env });
    expect(exitCode).toBe(2);
    expect(JSON.parse(stdout)).toEqual({
      error: { code, message: expect.any(String) as unknown, nextStep: expect.any(String) as unknown },
    });
    expect(stderr).toMatch(/^error .+\nnext {2}.+\n$/);
    expect(stdout + stderr).not.toContain('no base64!');
  });
});

test('a failure shows where it came from only when that is asked for', async () => {
  const broken = { list: () => Promise.reject(new Error('boom')) };
  expect((await runAgainst(['list'], broken)).stderr).not.toContain('at ');
  expect((await runAgainst(['list', '--debug'], broken)).stderr).toMatch(/Error: boom\n\s+at /);
  expect((await runAgainst(['list'], broken, { env: { DEBUG: '1' } })).stderr).toMatch(/Error: boom\n\s+at /);
});

test('without --json stdout stays empty when something failed', async () => {
  const unknown = () =>
    Promise.reject(new MimecastClientError('unknown-connection', 'No such connection.', 'See list.'));
  expect(await runAgainst(['status', 'acme'], { status: unknown })).toEqual({
    exitCode: 2,
    stdout: '',
    stderr: 'error No such connection.\nnext  See list.\n',
  });
});

const REPORT = {
  connectionId: 'acme',
  ok: true,
  authentication: 'accepted',
  apiVersion: '1.0',
  baseUrl: 'https://eu-api.mimecast.com',
  endpoints: [],
} as const;

test('connect sends the keys, the settings and nothing that was not asked for', async () => {
  const sent: unknown[] = [];
  const connect: Connections['connect'] = (...request) => {
    sent.push(request);
    return Promise.resolve(REPORT);
  };
  const argv = ['connect', 'acme', '--base-url', 'https://eu-api.mimecast.com', '--issued-at', '2026-11-01', '--json'];
  const options = ['--every', 'policies=12h', '--path', 'url-protect=/api/v2/url-protect', '--token-in', 'data'];
  const { exitCode, stdout } = await runAgainst([...argv, ...options], { connect }, { env: KEYS_IN_ENVIRONMENT });

  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toEqual(REPORT);
  expect(sent).toEqual([
    [
      'acme',
      {
        baseUrl: 'https://eu-api.mimecast.com',
        issuedAt: new Date('2026-11-01T00:00:00Z'),
        credentials: {
          applicationId: KEYS_IN_ENVIRONMENT.MIMECAST_APPLICATION_ID,
          applicationKey: KEYS_IN_ENVIRONMENT.MIMECAST_APPLICATION_KEY,
          accessKey: KEYS_IN_ENVIRONMENT.MIMECAST_ACCESS_KEY,
          secretKey: KEYS_IN_ENVIRONMENT.MIMECAST_SECRET_KEY,
        },
        settings: expect.objectContaining({
          pagination: { pageSize: 500, tokenIn: 'data' },
          endpointPaths: { 'url-protect': '/api/v2/url-protect' },
          streams: {
            'audit-events': { enabled: true, everyMs: 21_600_000 },
            policies: { enabled: true, everyMs: 43_200_000 },
            'archive-settings': { enabled: true, everyMs: 86_400_000 },
            account: { enabled: true, everyMs: 86_400_000 },
            'threat-statistics': { enabled: true, everyMs: 86_400_000 },
          },
        }) as unknown,
      },
    ],
  ]);
});

test('keys that Mimecast refuses are a bad answer: exit code 1, and the report all the same', async () => {
  const connect = () => Promise.resolve({ ...REPORT, ok: false, authentication: 'rejected' as const });
  const { exitCode, stdout } = await runAgainst(
    ['connect', 'acme', '--base-url', REPORT.baseUrl, '--json'],
    { connect },
    { env: KEYS_IN_ENVIRONMENT },
  );
  expect(exitCode).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({ ok: false, authentication: 'rejected' });
});

describe('test', () => {
  const answering = (report: Partial<ConnectionTest>) => {
    const sent: unknown[] = [];
    const test: Connections['test'] = (...request) => {
      sent.push(request);
      return Promise.resolve({ ...REPORT, ...report });
    };
    return { test, sent };
  };

  test('prints the report, and looks for the region only when it is asked to', async () => {
    const { test, sent } = answering({});
    const { exitCode, stdout } = await runAgainst(['test', 'acme', '--json'], { test });
    expect([exitCode, JSON.parse(stdout)]).toEqual([0, REPORT]);
    await runAgainst(['test', 'acme', '--find-region'], { test });
    expect(sent).toEqual([
      ['acme', {}],
      ['acme', { findRegion: true }],
    ]);
  });

  test.each(['accepted', 'rejected', 'expired', 'unreachable', 'wrong-region'] as const)(
    'that is not ok is exit code 1, with keys %s',
    async (authentication) => {
      const { test } = answering({ ok: false, authentication });
      const { exitCode, stdout } = await runAgainst(['test', 'acme', '--json'], { test });
      expect([exitCode, JSON.parse(stdout)]).toMatchObject([1, { ok: false, authentication }]);
      expect((await runAgainst(['test', 'acme'], { test })).exitCode).toBe(1);
    },
  );
});

test('poll prints one array and judges it', async () => {
  const ended = { workflowId: 'w', runId: 'r', joined: false, endpoints: [] };
  const poll = () =>
    Promise.resolve([
      { ...ended, stream: 'account' as const, outcome: 'collected' as const },
      { ...ended, stream: 'policies' as const, outcome: 'forbidden' as const },
    ]);
  const { exitCode, stdout, stderr } = await runAgainst(['poll', 'acme', '--json'], { poll });
  expect(exitCode).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject([{ stream: 'account' }, { stream: 'policies', outcome: 'forbidden' }]);
  expect(stderr).toBe('');
});

test('Ctrl-C while polls are awaited says that they go on', async () => {
  const interruption = new AbortController();
  const poll: Connections['poll'] = (_id, _streams, options) => {
    interruption.abort();
    return Promise.reject(options?.signal?.reason as Error);
  };
  const { exitCode, stderr } = await runAgainst(['poll', 'acme'], { poll }, { signal: interruption.signal });
  expect(exitCode).toBe(130);
  expect(stderr).toContain('The polls go on.');
});

test('Ctrl-C ends a command that waits for a server that does not answer', async () => {
  const interruption = new AbortController();
  const list = () => {
    interruption.abort();
    return new Promise<never>(() => undefined);
  };
  expect((await runAgainst(['list'], { list }, { signal: interruption.signal })).exitCode).toBe(130);
});

describe('vault init', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'mimecast-vault-'));
  });
  afterAll(async () => {
    await rm(folder, { recursive: true });
  });

  test('writes a ring that only its owner reads, its public half beside it, and never overwrites', async () => {
    const file = path.join(folder, 'ring.json');
    const { exitCode, stdout } = await runAgainst(['vault', 'init', '--file', file, '--json']);
    expect(exitCode).toBe(0);
    const { publicKeyFile, kid } = JSON.parse(stdout) as { publicKeyFile: string; kid: string };
    const keyring = await readFile(file, 'utf8');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(keyring).toContain(kid);
    const publicKey = JSON.parse(await readFile(publicKeyFile, 'utf8')) as object;
    expect(publicKey).toMatchObject({ kid });
    expect(publicKey).not.toHaveProperty('d');

    const again = await runAgainst(['vault', 'init', '--file', file]);
    expect(again.exitCode).not.toBe(0);
    expect(await readFile(file, 'utf8')).toBe(keyring);
  });
});

describe('vault seal', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'mimecast-seal-'));
    await runAgainst(['vault', 'init', '--file', path.join(folder, 'ring.json')]);
  });
  afterAll(async () => {
    await rm(folder, { recursive: true });
  });

  test.each(['ring.json', 'ring.public.json'])(
    'seals for one connection with %s, and without any server',
    async (name) => {
      const env = { ...KEYS_IN_ENVIRONMENT, MIMECAST_KEYRING_FILE: path.join(folder, name) };
      const { exitCode, stdout, stderr } = await runAgainst(
        ['vault', 'seal', '--connection', 'acme', '--json'],
        {},
        { env },
      );
      expect([exitCode, stderr]).toEqual([0, '']);
      const document = JSON.parse(stdout) as { sealed: string };
      expect(document).toMatchObject({ ...describeSealed(document.sealed), connectionId: 'acme' });
      const keyring = await readKeyring(path.join(folder, 'ring.json'));
      expect(Object.values(await unsealCredentials(keyring, 'acme', document.sealed))).toEqual(
        Object.values(KEYS_IN_ENVIRONMENT),
      );

      const text = (await runAgainst(['vault', 'seal', '--connection', 'acme'], {}, { env })).stdout;
      expect(describeSealed(text.trim()).connectionId).toBe('acme');
    },
  );

  test('needs a ring, keys, and a connection', async () => {
    const env = { MIMECAST_KEYRING_FILE: path.join(folder, 'ring.json') };
    expect(
      (await runAgainst(['vault', 'seal', '--connection', 'acme'], {}, { env: KEYS_IN_ENVIRONMENT })).exitCode,
    ).toBe(3);
    expect((await runAgainst(['vault', 'seal', '--connection', 'acme'], {}, { env })).exitCode).toBe(2);
    expect(
      (await runAgainst(['vault', 'seal', '--connection', 'Acme!'], {}, { env: { ...env, ...KEYS_IN_ENVIRONMENT } }))
        .exitCode,
    ).toBe(2);
    expect((await runAgainst(['vault', 'seal'], {}, { env: { ...env, ...KEYS_IN_ENVIRONMENT } })).exitCode).toBe(2);
  });

  test('with an added key once there is one, and says to restart the workers first', async () => {
    const file = path.join(folder, 'ring.json');
    const env = { ...KEYS_IN_ENVIRONMENT, MIMECAST_KEYRING_FILE: file };
    const before = await readKeyring(file);
    const { exitCode, stdout } = await runAgainst(['vault', 'add-key'], {}, { env });
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/2 keys[\s\S]*next {2}Restart the workers/);
    const after = await readKeyring(file);
    expect(after.keys.slice(1)).toEqual(before.keys);

    const sealed = (await runAgainst(['vault', 'seal', '--connection', 'acme'], {}, { env })).stdout.trim();
    expect(describeSealed(sealed).kid).toBe(after.current);
  });
});
