import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { PollReport, StatusReport } from '../../client/index.js';
import type { DevDocument } from '../../cli/rendering/dev.js';
import { ENDPOINT_PATHS } from '../../sandbox/simulator/tenant.js';
import type { UpgradeReport } from '../../worker/index.js';
import { heldIds, vendorIds } from '../support/audit-log.js';
import { addTenant, ago, DAY_MS } from '../support/engine.js';
import { holdPagesAfter } from '../support/page-gate.js';
import { freshDatabase, type TestDatabase } from '../support/database.js';
import { startSimulator } from '../../sandbox/simulator/simulator.js';
import type { Simulator } from '../../sandbox/simulator/interface.js';
import { until } from '../support/until.js';
import { askFacts } from './facts.js';
import { currentProgram, program030, type Environment, type Program, type Running } from './programs.js';

let folder: string;
let old: Program;
const started: Running[] = [];
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'mimecast-upgrade-'));
  // Postgres runs as a user of its own where the tests run as root.
  await chmod(folder, 0o711);
  old = await program030(path.join(folder, 'old'));
});
afterAll(async () => {
  for (const running of started) {
    const { exitCode, signalCode } = running.child;
    if (exitCode === null && signalCode === null) await running.end('SIGKILL');
  }
  await rm(folder, { recursive: true, force: true });
});

const start = (program: Program, argv: readonly string[], env: Environment): Running => {
  const running = program.start(argv, env);
  started.push(running);
  return running;
};

describe('a data folder of 0.3.0', () => {
  const calls = async (simulator: string) =>
    (await (await fetch(`${simulator}/simulator/requests`)).json()) as { path: string; status?: number }[];
  const isHeld = ({ path: called, status }: { path: string; status?: number }): boolean =>
    called === ENDPOINT_PATHS['audit-events'] && status === undefined;

  /** Digests of the events that a connection holds of a range that both polls cover. */
  const eventsOf = async (program: Program, id: string, env: Environment): Promise<string[]> => {
    const [from, to] = [ago(50 * DAY_MS), ago(DAY_MS)].map((moment) => moment.toISOString());
    const range = ['--from', from ?? '', '--to', to ?? ''];
    const { stdout } = await program.run(['export', id, '--what', 'events', ...range], env);
    const lines = stdout.trimEnd().split('\n');
    return lines.map((line) => (JSON.parse(line) as { sha256: string }).sha256).sort();
  };

  test('is upgraded by `dev` itself: polls and a backfill go on, nothing is lost or doubled, and the facts are the same', async () => {
    const env = { MIMECAST_DATA_DIR: path.join(folder, 'data') };
    const oldDev = start(old, ['dev', '--tour'], env);
    const { simulator } = await oldDev.document<DevDocument>();
    await old.json(['pause', 'acme-demo', 'policies', '--note', 'change freeze'], env);
    await old.json(['connect', 'beta', '--base-url', simulator.url, '--keys-file', simulator.keysFile], env);
    // 0.3.0 judges side by side, and may record an earlier judgement after a later one: the last one is made alone.
    await until(async () =>
      (await askFacts(old, 'acme-demo', env, folder)).verdicts.includes('evidence-fresh fail paused'),
    );
    await old.json(['poll', 'acme-demo', 'account'], env);
    const before = await askFacts(old, 'acme-demo', env, folder);

    const hold = { fault: { kind: 'hold' }, path: ENDPOINT_PATHS['audit-events'], after: 12 };
    await fetch(`${simulator.url}/simulator/faults`, { method: 'POST', body: JSON.stringify(hold) });
    const range = ['--from', ago(40 * DAY_MS).toISOString(), '--to', ago(20 * DAY_MS).toISOString()];
    start(old, ['backfill', 'beta', ...range], env);
    start(old, ['poll', 'beta', 'audit-events'], env);
    await until(async () => (await calls(simulator.url)).filter(isHeld).length >= 3);
    await oldDev.end('SIGKILL');

    const dev = start(currentProgram, ['dev'], env);
    await dev.document<DevDocument>();
    const after = await askFacts(currentProgram, 'acme-demo', env, folder, before.at);
    expect(after).toMatchObject({ at: before.at, verdicts: before.verdicts, reported: before.reported });
    expect(after.verified.ok).toBe(true);
    expect(after.verified.records).toBeGreaterThanOrEqual(before.verified.records);

    const auditOf = async () =>
      (await currentProgram.json<StatusReport>(['status', 'beta'], env)).streams.find(
        ({ stream }) => stream === 'audit-events',
      );
    await until(async () => (await auditOf())?.lastOutcome === 'collected');
    // The backfill that `dev` restarted is joined, or has ended and has nothing left.
    const backfill = await currentProgram.json<{ outcome: string }>(['backfill', 'beta', ...range], env);
    expect(backfill.outcome).toBe('complete');
    const held = await eventsOf(currentProgram, 'beta', env);
    expect(held.length).toBeGreaterThan(100);
    expect(held).toEqual(await eventsOf(currentProgram, 'acme-demo', env));

    const { streams } = await currentProgram.json<StatusReport>(['status', 'acme-demo'], env);
    expect(streams.filter(({ paused }) => paused).map(({ stream, note }) => [stream, note])).toEqual([
      ['policies', expect.stringContaining('change freeze')],
    ]);
    expect(await currentProgram.json<PollReport[]>(['poll', 'acme-demo', 'account'], env)).toMatchObject([
      { outcome: 'collected' },
    ]);
    expect(await currentProgram.json(['verify', 'beta'], env)).toMatchObject({ ok: true });
    expect(await dev.end('SIGTERM')).toBe(0);
  });
});

describe('servers of 0.3.0', () => {
  let database: TestDatabase;
  let simulator: Simulator;
  let env: Environment;
  let client: Client;
  const taskQueue = `upgrade-${process.pid}`;
  beforeAll(async () => {
    [database, simulator] = await Promise.all([freshDatabase({ migrated: false }), startSimulator()]);
    client = new Client({ connection: await Connection.connect({ address: inject('temporalAddress') }) });
    env = {
      TEMPORAL_ADDRESS: inject('temporalAddress'),
      DATABASE_URL: database.url,
      MIMECAST_KEYRING_FILE: path.join(folder, 'ring.json'),
      MIMECAST_TASK_QUEUE: taskQueue,
      MIMECAST_ALLOW_LOOPBACK: '1',
      MIMECAST_DATA_DIR: path.join(folder, 'no-dev'),
    };
  });
  afterAll(async () => {
    await Promise.all([simulator.stop(), client.connection.close()]);
    await database.drop();
  });

  test('are upgraded by three commands', async () => {
    await old.json(['vault', 'init', '--file', env['MIMECAST_KEYRING_FILE'] ?? ''], env);
    await old.json(['migrate'], env);
    const oldWorker = start(old, ['worker'], env);
    await oldWorker.document();
    const id = `upgraded-${process.pid}`;
    const tenant = addTenant(simulator, { events: 60, from: ago(3 * DAY_MS) });
    const { applicationId, applicationKey, accessKey, secretKey } = tenant.keys;
    const keys = {
      ...{ MIMECAST_APPLICATION_ID: applicationId, MIMECAST_APPLICATION_KEY: applicationKey },
      ...{ MIMECAST_ACCESS_KEY: accessKey, MIMECAST_SECRET_KEY: secretKey },
    };
    await old.json(['connect', id, '--base-url', simulator.url, '--page-size', '5'], { ...env, ...keys });
    await old.json(['poll', id, 'account', 'archive-settings'], env);
    const before = await askFacts(old, id, env, folder);
    await client.schedule.getHandle(`mimecast/${id}/policies`).pause('by hand');
    const gate = holdPagesAfter(simulator, 2);
    start(old, ['poll', id, 'audit-events'], env);
    await gate.reached();

    // 1: stop the workers. The page at hand is let through, so that it stops at once.
    const stopping = oldWorker.end('SIGTERM');
    const refused = await currentProgram.run(['worker'], env);
    expect(refused).toMatchObject({ exitCode: 3 });
    expect(refused.stderr).toContain('Run: temporal-mimecast migrate');
    gate.open();
    expect(await stopping).toBe(0);

    // 2: migrate.
    const report = await currentProgram.json<UpgradeReport>(['migrate'], env);
    expect(report).toMatchObject({
      applied: ['0008-upgrade', '0009-clocks'],
      restarted: [{ connectionId: id }],
    });
    const again = await currentProgram.run(['migrate'], { ...env, TEMPORAL_ADDRESS: '127.0.0.1:1' });
    expect(again).toMatchObject({ exitCode: 0, stdout: 'The database is up to date.\n' });

    // A worker of 0.3.0 does not start any more, and says why.
    const tooOld = await old.run(['worker'], env);
    expect(tooOld.exitCode).toBe(3);
    expect(tooOld.stderr).toContain('"default (upgraded: needs temporal-mimecast 0.4.0 or newer)"');

    // 3: start the new workers.
    const worker = start(currentProgram, ['worker'], env);
    await worker.document();
    const after = await askFacts(currentProgram, id, env, folder, before.at);
    expect(after).toMatchObject({ at: before.at, verdicts: before.verdicts, reported: before.reported });
    expect(after.verified.ok).toBe(true);
    await until(async () => (await heldIds(database, id)).length === 60);
    expect(await heldIds(database, id)).toEqual(vendorIds(tenant));
    const status = await currentProgram.json<StatusReport>(['status', id], env);
    expect(status.streams.filter(({ paused }) => paused).map(({ stream }) => stream)).toEqual(['policies']);
    expect(await worker.end('SIGTERM')).toBe(0);
  });
});
