import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { connectionWorkflowId, pollScheduleId } from '../../contract/ids.js';
import { CONNECTION_ATTRIBUTE } from '../../contract/search-attributes.js';
import { WORKFLOW_VERSION } from '../../model/workflow-version.js';
import { heldIds, vendorIds } from '../support/audit-log.js';
import { ago, DAY_MS, startEngine, type Connected, type Engine } from '../support/engine.js';
import { logOf } from '../support/evidence.js';
import { holdPagesAfter } from '../support/page-gate.js';
import { until } from '../support/until.js';
import { markOlder, noTemporal, startWorker, untilBusy, upgradeEngine } from './worker.js';

const PAGE_SIZE = 5;
const SMALL_PAGES = { pagination: { pageSize: PAGE_SIZE, tokenIn: 'meta' } } as const;

let engine: Engine;
let stopWorker: () => Promise<void>;
beforeEach(async () => {
  engine = await startEngine({ worker: 'none' });
  stopWorker = await startWorker(engine);
});
afterEach(async () => {
  await stopWorker();
  await engine.stop();
});

/** Stops the worker, makes every connection one of an earlier release, upgrades, and starts a worker. */
async function upgraded(whileStopped: () => Promise<unknown> = () => Promise.resolve()) {
  await stopWorker();
  await markOlder(engine);
  await whileStopped();
  const report = await upgradeEngine(engine);
  stopWorker = await startWorker(engine);
  return report;
}

const entityOf = (id: string) => engine.client.workflow.getHandle(connectionWorkflowId(id));
const scheduleOf = (id: string, stream: 'audit-events' | 'policies') =>
  engine.client.schedule.getHandle(pollScheduleId(id, stream));
const statusOf = (id: string) => engine.connections.status(id);

/** A connection whose poll and backfill of the audit log are in the middle of a window. */
async function connectBusy(): Promise<Connected & { readonly release: () => void }> {
  const tenant = engine.addTenant({ events: 120, from: ago(3 * DAY_MS) });
  const connected = await engine.connect(tenant, { settings: SMALL_PAGES });
  const gate = holdPagesAfter(engine.simulator, 3);
  await engine.connections.startBackfill(connected.id, { from: ago(3 * DAY_MS), to: ago(2 * DAY_MS) });
  await engine.connections.pollNow(connected.id, ['audit-events']);
  await untilBusy(engine, connected.id);
  return {
    ...connected,
    release: () => {
      gate.open();
    },
  };
}

const outcomes = async (id: string): Promise<unknown[]> =>
  (await logOf(engine.database, id)).filter(({ kind }) => kind === 'poll').map(({ data }) => data['outcome']);

test('polls and a backfill that are under way are interrupted, started again, and lose and double nothing', async () => {
  const { id, tenant, release } = await connectBusy();
  const report = await upgraded(() => {
    release();
    return Promise.resolve();
  });
  expect(report).toMatchObject({
    namespace: { name: 'default', adopted: false },
    restarted: [{ connectionId: id, polls: ['audit-events'], backfill: true, rotations: 0, lostUpdates: [] }],
  });
  expect(report.withoutRow).not.toContain(connectionWorkflowId(id));

  await until(async () => (await outcomes(id)).length === 2);
  expect(await outcomes(id)).toEqual(['interrupted', 'collected']);
  const backfill = engine.client.workflow.getHandle(`${connectionWorkflowId(id)}/backfill`);
  expect(await backfill.result()).toMatchObject({ outcome: 'complete' });
  expect(await heldIds(engine.database, id)).toEqual(vendorIds(tenant));
  expect(await engine.store.proof.verify(id)).toMatchObject({ ok: true });
  expect(await engine.store.workflowVersions.others(WORKFLOW_VERSION)).toEqual([]);
});

test('a rotation that was announced while no worker ran is carried out, one that was carried out is not sent again', async () => {
  const [announced, done] = await Promise.all([engine.connect(), engine.connect()]);
  await engine.connections.announceRotation(done.id, { credentials: done.tenant.running.rotateKeys() });
  await until(async () => (await statusOf(done.id)).credentials?.version === 2);

  const report = await upgraded(async () => {
    const [first, second] = [announced.tenant.running.rotateKeys(), announced.tenant.running.rotateKeys()];
    // In order: the first was replaced at the vendor before anybody looked.
    await engine.connections.announceRotation(announced.id, { credentials: first, note: 'first' });
    await engine.connections.announceRotation(announced.id, { credentials: second, note: 'second' });
  });
  expect(report.restarted).toMatchObject([{ rotations: 2 }, { rotations: 0 }]);
  await until(async () => (await statusOf(announced.id)).credentials?.version === 3);
  expect(await statusOf(announced.id)).toMatchObject({ lastRotation: { accepted: true, note: 'second' } });
  expect(await statusOf(done.id)).toMatchObject({ credentials: { version: 2 } });
  expect((await logOf(engine.database, done.id)).map(({ kind }) => kind)).not.toContain('rotation-refused');
});

test('a rotation that waits for its proof is proved after the upgrade', async () => {
  const { id, tenant } = await engine.connect(engine.addTenant(), {
    settings: { refusals: { confirmAfterMs: 60_000, probeAfterMs: [60_000], probeEveryMs: 60_000 } },
  });
  const unreachable = engine.simulator.faults.add({ fault: { kind: 'status', status: 503 } });
  const credentials = tenant.running.rotateKeys({ keepFormer: true });
  expect(await engine.connections.rotate(id, { credentials })).toMatchObject({ accepted: false, version: 2 });
  expect(await statusOf(id)).toMatchObject({ pendingVersion: 2 });

  await upgraded(async () => {
    engine.simulator.faults.remove(unreachable);
    await engine.database.query(
      `update mimecast.connections set settings = (settings::jsonb || '{"refusals":{"confirmAfterMs":100}}')::json`,
    );
  });
  await until(async () => (await statusOf(id)).credentials?.version === 2);
});

test('a pause that somebody made in Temporal survives, and its poll is not started again', async () => {
  const { id, release } = await connectBusy();
  await scheduleOf(id, 'policies').pause('change freeze');
  await scheduleOf(id, 'audit-events').pause('and this');
  release();
  const report = await upgraded();
  expect(report.restarted).toMatchObject([{ polls: [], backfill: true }]);

  await until(async () => (await engine.store.connections.read(id))?.pauses.policies !== undefined);
  expect((await engine.store.connections.read(id))?.pauses).toMatchObject({
    policies: [{ by: 'operator', note: 'change freeze' }],
    'audit-events': [{ by: 'operator', note: 'and this' }],
  });
  expect((await scheduleOf(id, 'policies').describe()).state).toMatchObject({ paused: true, note: 'change freeze' });
  expect(await outcomes(id)).toEqual(['interrupted']);
});

test('a disconnect that was half done is finished, and what is disconnected is left alone', async () => {
  const [leaving, gone] = await Promise.all([engine.connect(), engine.connect()]);
  await engine.connections.disconnect(gone.id);
  const report = await upgraded(() => engine.store.connections.beginDisconnect(leaving.id));
  expect(report.restarted).toEqual([
    { connectionId: leaving.id, polls: [], backfill: false, rotations: 0, lostUpdates: [] },
  ]);
  expect(await entityOf(leaving.id).result()).toMatchObject({ state: 'disconnected' });
  await expect(scheduleOf(leaving.id, 'policies').describe()).rejects.toThrow();
  expect(await engine.store.connections.activeCredentials(leaving.id)).toBeUndefined();
  expect((await entityOf(gone.id).describe()).status.name).toBe('COMPLETED');
});

test('a workflow keeps its task queue, memo, search attributes, priority and summary', async () => {
  const { id } = await engine.connect();
  const before = await entityOf(id).describe();
  const own = {
    memo: { team: 'blue' },
    priority: { priorityKey: 2, fairnessKey: 'blue', fairnessWeight: 3 },
    staticSummary: 'the mail of Acme',
  };
  await engine.client.workflow.start('mimecastConnection', {
    ...own,
    workflowId: connectionWorkflowId(id),
    taskQueue: engine.taskQueue,
    args: [{ connectionId: id }],
    typedSearchAttributes: before.typedSearchAttributes.getAll().filter(({ key }) => key.name.startsWith('Mimecast')),
    workflowIdConflictPolicy: 'TERMINATE_EXISTING',
  });
  await stopWorker();
  await markOlder(engine);
  await upgradeEngine(engine, { taskQueue: 'of-another-environment' });

  const after = await entityOf(id).describe();
  expect(after).toMatchObject({ taskQueue: engine.taskQueue, memo: own.memo, priority: own.priority });
  expect(await after.staticSummary()).toBe(own.staticSummary);
  expect(after.typedSearchAttributes.get(CONNECTION_ATTRIBUTE)).toBe(id);
  stopWorker = await startWorker(engine);
  expect(await engine.connections.poll(id, ['account'])).toMatchObject([{ outcome: 'collected' }]);
});

test('a connection whose workflow is missing gets one on the configured queue', async () => {
  const { id } = await engine.connect();
  await entityOf(id).terminate('lost');
  await upgraded();
  expect(await engine.connections.poll(id, ['account'])).toMatchObject([{ outcome: 'collected' }]);
});

test('a request that was accepted and not completed is reported as lost', async () => {
  const { id } = await connectBusy();
  const hanging = engine.simulator.faults.add({ fault: { kind: 'hang' } });
  const testing = expect(engine.connections.test(id)).rejects.toThrow();
  await until(() =>
    engine.simulator.requests.some(({ path, status }) => path.includes('account') && status === undefined),
  );
  const report = await upgraded(() => {
    engine.simulator.faults.remove(hanging);
    return Promise.resolve();
  });
  expect(report.restarted).toMatchObject([{ lostUpdates: ['testConnection'] }]);
  await testing;
});

test('a workflow without a row is listed and left alone; one of a disconnected row is ended', async () => {
  const [{ id }, gone] = await Promise.all([engine.connect(), engine.connect()]);
  await engine.connections.disconnect(gone.id);
  const nobody = engine.newId();
  const startStray = (connectionId: string) =>
    engine.client.workflow.start('mimecastConnection', {
      workflowId: connectionWorkflowId(connectionId),
      taskQueue: engine.taskQueue,
      args: [{ connectionId }],
    });
  await stopWorker();
  await markOlder(engine);
  const strays = await Promise.all([startStray(nobody), startStray(gone.id)]);
  const isListed = async (): Promise<boolean> => {
    const query = `WorkflowId IN ("${connectionWorkflowId(nobody)}", "${connectionWorkflowId(gone.id)}") AND ExecutionStatus = "Running"`;
    return (await engine.client.workflow.count(query)).count === 2;
  };
  await until(isListed);

  const report = await upgradeEngine(engine);
  expect(report.restarted).toMatchObject([{ connectionId: id }]);
  expect(report.withoutRow).toContain(connectionWorkflowId(nobody));
  expect(report.withoutRow).not.toContain(connectionWorkflowId(gone.id));
  const states = await Promise.all(strays.map(async (stray) => (await stray.describe()).status.name));
  expect(states).toEqual(['RUNNING', 'TERMINATED']);
  await strays[0].terminate();
  stopWorker = await startWorker(engine);
});

/** Returns the id of the first run of a workflow that continues as new: an upgrade begins another chain. */
const chainOf = async (id: string): Promise<unknown> =>
  (await entityOf(id).describe()).raw.workflowExecutionInfo?.firstRunId;

describe('nothing is done', () => {
  test('while workers run: it names them', async () => {
    const { id } = await engine.connect();
    await markOlder(engine);
    const chain = await chainOf(id);
    const waited: string[] = [];
    const refused = upgradeEngine(engine, {
      waitForWorkersMs: 1_500,
      onProgress: ({ step, workers = [] }) => {
        if (step === 'waiting') waited.push(...workers);
      },
    });
    await expect(refused).rejects.toMatchObject({
      name: 'UpgradeError',
      message: expect.stringMatching(
        new RegExp(`^Workers still poll task queue "${engine.taskQueue}" after 2 s: ${process.pid}@.*Stop them`),
      ) as string,
    });
    expect(waited.length).toBeGreaterThan(0);
    expect(await chainOf(id)).toBe(chain);
    await engine.database.query('update mimecast.connections set workflow_version = $1', [WORKFLOW_VERSION]);
  });

  test('to a database of another namespace, or of an earlier one of the same name', async () => {
    await engine.connect();
    await stopWorker();
    await markOlder(engine);
    for (const change of [`namespace_name = 'production'`, `namespace_name = 'default', namespace_id = 'earlier'`]) {
      await engine.database.query(`update mimecast.namespace set ${change}`);
      const before = await engine.database.dump();
      await expect(upgradeEngine(engine)).rejects.toMatchObject({ name: 'EvidenceNamespaceError' });
      expect(await engine.database.dump()).toEqual(before);
    }
    await expect(startWorker(engine)).rejects.toMatchObject({ name: 'EvidenceNamespaceError' });
    await upgradeEngine(engine, { adoptNamespace: 'if-other' });
    stopWorker = await startWorker(engine);
  });

  test('where no connection is older: that needs no Temporal, and workers may run', async () => {
    const { id } = await engine.connect();
    const chain = await chainOf(id);
    const report = await upgradeEngine(engine, { client: noTemporal });
    expect(report).toEqual({ applied: [], restarted: [], withoutRow: [] });
    expect(await chainOf(id)).toBe(chain);
  });
});

test('of two upgrades at once, one restarts and the other waits', async () => {
  const { id } = await engine.connect();
  await stopWorker();
  await markOlder(engine);
  const reports = await Promise.all([upgradeEngine(engine), upgradeEngine(engine)]);
  expect(reports.map(({ restarted }) => restarted.length).sort()).toEqual([0, 1]);
  stopWorker = await startWorker(engine);
  expect(await engine.connections.poll(id, ['account'])).toMatchObject([{ outcome: 'collected' }]);
});
