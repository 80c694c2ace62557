import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, onTestFinished, test } from 'vitest';
import { runCommandLine } from '../../../cli/program.js';
import { lockDataDir } from '../../../sandbox/dev-lock.js';
import { startEngine, type Engine } from '../../support/engine.js';
import { RecordedTerminal } from '../../support/cli/recorded-terminal.js';
import { until } from '../../support/until.js';

const PROGRAM = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));
const RUN = '3d3c42e5-aac5-4a80-8825-da76410c1812';
const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;

/** Servers of an attacker on this machine: a Temporal with a worker, a Postgres and a keyring. */
let attacker: Engine;
/** An unrelated process of this account. */
let unrelated: ChildProcess;
beforeAll(async () => {
  attacker = await startEngine();
  unrelated = spawn('sleep', ['1000'], { stdio: 'ignore' });
});
afterAll(async () => {
  unrelated.kill('SIGKILL');
  await attacker.stop();
});

let cwd: string;
let dataDir: string;
beforeEach(async () => {
  cwd = await mkdtemp(path.join(tmpdir(), 'mimecast-folder-'));
  await chmod(cwd, 0o755);
  dataDir = path.join(cwd, '.data');
});
afterEach(() => rm(cwd, { recursive: true, force: true }));

/** Writes a data folder as an attacker would leave it here, or pack it into an archive: every address is the attacker's. */
async function plant(lock: unknown, changes: Record<string, unknown> = {}): Promise<void> {
  await mkdir(dataDir, { mode: 0o700 });
  const keyringFile = path.join(dataDir, 'keyring.json');
  await writeFile(keyringFile, JSON.stringify(attacker.keyring), { mode: 0o600 });
  if (lock !== undefined) await writeFile(path.join(dataDir, 'dev.lock'), JSON.stringify(lock), { mode: 0o600 });
  const addresses = {
    run: RUN,
    pid: 1,
    startedAt: '2026-11-28T12:00:00.000Z',
    temporalAddress: inject('temporalAddress'),
    namespace: 'default',
    uiUrl: 'http://127.0.0.1:8233',
    databaseUrl: attacker.database.url,
    keyringFile,
    simulatorUrl: attacker.simulator.url,
    keysFile: keyringFile,
    ...changes,
  };
  await writeFile(path.join(dataDir, 'dev.json'), JSON.stringify(addresses), { mode: 0o600 });
}

/** Returns what version 0.3.0 compared: the boot id, and the start time of the process. Every account can read both. */
async function beginningOf(pid: number): Promise<string> {
  const boot = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
  const [, fields = ''] = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ');
  return `${boot} ${fields.split(' ')[19] ?? ''}`;
}

interface Attempt {
  readonly exitCode: number;
  /** True when the attacker's worker and database got the connection with its keys. */
  readonly received: boolean;
  readonly asked: boolean;
  readonly said: string;
}

/** Connects a tenant with its keys in the environment, or at a terminal where they are to be entered. */
async function connect(keys: 'in the environment' | 'to be typed' = 'in the environment'): Promise<Attempt> {
  const id = attacker.newId();
  const { applicationId, applicationKey, accessKey, secretKey } = attacker.addTenant({ events: 5 }).keys;
  const terminal = new RecordedTerminal({
    MIMECAST_DATA_DIR: dataDir,
    MIMECAST_TASK_QUEUE: attacker.taskQueue,
    MIMECAST_ALLOW_LOOPBACK: '1',
    NO_COLOR: '1',
    HOME: '/nonexistent',
    XDG_CONFIG_HOME: '/nonexistent',
    ...(keys === 'in the environment' && {
      MIMECAST_APPLICATION_ID: applicationId,
      MIMECAST_APPLICATION_KEY: applicationKey,
      MIMECAST_ACCESS_KEY: accessKey,
      MIMECAST_SECRET_KEY: secretKey,
    }),
  });
  if (keys === 'to be typed')
    for (const stream of [terminal.stdin, terminal.stderr]) Object.assign(stream, { isTTY: true });

  const asks = (): boolean => terminal.stderr.text.includes('Application ID');
  const interrupt = new AbortController();
  const argv = ['connect', id, '--base-url', attacker.simulator.url];
  let ended = false;
  const running = runCommandLine(argv, { terminal, signal: interrupt.signal }).finally(() => {
    ended = true;
  });
  await until(() => ended || asks());
  if (asks()) interrupt.abort();
  const exitCode = await running;
  const received = (await attacker.store.connections.read(id)) !== undefined;
  return { exitCode, received, asked: asks(), said: terminal.stderr.text };
}

const SENT_NOTHING = { received: false, asked: false };

describe('a data folder whose lock no dev holds sends keys nowhere', () => {
  test.each<[string, () => unknown]>([
    ['0', () => ({ pid: 0 })],
    ['0, with a run', () => ({ pid: 0, run: RUN })],
    ['negative', () => ({ pid: -1 })],
    ['not whole', () => ({ pid: 0.5 })],
    ['text', () => ({ pid: 'self' })],
  ])('whose process is %s, and says which file to remove', async (_, lock) => {
    await plant(lock());
    const file = path.join(dataDir, 'dev.lock');
    for (const keys of ['in the environment', 'to be typed'] as const) {
      expect(await connect(keys)).toEqual({
        ...SENT_NOTHING,
        exitCode: 2,
        said: `error ${file} is not a lock that dev wrote.\nnext  Remove it: rm ${file}\n`,
      });
    }
  });

  test.each<[string, () => unknown]>([
    ['the first of the machine', () => ({ pid: 1, run: RUN })],
    ['an unrelated one of ours', () => ({ pid: unrelated.pid, run: RUN })],
    ['this one', () => ({ pid: process.pid, run: RUN })],
    ['gone', () => ({ pid: 2 ** 22 + 1, run: RUN })],
  ])('whose process is %s', async (_, lock) => {
    await plant(lock());
    expect(await connect()).toMatchObject({ ...SENT_NOTHING, exitCode: 3 });
    expect(await connect('to be typed')).toMatchObject({ ...SENT_NOTHING, exitCode: 3 });
  });

  test.runIf(process.platform === 'linux')(
    'also when it knows when an unrelated process of ours began, as every account of the machine does',
    async () => {
      const pid = unrelated.pid ?? 0;
      await plant({ pid, began: await beginningOf(pid) });
      expect(await connect()).toMatchObject({ ...SENT_NOTHING, exitCode: 3 });
    },
  );
});

describe('a command that is started in a folder with a foreign .data', () => {
  /** Listens in the place of Temporal and Postgres. */
  async function listen(): Promise<{ readonly port: number; readonly received: readonly string[] }> {
    const received: string[] = [];
    const server = createServer((socket) => {
      received.push('connection');
      socket.on('data', (data) => received.push(data.toString('latin1')));
      socket.on('error', () => undefined);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    return { port: (server.address() as AddressInfo).port, received };
  }

  test.each<[string, () => unknown, number]>([
    ['0', () => ({ pid: 0, run: RUN }), 2],
    ['an unrelated one of ours', () => ({ pid: unrelated.pid, run: RUN }), 3],
  ])('whose process is %s connects to none of its addresses and shows no key', async (_, lock, exitCode) => {
    const { port, received } = await listen();
    const addresses = {
      temporalAddress: `127.0.0.1:${port}`,
      databaseUrl: `postgres://planted:planted@127.0.0.1:${port}/mimecast`,
    };
    await plant(lock(), addresses);
    const keys = ['APPLICATION_ID', 'APPLICATION_KEY', 'ACCESS_KEY'];
    const secretKey = Buffer.from('secret-canary').toString('base64');
    const child = spawn(process.execPath, [PROGRAM, 'connect', 'acme', '--base-url', 'https://eu-api.mimecast.com'], {
      cwd,
      env: {
        PATH: process.env['PATH'],
        HOME: cwd,
        ...Object.fromEntries(keys.map((name) => [`MIMECAST_${name}`, 'key-canary'])),
        MIMECAST_SECRET_KEY: secretKey,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const ended = once(child, 'close');
    const said = (await Promise.all([text(child.stdout), text(child.stderr)])).join('');
    expect(await ended).toEqual([exitCode, null]);
    expect(received).toEqual([]);
    expect(said).toContain('error ');
    for (const key of ['key-canary', secretKey]) expect(said).not.toContain(key);
  });
});

describe('a folder whose lock is held sends keys nowhere', () => {
  test.runIf(isRoot)('when it belongs to another account', async () => {
    await plant(undefined);
    const lock = await lockDataDir(dataDir);
    await writeFile(path.join(dataDir, 'dev.json'), JSON.stringify({ ...(await planted()), run: lock.run }));
    await chown(dataDir, NOBODY, NOBODY);
    const attempt = await connect('to be typed');
    await lock.release();
    expect(attempt).toEqual({
      ...SENT_NOTHING,
      exitCode: 2,
      said:
        `error The data folder ${dataDir} belongs to another account (uid ${NOBODY}).\n` +
        'next  Use a folder of your own: export MIMECAST_DATA_DIR="$HOME/mimecast-data"\n',
    });
  });

  test.runIf(isRoot)('when another account wrote the addresses', async () => {
    await plant(undefined);
    const lock = await lockDataDir(dataDir);
    const file = path.join(dataDir, 'dev.json');
    await writeFile(file, JSON.stringify({ ...(await planted()), run: lock.run }));
    await chown(file, NOBODY, NOBODY);
    const attempt = await connect();
    await lock.release();
    expect(attempt).toMatchObject({ ...SENT_NOTHING, exitCode: 2 });
    expect(attempt.said).toContain(`${file} is not a file that dev wrote for this account.`);
  });

  test('when other accounts can write to it', async () => {
    await plant(undefined);
    const lock = await lockDataDir(dataDir);
    await chmod(dataDir, 0o777);
    const attempt = await connect('to be typed');
    await lock.release();
    expect(attempt).toMatchObject({ ...SENT_NOTHING, exitCode: 2 });
    expect(attempt.said).toMatch(/next {2}Check what is in it, then run: chmod 07[01][01] /);
  });

  test.each<[string, () => Record<string, unknown>]>([
    ['Temporal is another machine', () => ({ temporalAddress: '192.0.2.1:7233' })],
    ['Postgres is another machine', () => ({ databaseUrl: 'postgres://a:b@192.0.2.1:5432/mimecast' })],
    ['the ring is elsewhere', () => ({ keyringFile: path.join(cwd, 'ring.json') })],
  ])('when %s', async (_, changes) => {
    await plant(undefined);
    await rename(path.join(dataDir, 'keyring.json'), path.join(cwd, 'ring.json'));
    await writeFile(path.join(dataDir, 'keyring.json'), '{}', { mode: 0o600 });
    const lock = await lockDataDir(dataDir);
    const addresses = { ...(await planted()), ...changes(), run: lock.run };
    await writeFile(path.join(dataDir, 'dev.json'), JSON.stringify(addresses));
    const attempt = await connect('to be typed');
    await lock.release();
    expect(attempt).toMatchObject({ ...SENT_NOTHING, exitCode: 2 });
    expect(attempt.said).toContain('next  Stop dev and start it again: temporal-mimecast dev\n');
  });

  const planted = async (): Promise<Record<string, unknown>> =>
    JSON.parse(await readFile(path.join(dataDir, 'dev.json'), 'utf8')) as Record<string, unknown>;
});

test('the folder of a dev that runs is used, so that the refusals above are about the folder', async () => {
  await plant(undefined);
  const lock = await lockDataDir(dataDir);
  const file = path.join(dataDir, 'dev.json');
  const addresses = JSON.parse(await readFile(file, 'utf8')) as object;
  await writeFile(file, JSON.stringify({ ...addresses, run: lock.run }));
  const attempt = await connect();
  await lock.release();
  expect(attempt).toMatchObject({ exitCode: 0, received: true });
});
