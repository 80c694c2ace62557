import proto from '@temporalio/proto';
import { expect, vi } from 'vitest';
import { connectionWorkflowId, pollScheduleId } from '../../../../contract/ids.js';
import { POLLED_STREAMS } from '../../../../model/streams.js';
import type { Engine } from '../../../support/engine.js';
import { test } from '../../../support/test.js';

/** Runs of a connection's workflow, newest first. */
async function runsOf(engine: Engine, id: string): Promise<{ runId: string; status: string }[]> {
  const runs = [];
  for await (const run of engine.client.workflow.list({ query: `WorkflowId = "${connectionWorkflowId(id)}"` })) {
    runs.push({ runId: run.runId, status: run.status.name, startTime: run.startTime });
  }
  return runs.sort((a, b) => b.startTime.getTime() - a.startTime.getTime());
}

test('a worker that is restarted between connect and poll continues', async ({ engine }) => {
  const { id } = await engine.connect();
  await engine.restartWorker();
  expect(await engine.connections.test(id)).toMatchObject({ ok: true });
  expect(await engine.connections.poll(id, ['account'])).toMatchObject([{ outcome: 'collected' }]);
  expect(await engine.connections.status(id)).toMatchObject({ state: 'connected', credentials: { version: 1 } });
});

test('the sealed keys stay in the history of the run that received them and are in none after it', async ({
  engine,
}) => {
  const { id } = await engine.connect();
  const [keys] = await engine.database.query<{ sealed: string }>(
    'select sealed from mimecast.credentials where connection_id = $1',
    [id],
  );
  const [newest, first, ...others] = await vi.waitFor(async () => {
    const runs = await runsOf(engine, id);
    expect(runs.map(({ status }) => status)).toEqual(['RUNNING', 'CONTINUED_AS_NEW']);
    return runs;
  }, 60_000);
  expect(others).toEqual([]);
  await engine.connections.poll(id, ['account']);

  const holdsKeys = async (runId: string | undefined): Promise<boolean> => {
    const history = await engine.client.workflow.getHandle(connectionWorkflowId(id), runId).fetchHistory();
    const bytes = Buffer.from(proto.temporal.api.history.v1.History.encode(history).finish());
    return bytes.includes(keys?.sealed ?? 'no keys');
  };
  expect(await holdsKeys(first?.runId)).toBe(true);
  expect(await holdsKeys(newest?.runId)).toBe(false);
});

test('an invalid connect is rejected and leaves nothing behind; a valid one after it succeeds', async ({ engine }) => {
  const tenant = engine.addTenant();
  const id = engine.newId();
  const request = { baseUrl: engine.simulator.url, credentials: tenant.keys };
  const wrong = engine.connections.connect(id, {
    ...request,
    settings: { pagination: { pageSize: 501, tokenIn: 'meta' } },
  });
  await expect(wrong).rejects.toMatchObject({
    name: 'MimecastClientError',
    code: 'invalid-request',
    message: expect.stringContaining('1 to 500') as string,
  });
  expect(await engine.store.connections.read(id)).toBeUndefined();
  expect(await engine.connections.list()).not.toContainEqual(expect.objectContaining({ connectionId: id }));
  await expect(engine.connections.poll(id)).rejects.toMatchObject({ code: 'unknown-connection' });
  for (const stream of POLLED_STREAMS) {
    await expect(engine.client.schedule.getHandle(pollScheduleId(id, stream)).describe()).rejects.toThrow();
  }

  expect(await engine.connections.connect(id, request)).toMatchObject({ ok: true });
  expect(await engine.connections.poll(id, ['account'])).toMatchObject([{ outcome: 'collected' }]);
});

test('a connection whose workflow was lost still exists: its row is authoritative', async ({ engine }) => {
  const { id, tenant } = await engine.connect();
  await engine.client.workflow.getHandle(connectionWorkflowId(id)).terminate('lost');
  expect(await engine.connections.status(id)).toMatchObject({ state: 'connected' });

  const again = engine.connections.connect(id, { baseUrl: engine.simulator.url, credentials: tenant.keys });
  await expect(again).rejects.toMatchObject({ code: 'already-connected' });
  expect(await engine.connections.poll(id, ['account'])).toMatchObject([{ outcome: 'collected' }]);
  expect(await engine.connections.status(id)).toMatchObject({ state: 'connected', credentials: { version: 1 } });
});

test('concurrent messages are handled one after the other, and none is lost', async ({ engine }) => {
  const { id } = await engine.connect();
  const answers = await Promise.all([
    ...Array.from({ length: 8 }, () => engine.connections.pollNow(id, ['account'])),
    ...Array.from({ length: 4 }, () => engine.connections.test(id)),
  ]);
  expect(answers).toHaveLength(12);
  expect(await engine.connections.status(id)).toMatchObject({ state: 'connected' });
});
