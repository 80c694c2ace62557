import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest';
import { runCommandLine } from '../../../cli/program.js';
import type { PollReport } from '../../../client/index.js';
import { believableTenant, type BelievableTenant } from '../../../sandbox/simulator/fixtures/believable-tenant.js';
import type { RunningTenant } from '../../../sandbox/simulator/running-tenant.js';
import { startSimulator } from '../../../sandbox/simulator/simulator.js';
import { ENDPOINT_PATHS, type ClientKeys, type TenantKeys } from '../../../sandbox/simulator/tenant.js';
import { writeNewKeyring } from '../../../vault/keyring.js';
import { connectionRuns, formsOf, readable, runsOf, runText, schedulesText, tableTexts } from '../../support/places.js';
import { freshDatabase, type TestDatabase } from '../../support/database.js';
import { RecordedTerminal } from '../../support/cli/recorded-terminal.js';
import type { Simulator } from '../../../sandbox/simulator/interface.js';

const PROGRAM = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));

/** Values that are found wherever they appear. */
const plantedKeys = (whose: string): TenantKeys => ({
  applicationId: planted(`${whose}-application-id`),
  applicationKey: planted(`${whose}-application-key`),
  accessKey: planted(`${whose}-access-key`),
  secretKey: Buffer.from(planted(`${whose} secret, as it signs`)).toString('base64'),
});
const planted = (what: string): string => `Planted ${what} ${randomBytes(12).toString('hex')}`.replaceAll(' ', '-');

const plantedClient = (whose: string): ClientKeys => ({
  clientId: planted(`${whose}-client-id`),
  clientSecret: planted(`${whose}-client-secret`),
});

const KEYS = plantedKeys('right');
const WRONG_KEYS = plantedKeys('wrong');
const CLIENT = plantedClient('right');
const WRONG_CLIENT = plantedClient('wrong');

const run = randomBytes(4).toString('hex');
const TASK_QUEUE = `secrets-${run}`;
/** A tenant that is collected from, one whose keys are refused, and the first once more over API 2.0. */
const ID = `canary-${run}`;
const REFUSED_ID = `refused-${run}`;
const MODERN_ID = `modern-${run}`;
const IDS = [ID, REFUSED_ID, MODERN_ID];

let folder: string;
let database: TestDatabase;
let simulator: Simulator;
let tenant: BelievableTenant;
let running: RunningTenant;
let client: Client;
let worker: ChildProcess;
let environment: Record<string, string>;
let keyringKey: string;
let sealed: string;
let firstRun: string | undefined;
let workerLog = '';

/** Texts that were found, by the name of their place. */
const places = new Map<string, string>();
const find = (place: string, text: string): void => {
  places.set(place, `${places.get(place) ?? ''}\n${text}`);
};

/** `MIMECAST_SECRET_KEY` for `secretKey`. */
const variable = (field: string): string =>
  `MIMECAST_${field.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;

/** Runs a command; its output is searched, with the origin of errors. */
async function command(argv: readonly string[], keys?: TenantKeys | ClientKeys): Promise<string> {
  const given = Object.entries<string>({ ...keys }).map(([field, key]) => [variable(field), key] as const);
  const terminal = new RecordedTerminal({ ...environment, ...Object.fromEntries(given) });
  await runCommandLine([...argv, '--debug'], { terminal, signal: new AbortController().signal });
  find(`command ${argv.join(' ')}`, `${terminal.stdout.text}\n${terminal.stderr.text}`);
  return terminal.stdout.text;
}

const poll = (...streams: string[]): Promise<PollReport[]> => pollOf(ID, ...streams);

async function pollOf(id: string, ...streams: string[]): Promise<PollReport[]> {
  return JSON.parse(await command(['poll', id, ...streams, '--json'])) as PollReport[];
}

const connectAs = (id: string): string[] => ['connect', id, '--base-url', simulator.url];

const outcomes = (polls: readonly PollReport[]): unknown => polls.map(({ stream, outcome }) => [stream, outcome]);

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'mimecast-secrets-'));
  const keyringFile = path.join(folder, 'ring.json');
  const [keyring, connection] = await Promise.all([
    writeNewKeyring(keyringFile),
    Connection.connect({ address: inject('temporalAddress') }),
  ]);
  keyringKey = keyring.keys[0]?.d ?? '';
  client = new Client({ connection });
  [database, simulator] = await Promise.all([freshDatabase(), startSimulator()]);
  tenant = believableTenant({ seed: 7, events: 200, keys: KEYS, client: CLIENT });
  running = simulator.addTenant(tenant);
  environment = {
    TEMPORAL_ADDRESS: inject('temporalAddress'),
    DATABASE_URL: database.url,
    MIMECAST_KEYRING_FILE: keyringFile,
    MIMECAST_TASK_QUEUE: TASK_QUEUE,
    MIMECAST_ALLOW_LOOPBACK: '1',
  };
  await startWorker();

  await connectAndRefuse();
  await pollWithProblems();
  await pollWithTokens();
  await pollWhileTheDatabaseFails();
  await lookAround();
  await endAll();
});

afterAll(async () => {
  worker.kill('SIGKILL');
  await Promise.all([simulator.stop(), client.connection.close(), rm(folder, { recursive: true, force: true })]);
  await database.drop();
});

async function startWorker(): Promise<void> {
  worker = spawn(process.execPath, [PROGRAM, 'worker'], {
    env: { PATH: process.env['PATH'], MIMECAST_DATA_DIR: path.join(folder, 'none'), ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  worker.stderr?.on('data', (chunk: Buffer) => {
    workerLog += chunk.toString();
  });
  const [line] = (await once(worker.stdout ?? worker, 'data')) as [Buffer];
  find('output of the worker', line.toString());
}

async function connectAndRefuse(): Promise<void> {
  await command(connectAs(ID), KEYS);
  await command([...connectAs(REFUSED_ID), '--json'], WRONG_KEYS);
  await command(connectAs(ID), KEYS);
  await command(connectAs(`${ID}-x`), { ...KEYS, secretKey: `${KEYS.secretKey}!` });
  const keysFile = path.join(folder, 'keys.json');
  await writeFile(keysFile, `${JSON.stringify(KEYS)} ${KEYS.secretKey}`, { mode: 0o600 });
  await command([...connectAs(`${ID}-y`), '--keys-file', keysFile]);
  await writeFile(keysFile, JSON.stringify({ ...KEYS, accessKey: '' }), { mode: 0o600 });
  await command([...connectAs(`${ID}-z`), '--keys-file', keysFile, '--json']);
}

/** Everything that Mimecast may say that goes wrong, with the keys and the tenant's secrets in it where they may be. */
async function pollWithProblems(): Promise<void> {
  expect(outcomes(await poll())).toEqual([
    ['audit-events', 'collected'],
    ['policies', 'collected'],
    ['archive-settings', 'collected'],
    ['account', 'collected'],
    ['threat-statistics', 'collected'],
  ]);
  const everything = everySecret();
  const fail = { kind: 'fail', code: everything, message: everything, field: everything } as const;
  const { faults: problems } = simulator;
  problems.next(1, ENDPOINT_PATHS['audit-events'], { ...fail, code: 'err_planted' });
  problems.next(1, ENDPOINT_PATHS['ttp-url-logs'], { ...fail, code: 'err_planted' });
  problems.next(1, ENDPOINT_PATHS['url-protect'], fail);
  problems.next(1, ENDPOINT_PATHS['content-examination'], { ...fail, retryable: true });
  problems.next(1, ENDPOINT_PATHS['blocked-senders'], { kind: 'html', status: 502 });
  problems.next(1, ENDPOINT_PATHS['attachment-management'], { kind: 'truncated-json' });
  problems.next(1, ENDPOINT_PATHS['archive-settings'], {
    kind: 'redirect',
    location: `https://${KEYS.accessKey}.test/`,
  });
  const [account] = running.data.account as [object];
  running.data.account = [{ ...account, ...KEYS, accountCode: [everything] }];
  expect(outcomes(await poll())).toEqual([
    ['audit-events', 'failed'],
    ['policies', 'partial'],
    ['archive-settings', 'failed'],
    ['account', 'failed'],
    ['threat-statistics', 'partial'],
  ]);
  running.data.account = [account];

  problems.next(1, ENDPOINT_PATHS.account, { kind: 'date', skewMs: 3_600_000 });
  running.rotateKeys();
  expect(outcomes(await poll('policies', 'audit-events'))).toEqual([
    ['policies', 'failed'],
    ['audit-events', 'failed'],
  ]);
  await command(['test', ID]);
  await command(['test', ID, '--json']);
  await command(['poll', ID, 'account']);
}

/** Every secret that an invalid answer may repeat. */
const everySecret = (): string =>
  [...Object.values<string>({ ...KEYS, ...CLIENT }), ...running.tokens.issued, ...tenant.canaries].join(' ');

/** Polls with errors of the keys of API 2.0 and of their tokens, which are secrets too. */
async function pollWithTokens(): Promise<void> {
  await command(connectAs(MODERN_ID), WRONG_CLIENT);
  await command(['rotate', MODERN_ID, '--note', 'the right ones'], CLIENT);
  expect(outcomes(await pollOf(MODERN_ID, 'account', 'audit-events'))).toEqual([
    ['account', 'collected'],
    ['audit-events', 'collected'],
  ]);
  expect(running.tokens.issued).not.toEqual([]);
  await command(['rotate', MODERN_ID, '--json'], { ...CLIENT, clientSecret: WRONG_CLIENT.clientSecret });

  const { faults: problems } = simulator;
  const said = everySecret();
  problems.next(2, ENDPOINT_PATHS['archive-settings'], { kind: 'gateway', code: said });
  expect(outcomes(await pollOf(MODERN_ID, 'archive-settings'))).toEqual([['archive-settings', 'failed']]);
  problems.next(1, '/oauth/token', { kind: 'gateway', code: said, status: 400 });
  running.tokens.expire();
  expect(outcomes(await pollOf(MODERN_ID, 'account'))).toEqual([['account', 'failed']]);
  problems.next(2, ENDPOINT_PATHS.account, { kind: 'gateway', code: 'token_verification_failed' });
  await command(['test', MODERN_ID, '--json']);

  running.rotateClientSecret();
  running.tokens.expire();
  expect(outcomes(await pollOf(MODERN_ID, 'account'))).toEqual([['account', 'failed']]);
  await command(['test', MODERN_ID]);
}

/** Polls while the database fails. An error of the driver repeats the statement; here, even the sealed keys. */
async function pollWhileTheDatabaseFails(): Promise<void> {
  await database.query(`
    create function mimecast.planted() returns trigger language plpgsql as $$
      begin raise exception '%', (select string_agg(sealed, ' ') from mimecast.credentials)
        using detail = '${KEYS.accessKey}', hint = '${KEYS.secretKey}'; end $$;
    create trigger planted before insert on mimecast.polls execute function mimecast.planted()`);
  const polling = poll('archive-settings');
  const failing = await attemptThatFailed();
  await database.query('drop function mimecast.planted() cascade');
  find('an attempt that failed', failing);
  expect(outcomes(await polling)).toEqual([['archive-settings', 'failed']]);
}

async function attemptThatFailed(): Promise<string> {
  return await vi.waitFor(
    async () => {
      const { info } = await client.schedule.getHandle(`mimecast/${ID}/archive-settings`).describe();
      const [going] = info.runningActions;
      const { raw } = await client.workflow.getHandle(going?.workflow.workflowId ?? '').describe();
      const failed = raw.pendingActivities?.find(({ lastFailure }) => lastFailure);
      expect(failed).toBeDefined();
      return readable(raw);
    },
    { timeout: 20_000, interval: 50 },
  );
}

async function lookAround(): Promise<void> {
  for (const id of IDS) find(`schedules of ${id}`, await schedulesText(client, id));
  for (const [table, text] of await tableTexts(database)) find(`table ${table}`, text);
  const [active] = await database.query<{ sealed: string }>(
    "select sealed from mimecast.credentials where state = 'active' and connection_id = $1",
    [ID],
  );
  sealed = active?.sealed ?? '';
  for (const argv of [['status', ID], ['list'], ['export', ID], ['verify', ID]]) {
    await command(argv);
    await command([...argv, '--json']);
  }
}

async function endAll(): Promise<void> {
  const known = (await Promise.all(IDS.map((id) => connectionRuns(client, id)))).flat();
  [firstRun] = known.map(({ workflowId, runId }) => `run ${workflowId} ${runId}`);
  await command(['disconnect', ID, '--json']);
  await command(['disconnect', REFUSED_ID]);
  await command(['disconnect', MODERN_ID]);
  await command(['poll', ID]);
  await command(['status', ID]);
  const runs = await runsOf(client, TASK_QUEUE, known);
  for (const { workflowId, runId } of runs)
    find(`run ${workflowId} ${runId}`, await runText(client, workflowId, runId));
  for (const [table, text] of await tableTexts(database)) find(`table ${table} after the disconnect`, text);
  worker.kill('SIGTERM');
  await once(worker, 'close');
  find('log of the worker', workerLog);
}

test('a planted value is found in whatever form it is written', () => {
  const secret = planted('needle');
  const json = JSON.stringify({ before: 'x', secret, after: 'y' });
  const written = [json, Buffer.from(`1${json}`).toString('base64'), Buffer.from(`12${json}`).toString('base64url')];
  for (const text of written) expect(formsOf(secret).some((form) => text.includes(form))).toBe(true);
});

const placesWith = (...needles: string[]): string[] =>
  [...places].filter(([, text]) => needles.some((needle) => text.includes(needle))).map(([name]) => name);

test('every place was searched: the connections are found in each, unless it names none', () => {
  const named = new Set(placesWith(...IDS));
  const nameless = [...places.keys()].filter((name) => !named.has(name)).map((name) => name.split(' ', 2).join(' '));
  expect([...new Set(nameless)].sort()).toEqual([
    // Of invalid keys only the fields are named.
    'command connect',
    'output of',
    // No control is annotated.
    'table annotations',
    // The workers have no key to sign with.
    'table checkpoints',
    'table gaps',
    'table migrations',
    'table namespace',
    'table pages',
    'table protection_rows',
  ]);
});

test('errors are reported everywhere, without the secrets in them', () => {
  expect(places.get('log of the worker')).toContain('An activity failed unexpectedly');
  expect(places.get('an attempt that failed')).toContain('The evidence store did not answer (P0001)');
  expect(placesWith('Mimecast refused the keys').map((name) => name.split(' ', 1)[0])).toEqual(
    expect.arrayContaining(['command', 'run', 'table', 'schedules', 'log']),
  );
});

const SECRETS = {
  ...Object.fromEntries(Object.entries(KEYS).map(([field, key]) => [`the ${field}`, key])),
  'what the secret key decodes to': Buffer.from(KEYS.secretKey, 'base64').toString(),
  ...Object.fromEntries(Object.entries(CLIENT).map(([field, key]) => [`the ${field}`, key])),
  ...Object.fromEntries(Object.entries(WRONG_CLIENT).map(([field, key]) => [`the refused ${field}`, key])),
  ...Object.fromEntries(Object.entries(WRONG_KEYS).map(([field, key]) => [`the refused ${field}`, key])),
  'what the refused secret key decodes to': Buffer.from(WRONG_KEYS.secretKey, 'base64').toString(),
};

describe('nowhere', () => {
  test.each(Object.entries(SECRETS))('%s', (_, secret) => {
    expect(placesWith(...formsOf(secret))).toEqual([]);
  });

  test('the tokens that were given for the client secret', () => {
    expect(running.tokens.issued.length).toBeGreaterThanOrEqual(3);
    expect(placesWith(...running.tokens.issued.flatMap(formsOf))).toEqual([]);
  });

  test("the tenant's passphrase, support code and contacts", () => {
    expect(placesWith(...tenant.canaries.flatMap(formsOf))).toEqual([]);
  });

  test('the private key of the keyring and the password of the database', () => {
    expect(placesWith(...formsOf(keyringKey), ...formsOf(new URL(database.url).password))).toEqual([]);
  });
});

test('the sealed keys are in the first run of the connection and, until it is disconnected, in the vault', () => {
  expect(placesWith(...formsOf(sealed)).sort()).toEqual([firstRun, 'table credentials'].sort());
});
