import { randomBytes } from 'node:crypto';
import { Client } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { expect, test, vi } from 'vitest';
import { MimecastConnections } from '../../client/connections.js';
import { connectionWorkflowId } from '../../contract/ids.js';
import { heldIds, vendorIds } from '../support/audit-log.js';
import { startEngine, type Engine } from '../support/engine.js';
import { until } from '../support/until.js';
import { startWorker, upgradeEngine } from './worker.js';

/** A namespace in which there is nothing yet. */
async function emptyNamespace({ client }: Engine): Promise<string> {
  const namespace = `restored-${randomBytes(4).toString('hex')}`;
  await client.workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod: msToTs('1 day') });
  // A new namespace takes a moment to be known everywhere.
  const isKnown = () => client.connection.operatorService.listSearchAttributes({ namespace });
  await vi.waitFor(isKnown, { timeout: 60_000, interval: 200 });
  return namespace;
}

test('a database beside an empty namespace comes back to life by the same command', async () => {
  const engine = await startEngine({ worker: 'none' });
  const { connections, database, store } = engine;
  const stopWorker = await startWorker(engine);
  const { id, tenant } = await engine.connect(engine.addTenant({ events: 40 }));
  await connections.pause(id, { streams: ['policies'], note: 'change freeze' });
  expect(await connections.poll(id, ['audit-events', 'account'])).toMatchObject([{}, { outcome: 'collected' }]);
  await stopWorker();

  const namespace = await emptyNamespace(engine);
  const client = new Client({ connection: engine.client.connection, namespace });
  const there = { client: () => Promise.resolve(client) };
  // Every connection is current, so that without the option Temporal is not called, and workers say what to do.
  expect(await upgradeEngine(engine, there)).toMatchObject({ restarted: [] });
  await expect(startWorker(engine, { namespace })).rejects.toThrow('temporal-mimecast migrate --adopt-namespace');

  const report = await upgradeEngine(engine, { ...there, adoptNamespace: 'always' });
  expect(report).toMatchObject({ namespace: { name: namespace, adopted: true }, restarted: [{ connectionId: id }] });
  await expect(startWorker(engine)).rejects.toMatchObject({ name: 'EvidenceNamespaceError' });

  const stopThere = await startWorker(engine, { namespace });
  const restored = new MimecastConnections({ client, taskQueue: engine.taskQueue, evidence: store });
  await until(async () =>
    (await restored.status(id)).streams.every(({ stream, paused }) => paused === (stream === 'policies')),
  );
  expect(await restored.poll(id, ['audit-events'])).toMatchObject([
    { outcome: expect.stringMatching(/^(collected|empty)$/) as string },
  ]);
  expect(await heldIds(database, id)).toEqual(vendorIds(tenant));
  expect(await store.proof.verify(id)).toMatchObject({ ok: true });
  expect(await restored.status(id)).toMatchObject({ state: 'connected' });
  expect((await client.workflow.getHandle(connectionWorkflowId(id)).describe()).status.name).toBe('RUNNING');
  await stopThere();
  await engine.stop();
});

test('a database that was restored beside its own namespace: the workflow knows what the row says', async () => {
  const engine = await startEngine({ worker: 'none' });
  const { connections, database } = engine;
  const stopWorker = await startWorker(engine);
  const { id } = await engine.connect();
  await connections.pause(id, { streams: ['policies'], note: 'made after the backup' });
  await stopWorker();
  await database.query(`update mimecast.connections set pauses = '{}'`);
  expect(await upgradeEngine(engine, { adoptNamespace: 'always' })).toMatchObject({
    restarted: [{ connectionId: id }],
  });

  const stopAgain = await startWorker(engine);
  const entity = engine.client.workflow.getHandle(connectionWorkflowId(id));
  await until(async () => {
    const { pauses } = await entity.query<{ pauses?: object }>('status');
    return pauses !== undefined && Object.keys(pauses).length === 0;
  });
  await until(async () => (await connections.status(id)).streams.every(({ paused }) => !paused));
  await stopAgain();
  await engine.stop();
});
