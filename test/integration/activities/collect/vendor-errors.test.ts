import { describe, expect, vi } from 'vitest';
import type { PollReport } from '../../../../client/reports.js';
import { ENDPOINTS } from '../../../../mimecast/endpoints.js';
import type { Fault } from '../../../../sandbox/simulator/faults.js';
import { startSimulator } from '../../../../sandbox/simulator/simulator.js';
import { OUTCOME_ATTRIBUTE } from '../../../../contract/search-attributes.js';
import { happened, heldIds, letTimePass, vendorIds, windowsOf } from '../../../support/audit-log.js';
import { addTenant, ago, DAY_MS, HOUR_MS, MINUTE_MS, type Connected, type Engine } from '../../../support/engine.js';
import { until } from '../../../support/until.js';
import { test } from '../../../support/test.js';

const { path } = ENDPOINTS['audit-events'];
const EVENTS = 50;
const SETTINGS = { pagination: { pageSize: 10, tokenIn: 'meta' } } as const;
/** Calls up to the middle of the one window that has events: those before it have one page each. */
const CALLS_BEFORE = 59 + 2;

async function connectTenant(engine: Engine): Promise<Connected> {
  const tenant = engine.addTenant({ events: 0 });
  happened(tenant, ago(2 * HOUR_MS), EVENTS);
  return engine.connect(tenant, { settings: SETTINGS });
}

/** Injects a fault into calls from the middle of the window on. @param times number of calls; all until the fault is removed when absent */
function strike(engine: Engine, { tenant }: Connected, fault: Fault, times?: number): number {
  const { accessKey } = tenant.keys;
  // Faults of tokens count calls with a token only.
  const after = fault.kind.startsWith('token-') ? 2 : CALLS_BEFORE;
  return engine.simulator.faults.add({ path, accessKey, fault, after, ...(times && { times }) });
}

const poll = async (engine: Engine, { id }: Connected): Promise<PollReport | undefined> =>
  (await engine.connections.poll(id, ['audit-events']))[0];

async function expectAllHeldOnce(engine: Engine, { id, tenant }: Connected): Promise<void> {
  expect(await heldIds(engine.database, id)).toEqual(vendorIds(tenant));
  expect(await engine.store.proof.verify(id)).toMatchObject({ ok: true });
}

describe.concurrent('a passing error in the middle of a window is not reported:', () => {
  test.for<[string, Fault, number]>([
    ['503 with an HTML page', { kind: 'status', status: 503 }, 2],
    ['an HTML page with 200', { kind: 'html', status: 200 }, 1],
    ['JSON that is cut off', { kind: 'truncated-json' }, 1],
    ['a connection that is cut before the answer', { kind: 'reset' }, 1],
    ['a connection that is cut in the answer', { kind: 'reset-in-body' }, 1],
    ['fail[] in a 200 that Mimecast calls retryable', { kind: 'fail', code: 'err_busy', retryable: true }, 1],
    ['429 with a short reset', { kind: 'too-many-requests', resetMs: 1_500 }, 1],
  ])('%s', async ([, fault, times], { engine }) => {
    const connected = await connectTenant(engine);
    strike(engine, connected, fault, times);
    const report = await poll(engine, connected);
    expect(report).toMatchObject({ outcome: 'collected', events: EVENTS, newEvents: EVENTS });
    expect(report?.error).toBeUndefined();
    expect((await windowsOf(engine.database, connected.id)).at(-1)).toMatchObject({ state: 'complete', restarts: 0 });
    await expectAllHeldOnce(engine, connected);
    const calls = engine.simulator.requests.filter(
      (call) => call.path === path && call.accessKey === connected.tenant.keys.accessKey,
    );
    expect(calls.length - (report?.pages ?? 0)).toBeGreaterThanOrEqual(times);
  });

  test.for<[string, Fault]>([
    ['a page token that is refused', { kind: 'token-refused' }],
    ['a page token that is repeated', { kind: 'token-repeated' }],
  ])('%s starts the window again: nothing is lost, nothing held twice', async ([, fault], { engine }) => {
    const connected = await connectTenant(engine);
    strike(engine, connected, fault, 1);
    const report = await poll(engine, connected);
    expect(report).toMatchObject({ outcome: 'collected', newEvents: EVENTS });
    expect(report?.events).toBeGreaterThan(EVENTS);
    expect((await windowsOf(engine.database, connected.id)).at(-1)).toMatchObject({ state: 'complete', restarts: 1 });
    await expectAllHeldOnce(engine, connected);
  });
});

describe.concurrent('a rate limit', () => {
  test('that is exceeded for long: the poll waits, keeps what it has and is not red', async ({ engine }) => {
    const connected = await connectTenant(engine);
    strike(engine, connected, { kind: 'too-many-requests', resetMs: 30 * MINUTE_MS });
    const [started] = await engine.connections.pollNow(connected.id, ['audit-events']);
    const handle = engine.client.workflow.getHandle(started?.workflowId ?? '', started?.runId);
    const waiting = await vi.waitFor(async () => {
      const { status, raw, typedSearchAttributes } = await handle.describe();
      const [pending] = raw.pendingActivities ?? [];
      expect(pending?.lastFailure?.message).toMatch(/^Mimecast's rate limit leaves no call for \d+ s\./);
      return { status: status.name, pending, outcome: typedSearchAttributes.get(OUTCOME_ATTRIBUTE) };
    }, 60_000);

    expect(waiting).toMatchObject({ status: 'RUNNING', outcome: undefined });
    const nextAttemptMs = Number(waiting.pending?.nextAttemptScheduleTime?.seconds) * 1000;
    expect(nextAttemptMs).toBeGreaterThan(Date.now() + 20 * MINUTE_MS);
    expect(await heldIds(engine.database, connected.id)).toHaveLength(20);
    const { streams } = await engine.connections.status(connected.id);
    expect(streams[0]).toMatchObject({ stream: 'audit-events', paused: false });
    expect(streams[0]?.lastError).toBeUndefined();
  });

  test('that is announced in time is kept: no call meets a 429', async ({ engine }) => {
    const simulator = await startSimulator({ rateLimit: { calls: 10, windowMs: 1_000 } });
    try {
      const tenant = addTenant(simulator, { events: 100 });
      const { id } = await engine.connect(tenant, { baseUrl: simulator.url });
      expect(await engine.connections.poll(id, ['audit-events'])).toMatchObject([{ outcome: 'collected' }]);
      expect(await heldIds(engine.database, id)).toEqual(vendorIds(tenant));
      expect(simulator.requests.filter(({ status }) => status === 429)).toEqual([]);
      expect(simulator.requests.length).toBeGreaterThan(60);
    } finally {
      await simulator.stop();
    }
  });
});

test('a token that is repeated without end fails the run after three restarts, and the next poll recovers', async ({
  engine,
}) => {
  const connected = await connectTenant(engine);
  const fault = strike(engine, connected, { kind: 'token-repeated' });
  const report = await poll(engine, connected);
  expect(report).toMatchObject({ outcome: 'failed' });
  const [line = ''] = (report?.error ?? '').split('\n');
  expect(line).toMatch(/^Mimecast could not be paged to the end of .* UTC \(repeated-token, after 3 restarts\)\./);
  expect(line.length).toBeLessThanOrEqual(200);
  expect((await windowsOf(engine.database, connected.id)).at(-1)).toMatchObject({ state: 'failed' });
  const held = await heldIds(engine.database, connected.id);
  expect(new Set(held).size).toBe(held.length);

  engine.simulator.faults.remove(fault);
  expect(await poll(engine, connected)).toMatchObject({ outcome: 'collected' });
  await expectAllHeldOnce(engine, connected);
  expect(await engine.store.ledger.gaps(connected.id, 'audit-events')).toEqual([]);
});

describe('events that appear in a window while its pages are being read', () => {
  test.for(['newest-first', 'oldest-first'] as const)(
    '%s: are held in the end, and no other is lost or held twice',
    async (order, { engine }) => {
      const simulator = await startSimulator({ order });
      try {
        const tenant = addTenant(simulator, { events: 0 });
        happened(tenant, ago(2 * HOUR_MS), EVENTS);
        const { id } = await engine.connect(tenant, { baseUrl: simulator.url, settings: SETTINGS });
        const gate = simulator.faults.add({ path, after: CALLS_BEFORE, fault: { kind: 'hold' } });
        const polling = engine.connections.poll(id, ['audit-events']);
        await until(() => simulator.requests.some((call) => call.path === path && call.status === undefined));
        happened(tenant, ago(HOUR_MS), 3);
        happened(tenant, ago(3 * HOUR_MS), 3);
        simulator.faults.remove(gate);
        const [report] = await polling;
        expect(report).toMatchObject({ outcome: 'collected' });
        const held = new Set(await heldIds(engine.database, id));
        expect(vendorIds(tenant).filter((event) => !held.has(event)).length).toBeLessThanOrEqual(3);

        await letTimePass(engine.database, id, DAY_MS + HOUR_MS);
        await engine.connections.poll(id, ['audit-events']);
        expect(await heldIds(engine.database, id)).toEqual(vendorIds(tenant));
        expect(await engine.store.proof.verify(id)).toMatchObject({ ok: true });
      } finally {
        await simulator.stop();
      }
    },
  );
});
