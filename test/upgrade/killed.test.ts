import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { connectionWorkflowId } from '../../contract/ids.js';
import { WORKFLOW_VERSION } from '../../model/workflow-version.js';
import type { UpgradeStep } from '../../worker/index.js';
import { heldIds, vendorIds } from '../support/audit-log.js';
import { ago, DAY_MS, startEngine, type Connected, type Engine } from '../support/engine.js';
import { logOf } from '../support/evidence.js';
import { holdPagesAfter } from '../support/page-gate.js';
import { until } from '../support/until.js';
import { markOlder, startWorker, untilBusy, upgradeEngine } from './worker.js';

const PROGRAM = fileURLToPath(new URL('killed-upgrade.mjs', import.meta.url));

const STEPS: readonly UpgradeStep[] = [
  'schema-migrated',
  'namespace-recorded',
  'polls-recorded',
  'polls-ended',
  'backfill-restarted',
  'workflow-restarted',
  'rotations-sent',
  'polls-started',
  'marked',
];

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine({ worker: 'none' });
});
afterAll(() => engine.stop());

/** Runs an upgrade that dies after a step. @returns the signal that ended it */
async function dyingUpgrade(step: UpgradeStep): Promise<string> {
  const child = spawn(process.execPath, [PROGRAM], {
    env: {
      PATH: process.env['PATH'],
      DATABASE_URL: engine.database.url,
      TEMPORAL_ADDRESS: inject('temporalAddress'),
      TASK_QUEUE: engine.taskQueue,
      DIE_AFTER: step,
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const trouble = text(child.stderr);
  const [exitCode, signal] = (await once(child, 'close')) as [number | null, string | null];
  return signal ?? `exit code ${exitCode}: ${await trouble}`;
}

async function connectBusy(): Promise<Connected> {
  const tenant = engine.addTenant({ events: 60, from: ago(3 * DAY_MS) });
  const connected = await engine.connect(tenant, { settings: { pagination: { pageSize: 5, tokenIn: 'meta' } } });
  await engine.connections.startBackfill(connected.id, { from: ago(3 * DAY_MS), to: ago(2 * DAY_MS) });
  await engine.connections.pollNow(connected.id, ['audit-events']);
  return connected;
}

test('an upgrade that is killed after any step comes to the same end when it is run again', async () => {
  const stopWorker = await startWorker(engine);
  const gate = holdPagesAfter(engine.simulator, 0);
  const busy = await Promise.all([connectBusy(), connectBusy(), connectBusy()]);
  const leaving = await engine.connect();
  for (const { id } of busy) await untilBusy(engine, id);
  await stopWorker();
  gate.open();
  await engine.store.connections.beginDisconnect(leaving.id);
  for (const { id, tenant } of busy) {
    await engine.connections.announceRotation(id, { credentials: tenant.running.rotateKeys({ keepFormer: true }) });
  }
  await markOlder(engine);

  // Each continues what the one before left, so that together they die after every step, with connections at different ones.
  for (const step of STEPS) expect(await dyingUpgrade(step), step).toBe('SIGKILL');
  const report = await upgradeEngine(engine);
  expect(report.restarted.length).toBeGreaterThan(0);
  expect(await engine.store.workflowVersions.others(WORKFLOW_VERSION)).toEqual([]);

  const stopAgain = await startWorker(engine);
  for (const { id, tenant } of busy) {
    await until(async () => (await engine.connections.status(id)).credentials?.version === 2);
    const backfill = engine.client.workflow.getHandle(`${connectionWorkflowId(id)}/backfill`);
    expect(await backfill.result()).toMatchObject({ outcome: 'complete' });
    const polls = async () => (await logOf(engine.database, id)).filter(({ kind }) => kind === 'poll');
    await until(async () => (await polls()).length >= 2);
    expect((await polls()).map(({ data }) => data['outcome'])).toEqual(['interrupted', 'collected']);
    expect(await heldIds(engine.database, id)).toEqual(vendorIds(tenant));
    expect(await engine.store.proof.verify(id)).toMatchObject({ ok: true });
    const staged = (await logOf(engine.database, id)).filter(({ kind }) => kind === 'credentials-staged');
    expect(staged).toHaveLength(1);
  }
  expect(await engine.client.workflow.getHandle(connectionWorkflowId(leaving.id)).result()).toMatchObject({
    state: 'disconnected',
  });
  await stopAgain();
});
