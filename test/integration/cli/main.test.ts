import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PollReport, StatusReport } from '../../../client/index.js';
import type { DevDocument } from '../../../cli/rendering/dev.js';
import type { ConnectionTest } from '../../../contract/reports.js';
import { run as runCommandLine, type Environment, type Ran } from '../../support/cli/run.js';

const PROGRAM = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));

type Process = ChildProcessByStdio<null, Readable, Readable>;

type Tour = DevDocument & {
  readonly connection: ConnectionTest;
  readonly polls: readonly PollReport[];
  readonly status: StatusReport;
};

let folder: string;
let dataDir: string;
let dev: Process;
let devEnded: Promise<unknown[]>;
let tour: Tour;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'mimecast-cli-'));
  // Postgres runs as a user of its own where the tests run as root.
  await chmod(folder, 0o711);
  dataDir = path.join(folder, 'data');
  dev = start(['dev', '--tour', '--json']);
  devEnded = once(dev, 'close');
  const trouble = text(dev.stderr);
  tour = await Promise.race([
    firstDocument(dev.stdout) as Promise<Tour>,
    devEnded.then(async () => fail(await trouble)),
  ]);
});

afterAll(async () => {
  if (dev.exitCode === null) dev.kill('SIGTERM');
  await devEnded;
  await rm(folder, { recursive: true, force: true });
});

/** Starts the program with nothing of the environment of the tests, so that only `dev` says where the servers are. */
function start(argv: readonly string[], env: Environment = {}): Process {
  const { PATH = '', HOME = '', TEMPORAL_CLI } = process.env;
  const base = { PATH, HOME, ...(TEMPORAL_CLI !== undefined && { TEMPORAL_CLI }), TEMPORAL_CONFIG_FILE: '' };
  return spawn(process.execPath, [PROGRAM, ...argv], {
    env: { ...base, MIMECAST_DATA_DIR: dataDir, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

async function runProcess(argv: readonly string[], env: Environment = {}): Promise<Ran> {
  const child = start(argv, env);
  const ended = once(child, 'close') as Promise<[number]>;
  const [[exitCode], stdout, stderr] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  return { exitCode, stdout, stderr };
}

/** Runs a command in this process: only those that differ as a process of their own are started as one. */
const run = (argv: readonly string[], env: Environment = {}): Promise<Ran> =>
  runCommandLine(argv, { MIMECAST_DATA_DIR: dataDir, ...env });

/** The document that a process prints while it keeps running. */
async function firstDocument(stream: Readable): Promise<unknown> {
  let printed = '';
  for await (const chunk of stream) {
    printed += String(chunk);
    if (printed.endsWith('\n}\n')) return JSON.parse(printed);
  }
  return JSON.parse(printed);
}

function fail(stderr: string): never {
  throw new Error(`dev ended by itself: ${stderr}`);
}

async function listed(): Promise<string> {
  return (await run(['list', '--json'])).stdout;
}

test('the tour connects the simulated tenant and collects every stream', () => {
  expect(tour.connection).toMatchObject({ connectionId: 'acme-demo', ok: true, authentication: 'accepted' });
  expect(tour.polls.map(({ stream, outcome }) => [stream, outcome])).toEqual([
    ['audit-events', 'collected'],
    ['policies', 'collected'],
    ['archive-settings', 'collected'],
    ['account', 'collected'],
    ['threat-statistics', 'collected'],
  ]);
  const [audit, policies] = tour.polls;
  expect(audit?.newEvents).toBeGreaterThan(1000);
  expect(audit?.pages).toBeGreaterThan(1);
  expect(policies?.endpoints).toHaveLength(4);
  expect(tour.status.streams.every(({ nextPollAt }) => nextPollAt !== undefined)).toBe(true);
  expect(tour.ui).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
});

test('another tenant goes its whole way through the commands, with no settings but the keys', async () => {
  const { url, keysFile } = tour.simulator;
  const keys = Object.fromEntries(
    (await readFile(keysFile, 'utf8'))
      .trim()
      .split('\n')
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
  const connected = await runProcess(['connect', 'acme', '--base-url', url, '--every', 'policies=12h', '--json'], keys);
  expect([connected.exitCode, connected.stderr]).toEqual([0, '']);
  expect(JSON.parse(connected.stdout)).toMatchObject({ connectionId: 'acme', ok: true });

  const before = await listed();
  const again = await runProcess(['connect', 'acme', '--base-url', url, '--json'], keys);
  expect(again.exitCode).toBe(2);
  expect(JSON.parse(again.stdout)).toMatchObject({ error: { code: 'already-connected' } });
  expect(await listed()).toBe(before);

  const polled = await run(['poll', 'acme', 'policies', 'account', '--json']);
  expect(polled.exitCode).toBe(0);
  expect(JSON.parse(polled.stdout)).toMatchObject([
    { stream: 'policies', outcome: 'collected' },
    { stream: 'account', outcome: 'collected' },
  ]);

  const status = JSON.parse((await run(['status', 'acme', '--json'])).stdout) as StatusReport;
  expect(status).toMatchObject({ state: 'connected', credentials: { version: 1, state: 'active' } });
  expect(status.streams).toContainEqual(
    expect.objectContaining({ stream: 'policies', every: '12h', lastOutcome: 'collected' }),
  );

  const exported = await runProcess(['export', 'acme', '--what', 'observations']);
  const lines = exported.stdout.trim().split('\n');
  expect(lines.map((line) => (JSON.parse(line) as { type: string }).type)).toEqual(Array(5).fill('observation'));
  expect(JSON.parse((await run(['verify', 'acme', '--json'])).stdout)).toMatchObject({
    connectionId: 'acme',
    ok: true,
  });

  expect((await run(['disconnect', 'acme', '--json'])).exitCode).toBe(0);
  expect((await run(['poll', 'acme'])).exitCode).toBe(2);
  expect(JSON.parse((await run(['status', 'acme', '--json'])).stdout)).toMatchObject({ state: 'disconnected' });

  const everything = [connected, again, polled, exported].map(({ stdout, stderr }) => stdout + stderr).join('');
  for (const name of ['MIMECAST_APPLICATION_KEY', 'MIMECAST_SECRET_KEY']) expect(everything).not.toContain(keys[name]);
});

describe('an error is one line and an exit code, and changes nothing:', () => {
  const connectAs = (id: string): string[] => ['connect', id, '--base-url', tour.simulator.url];
  let before: string;
  beforeAll(async () => {
    before = await listed();
  });
  const RUN_ON = ['worker', 'dev'];
  const keysFile = (): string[] => ['--keys-file', tour.simulator.keysFile];

  test.each<[string, () => string[], Environment, number, string]>([
    ['a poll of an unknown connection', () => ['poll', 'nobody'], {}, 2, 'unknown-connection'],
    ['the status of an unknown connection', () => ['status', 'nobody'], {}, 2, 'unknown-connection'],
    ['an export of an unknown connection', () => ['export', 'nobody'], {}, 2, 'unknown-connection'],
    ['missing keys', () => connectAs('new'), {}, 2, 'missing-keys'],
    ['no Temporal', () => ['list'], { TEMPORAL_ADDRESS: '127.0.0.1:1' }, 3, 'temporal-unreachable'],
    ['an unknown namespace', () => ['test', 'acme-demo'], { TEMPORAL_NAMESPACE: 'nowhere' }, 3, 'temporal-unreachable'],
    [
      'no Postgres',
      () => ['status', 'acme-demo'],
      { DATABASE_URL: 'postgres://u:planted@127.0.0.1:1/x' },
      3,
      'postgres-unreachable',
    ],
    ['no worker', () => ['test', 'acme-demo'], { MIMECAST_TASK_QUEUE: 'nobody-polls-this' }, 3, 'no-worker'],
    [
      'no keyring',
      () => [...connectAs('new'), ...keysFile()],
      { MIMECAST_KEYRING_FILE: '/nonexistent/ring.json' },
      3,
      'no-keyring',
    ],
    [
      'a worker without Postgres',
      () => ['worker'],
      { DATABASE_URL: 'postgres://u:planted@127.0.0.1:1/x' },
      3,
      'postgres-unreachable',
    ],
    ['a second dev on the same data', () => ['dev'], {}, 2, 'dev-is-running'],
  ])('%s', async (_, argv, env, exitCode, code) => {
    const before = await listed();
    const [command = ''] = argv();
    // These install a log for their whole process.
    const ran = await (RUN_ON.includes(command) ? runProcess : run)([...argv(), '--json'], env);
    expect(JSON.parse(ran.stdout)).toMatchObject({ error: { code } });
    expect(ran.exitCode).toBe(exitCode);
    expect(ran.stderr.split('\n').filter((line) => line.startsWith('error '))).toHaveLength(1);
    expect(ran.stdout + ran.stderr).not.toMatch(/planted|\n\s+at /);
    expect(await listed()).toBe(before);
  });

  test('afterwards the connections are what they were', async () => {
    expect(await listed()).toBe(before);
  });
});

test('one Ctrl-C stops everything cleanly, and the next start resumes from the stored data', async () => {
  dev.kill('SIGINT');
  expect(await devEnded).toEqual([0, null]);
  expect(await readdir(dataDir)).not.toContain('dev.json');
  expect((await stat(path.join(dataDir, 'worker.log'))).mode & 0o777).toBe(0o600);

  const { exitCode, stdout } = await runProcess(['dev', '--tour', '--once', '--json']);
  expect(exitCode).toBe(0);
  const second = JSON.parse(stdout) as Tour;
  expect(second.connection).toMatchObject({ connectionId: 'acme-demo', ok: true });
  expect(second.status.credentials?.version).toBe(1);
  expect(second.polls.map(({ outcome }) => outcome)).not.toContain('failed');
});
