import { ScheduleNotFoundError, WorkflowFailedError } from '@temporalio/client';
import { describe, expect, vi } from 'vitest';
import type { EndpointName } from '../../../../model/connection.js';
import { ENDPOINTS } from '../../../../mimecast/endpoints.js';
import type { Fault } from '../../../../sandbox/simulator/faults.js';
import { connectionWorkflowId, pollScheduleId } from '../../../../contract/ids.js';
import { OUTCOME_ATTRIBUTE } from '../../../../contract/search-attributes.js';
import { POLL_WORKFLOWS, POLLED_STREAMS } from '../../../../model/streams.js';
import { happened, heldIds, vendorIds } from '../../../support/audit-log.js';
import { ago, HOUR_MS, type Engine, type Tenant } from '../../../support/engine.js';
import { holdPagesAfter } from '../../../support/page-gate.js';
import { test } from '../../../support/test.js';

const strike = (engine: Engine, { keys }: Tenant, name: EndpointName, fault: Fault): number =>
  engine.simulator.faults.add({ path: ENDPOINTS[name].path, accessKey: keys.accessKey, fault });

async function expectNothingScheduled(engine: Engine, id: string): Promise<void> {
  for (const stream of POLLED_STREAMS) {
    const schedule = engine.client.schedule.getHandle(pollScheduleId(id, stream));
    await expect(schedule.describe()).rejects.toBeInstanceOf(ScheduleNotFoundError);
  }
}

async function sealedKeysOf(
  engine: Engine,
  id: string,
): Promise<{ version: number; state: string; sealed: string | null }[]> {
  return engine.database.query(
    'select version, state, sealed from mimecast.credentials where connection_id = $1 order by version',
    [id],
  );
}

test('disconnecting deletes the schedules, destroys the keys, keeps the evidence, and refuses what is sent afterwards', async ({
  engine,
}) => {
  const { id, tenant } = await engine.connect();
  await engine.connections.poll(id);
  expect(await sealedKeysOf(engine, id)).toMatchObject([
    { state: 'active', sealed: expect.stringMatching(/^ey/) as string },
  ]);
  const before = await engine.store.proof.verify(id);

  expect(await engine.connections.disconnect(id)).toMatchObject({ connectionId: id, state: 'disconnected' });
  await expectNothingScheduled(engine, id);
  expect(await sealedKeysOf(engine, id)).toEqual([{ version: 1, state: 'retired', sealed: null }]);
  expect(await heldIds(engine.database, id)).toEqual(vendorIds(tenant));
  expect((await engine.store.observations.latest(id)).length).toBe(6);
  const after = await engine.store.proof.verify(id);
  expect(after).toMatchObject({ ok: true });
  expect(after.records).toBeGreaterThan(before.records);
  expect(await engine.connections.status(id)).toMatchObject({ state: 'disconnected' });

  const asked = engine.simulator.requests.length;
  const refused = {
    name: 'MimecastClientError',
    code: 'unknown-connection',
    message: expect.stringContaining(id) as string,
  };
  await expect(engine.connections.poll(id)).rejects.toMatchObject(refused);
  await expect(engine.connections.test(id)).rejects.toMatchObject(refused);
  await expect(engine.connections.disconnect(id)).rejects.toMatchObject(refused);
  expect(engine.simulator.requests).toHaveLength(asked);
});

test('connecting again continues the same evidence and the same log, with new keys', async ({ engine }) => {
  const { id, tenant } = await engine.connect();
  await engine.connections.poll(id, ['audit-events', 'account']);
  await engine.connections.disconnect(id);
  const ended = await engine.store.proof.verify(id);
  tenant.running.rotateKeys();

  const request = { baseUrl: engine.simulator.url, credentials: tenant.running.keys };
  expect(await engine.connections.connect(id, request)).toMatchObject({ ok: true });
  expect(await engine.store.connections.read(id)).toMatchObject({
    state: 'connected',
    generation: 2,
    activeVersion: 2,
  });
  expect(await sealedKeysOf(engine, id)).toMatchObject([
    { version: 1, state: 'retired', sealed: null },
    { version: 2, state: 'active', sealed: expect.any(String) as string },
  ]);
  happened(tenant, ago(20 * 60_000), 2);
  const [poll] = await engine.connections.poll(id, ['audit-events']);
  expect(poll).toMatchObject({ outcome: 'collected', newEvents: 2 });
  expect(await heldIds(engine.database, id)).toEqual(vendorIds(tenant));
  const verified = await engine.store.proof.verify(id);
  expect(verified).toMatchObject({ ok: true });
  expect(verified.records).toBeGreaterThan(ended.records);
  expect(poll?.head?.sequence).toBe(verified.records);
});

test('keys of another account cannot connect a disconnected connection', async ({ engine }) => {
  const { id, tenant } = await engine.connect();
  await engine.connections.disconnect(id);
  const other = engine.addTenant();
  const report = await engine.connections.connect(id, { baseUrl: engine.simulator.url, credentials: other.keys });
  expect(report).toMatchObject({ ok: false });
  expect(report.action).toContain(`is about ${tenant.accountCode}`);
  expect(await engine.store.connections.read(id)).toMatchObject({ state: 'refused', accountCode: tenant.accountCode });
});

describe('a poll that is running while its connection is disconnected', () => {
  test('ends without storing any more', async ({ engine }) => {
    const tenant = engine.addTenant({ events: 0 });
    happened(tenant, ago(2 * HOUR_MS), 200);
    const { id } = await engine.connect(tenant, { settings: { pagination: { pageSize: 2, tokenIn: 'meta' } } });
    const gate = holdPagesAfter(engine.simulator, 5);
    const polling = engine.connections.poll(id, ['audit-events']);
    await gate.reached();

    await engine.connections.disconnect(id);
    const held = await heldIds(engine.database, id);
    expect(await polling).toMatchObject([{ outcome: 'disconnected' }]);
    expect(await heldIds(engine.database, id)).toEqual(held);
    gate.open();
    expect(held.length).toBeGreaterThan(4);
    expect(held.length).toBeLessThan(200);
    expect((await engine.store.ledger.position(id, 'audit-events')).openWindow).toBeUndefined();
    expect(await engine.store.proof.verify(id)).toMatchObject({ ok: true });
    await expectNothingScheduled(engine, id);
  });

  test('cancels a call that Mimecast does not answer', async ({ engine }) => {
    const { id, tenant } = await engine.connect();
    strike(engine, tenant, 'url-protect', { kind: 'hang' });
    const polling = engine.connections.poll(id, ['policies']);
    await vi.waitFor(async () => {
      expect((await engine.store.observations.latest(id)).length).toBe(3);
    }, 60_000);
    await engine.connections.disconnect(id);
    expect(await polling).toMatchObject([{ outcome: 'disconnected', error: 'The poll was cancelled.' }]);
    expect((await engine.store.observations.latest(id)).length).toBe(3);
  });
});

test('disconnecting does not wait for a connect that Mimecast leaves without an answer', async ({ engine }) => {
  const tenant = engine.addTenant();
  strike(engine, tenant, 'account', { kind: 'hang' });
  const id = engine.newId();
  const connecting = engine.connections
    .connect(id, { baseUrl: engine.simulator.url, credentials: tenant.keys })
    .catch((error: unknown) => error);
  await vi.waitFor(() => {
    expect(engine.simulator.requests.some(({ accessKey }) => accessKey === tenant.keys.accessKey)).toBe(true);
  }, 60_000);

  expect(await engine.connections.disconnect(id)).toMatchObject({ state: 'disconnected' });
  expect(await connecting).toMatchObject({ name: 'MimecastClientError', code: 'interrupted' });
  await expectNothingScheduled(engine, id);
  expect(await sealedKeysOf(engine, id)).toMatchObject([{ state: 'rejected', sealed: null }]);
});

test('of two concurrent connects of the same id one succeeds and the other is rejected, and nothing is left incomplete', async ({
  engine,
}) => {
  const tenants = [engine.addTenant(), engine.addTenant()] as const;
  const id = engine.newId();
  const ended = await Promise.allSettled(
    tenants.map(({ keys }) => engine.connections.connect(id, { baseUrl: engine.simulator.url, credentials: keys })),
  );
  const winner = ended.findIndex(({ status }) => status === 'fulfilled');
  expect(ended[winner]).toMatchObject({ value: { ok: true, account: { code: tenants[winner]?.accountCode } } });
  expect(ended[1 - winner]).toMatchObject({ reason: { name: 'MimecastClientError', code: 'already-connected' } });

  const status = await engine.connections.status(id);
  expect(status).toMatchObject({ state: 'connected', account: { code: tenants[winner]?.accountCode } });
  expect(status.streams.map(({ paused }) => paused)).toEqual([false, false, false, false, false]);
  expect(await sealedKeysOf(engine, id)).toMatchObject([{ version: 1, state: 'active' }]);
  expect(await engine.connections.poll(id, ['account'])).toMatchObject([{ outcome: 'collected' }]);

  const again = engine.connections.connect(id, { baseUrl: engine.simulator.url, credentials: tenants[0].keys });
  await expect(again).rejects.toMatchObject({ code: 'already-connected' });
  expect(await engine.connections.status(id)).toMatchObject({ state: 'connected', credentials: { version: 1 } });
});

test('two concurrent requests for a poll get the same run', async ({ engine }) => {
  const { id, tenant } = await engine.connect();
  strike(engine, tenant, 'audit-events', { kind: 'delay', delayMs: 20 });
  const started = await Promise.all([
    engine.connections.pollNow(id, ['audit-events']),
    engine.connections.pollNow(id, ['audit-events']),
  ]);
  const [first, second] = started.flat();
  expect(second?.runId).toBe(first?.runId);
  expect(
    started
      .flat()
      .map(({ joined }) => joined)
      .sort(),
  ).toEqual([false, true]);
  expect(await engine.connections.poll(id, ['audit-events'])).toMatchObject([{ runId: first?.runId, joined: true }]);

  const [next] = await engine.connections.pollNow(id, ['audit-events']);
  expect(next?.joined).toBe(false);
  expect(next?.runId).not.toBe(first?.runId);
});

describe('a poll that is started by hand', () => {
  test.for(POLLED_STREAMS)(
    'of %s, for an unknown connection, fails with that reason and does nothing',
    async (stream, { engine }) => {
      const connectionId = engine.newId();
      const handle = await engine.client.workflow.start(POLL_WORKFLOWS[stream], {
        workflowId: `${connectionId}-${stream}`,
        taskQueue: engine.taskQueue,
        args: [{ connectionId }],
      });
      const error: unknown = await handle.result().catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(WorkflowFailedError);
      expect((error as WorkflowFailedError).cause).toMatchObject({
        type: 'MimecastConnectionMissing',
        message: expect.stringMatching(`^There is no connection ${connectionId}; nothing was collected\\.`) as string,
      });
      expect((await handle.describe()).typedSearchAttributes.get(OUTCOME_ATTRIBUTE)).toBe('not-connected');
    },
  );

  test('for a connection that is disconnected ends without a call', async ({ engine }) => {
    const { id, tenant } = await engine.connect();
    await engine.connections.disconnect(id);
    const asked = engine.simulator.requests.length;
    const result: unknown = await engine.client.workflow.execute(POLL_WORKFLOWS['audit-events'], {
      workflowId: `${connectionWorkflowId(id)}-by-hand`,
      taskQueue: engine.taskQueue,
      args: [{ connectionId: id }],
    });
    expect(result).toMatchObject({ outcome: 'disconnected', newEvents: 0 });
    expect(engine.simulator.requests.slice(asked).some(({ accessKey }) => accessKey === tenant.keys.accessKey)).toBe(
      false,
    );
    expect(await engine.store.proof.verify(id)).toMatchObject({ ok: true });
  });
});
