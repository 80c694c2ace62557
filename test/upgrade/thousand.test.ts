import pMap from 'p-map';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { reconcileSchedules } from '../../activities/schedules/reconcile-schedules.js';
import { connectionStart, CONNECTION_WORKFLOW } from '../../contract/connection-start.js';
import { connectionWorkflowId } from '../../contract/ids.js';
import { defaultSettings } from '../../model/settings.js';
import { WORKFLOW_VERSION } from '../../model/workflow-version.js';
import { startEngine, type Engine } from '../support/engine.js';
import { upgradeEngine } from './worker.js';

const CONNECTIONS = 1_000;
const AT_ONCE = { concurrency: 40 };

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine({ worker: 'none' });
});
afterAll(() => engine.stop());

const ids = Array.from({ length: CONNECTIONS }, (_, index) => `tenant-${String(index).padStart(4, '0')}`);

/** Connections with a workflow and a schedule each, as an earlier release left them. */
async function connectAll(prefix: string): Promise<string[]> {
  const { store, client, taskQueue, database } = engine;
  const all = ids.map((id) => `${prefix}-${id}`);
  const { streams, ...settings } = defaultSettings('https://eu-api.mimecast.com');
  const enabled = { policies: streams.policies ?? { enabled: true, everyMs: 86_400_000 } };
  await pMap(
    all,
    async (connectionId) => {
      const opened = { connectionId, settings: { ...settings, streams: enabled }, sealed: connectionId, kid: 'ring-1' };
      await store.connections.open(opened);
      const row = await store.connections.promote(connectionId, 1, { accountCode: 'CUK1A1', acceptedAt: new Date() });
      await client.workflow.start(CONNECTION_WORKFLOW, { ...connectionStart(connectionId), taskQueue });
      await reconcileSchedules(client.schedule, row, taskQueue);
    },
    AT_ONCE,
  );
  await database.query('update mimecast.connections set workflow_version = 0');
  return all;
}

test('a thousand connections are restarted at a bounded rate, and none is left out', async () => {
  const all = await connectAll(engine.newId());
  const startedAt = performance.now();
  const report = await upgradeEngine(engine);
  const seconds = (performance.now() - startedAt) / 1000;
  process.stderr.write(`${CONNECTIONS} connections were restarted in ${seconds.toFixed(1)} s.\n`);

  expect(report.restarted.map(({ connectionId }) => connectionId)).toEqual(all);
  // 20 a second at most.
  expect(seconds).toBeGreaterThan(CONNECTIONS / 20 - 1);
  expect(await engine.store.workflowVersions.others(WORKFLOW_VERSION)).toEqual([]);
  const memos = await pMap(
    all,
    async (id) => {
      const { status, memo } = await engine.client.workflow.getHandle(connectionWorkflowId(id)).describe();
      return [status.name, typeof memo?.['mimecastRestart']];
    },
    AT_ONCE,
  );
  expect(new Set(memos.map((found) => found.join()))).toEqual(new Set(['RUNNING,object']));
});
