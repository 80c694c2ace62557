import { Worker } from '@temporalio/worker';
import { describe, expect, inject } from 'vitest';
import type { BackfillReport } from '../../../../client/reports.js';
import { WINDOW_RULES } from '../../../../mimecast/audit-windows.js';
import { ENDPOINTS } from '../../../../mimecast/endpoints.js';
import type { LoggedRequest } from '../../../../sandbox/simulator/request-log.js';
import { backfillProgress } from '../../../../contract/backfill.js';
import { backfillWorkflowId } from '../../../../contract/ids.js';
import { CONNECTION_ATTRIBUTE, OUTCOME_ATTRIBUTE, STREAM_ATTRIBUTE } from '../../../../contract/search-attributes.js';
import { MimecastPlugin } from '../../../../worker/plugin.js';
import { happened, heldIds, letTimePass, vendorIds, windowsOf } from '../../../support/audit-log.js';
import { addTenant, ago, DAY_MS, HOUR_MS, startEngine, type Engine, type Tenant } from '../../../support/engine.js';
import { holdPagesAfter } from '../../../support/page-gate.js';
import { until } from '../../../support/until.js';
import { test } from '../../../support/test.js';

const STREAM = 'audit-events';
const PAGE_SIZE = 5;
const SETTINGS = { settings: { pagination: { pageSize: PAGE_SIZE, tokenIn: 'meta' as const } } };

/** Whole days, so that windows begin where the range does. */
const dayAgo = (days: number): Date => new Date(Math.floor(Date.now() / 1000) * 1000 - days * DAY_MS);

const auditCalls = (engine: Engine, { keys }: Tenant): LoggedRequest[] =>
  engine.simulator.requests.filter(
    ({ path, accessKey }) => path === ENDPOINTS[STREAM].path && accessKey === keys.accessKey,
  );

const verified = async (engine: Engine, id: string): Promise<boolean> => (await engine.store.proof.verify(id)).ok;

/** A tenant on whose every day as many events happened. */
function tenantWithEvents(engine: Engine, aDay: number, days: readonly number[]): Tenant {
  const tenant = engine.addTenant({ events: 0 });
  for (const day of days) happened(tenant, new Date(dayAgo(day).getTime() + HOUR_MS), aDay);
  return tenant;
}

/** Resolves when a window of a backfill has stored a page. */
const someStored = (engine: Engine, id: string): Promise<void> =>
  until(async () => (await windowsOf(engine.database, id)).some(({ kind, pages }) => kind === 'backfill' && pages > 0));

describe('a range that was not polled', () => {
  test('is read whole, and neither a second backfill nor the polls read it again or lose what is around it', async ({
    engine,
  }) => {
    const { id, tenant } = await engine.connect(undefined, SETTINGS);
    const [from, to] = [dayAgo(40), dayAgo(30)];
    const report = await engine.connections.backfill(id, { from, to });
    expect(report).toMatchObject({
      outcome: 'complete',
      joined: false,
      workflowId: backfillWorkflowId(id),
      range: { start: from.toISOString(), end: to.toISOString() },
      windows: { done: 10, failed: 0, total: 10 },
      newEvents: vendorIds(tenant, from, to).length,
      lost: [],
      notes: [],
    });
    expect(await heldIds(engine.database, id)).toEqual(vendorIds(tenant, from, to));
    expect(await windowsOf(engine.database, id)).toMatchObject(Array(10).fill({ kind: 'backfill', state: 'complete' }));
    expect(await engine.store.ledger.position(id, STREAM)).toEqual({});

    const asked = auditCalls(engine, tenant).length;
    expect(asked).toBe(report.pages);
    expect(await engine.connections.backfill(id, { from, to })).toMatchObject({
      outcome: 'complete',
      windows: { total: 0 },
    });
    expect(auditCalls(engine, tenant)).toHaveLength(asked);

    const [poll] = await engine.connections.poll(id, [STREAM]);
    expect(poll).toMatchObject({ outcome: 'collected', newEvents: vendorIds(tenant).length - report.newEvents });
    expect(await heldIds(engine.database, id)).toEqual(vendorIds(tenant));
    expect(await verified(engine, id)).toBe(true);
    await expectShownByTemporal(engine, report, id);
  });

  async function expectShownByTemporal(
    engine: Engine,
    { workflowId, runId, windows, pages }: BackfillReport,
    id: string,
  ): Promise<void> {
    const handle = engine.client.workflow.getHandle(workflowId, runId);
    expect(await handle.query(backfillProgress)).toMatchObject({ state: 'complete', windows, pages, timeLeftMs: 0 });
    const { typedSearchAttributes: attributes, raw } = await handle.describe();
    expect(attributes.get(CONNECTION_ATTRIBUTE)).toBe(id);
    expect(attributes.get(STREAM_ATTRIBUTE)).toBe(STREAM);
    expect(attributes.get(OUTCOME_ATTRIBUTE)).toBe('complete');
    expect(raw.workflowExecutionInfo?.priority).toMatchObject({ priorityKey: 5, fairnessKey: id });

    const history = await handle.fetchHistory();
    const plugin = new MimecastPlugin({
      databaseUrl: 'postgres://127.0.0.1:1/nowhere',
      keyring: '/nonexistent/ring.json',
    });
    const code = { workflowBundle: { codePath: inject('workflowBundleFile') }, plugins: [plugin] };
    await Worker.runReplayHistory(code, history, workflowId);
  }

  test('ends at the vendor’s look-back: the range before it is reported, and recorded as a gap when it was owed', async ({
    engine,
  }) => {
    const { id, tenant } = await engine.connect();
    const [from, to] = [dayAgo(80), dayAgo(55)];
    const report = await engine.connections.backfill(id, { from, to });
    const { end: keptFrom = '' } = report.lost?.[0] ?? {};
    expect(report).toMatchObject({
      outcome: 'partial',
      lost: [{ start: from.toISOString(), end: report.range?.start }],
      windows: { done: 5, failed: 0, total: 5 },
      notes: [expect.stringContaining('no longer to be had') as string],
    });
    expect(Date.parse(keptFrom)).toBeGreaterThan(dayAgo(60).getTime());
    expect(await heldIds(engine.database, id)).toEqual(vendorIds(tenant, new Date(keptFrom), to));
    expect(await engine.store.ledger.gaps(id, STREAM)).toEqual([]);

    await letTimePass(engine.database, id, 30 * DAY_MS);
    const again = await engine.connections.backfill(id, { from: dayAgo(95), to });
    expect(again).toMatchObject({ outcome: 'partial', lost: [{ start: expect.any(String) as string }, {}] });
    const gaps = await engine.store.ledger.gaps(id, STREAM);
    // What lies before the first connect's look-back was never owed.
    expect(gaps.map(({ start }) => start)).toEqual([new Date(to.getTime() - 30 * DAY_MS)]);
    const completeness = await engine.store.completeness.of(id, STREAM, new Date());
    expect(completeness?.gaps.filter(({ fillable }) => !fillable)).toMatchObject([{ ...gaps[0], cause: 'look-back' }]);
    const entries = await engine.store.proof.verify(id);
    await engine.connections.backfill(id, { from: dayAgo(95), to });
    expect(await engine.store.proof.verify(id)).toMatchObject({ ok: true, records: entries.records });
  });

  test('ends where events have settled', async ({ engine }) => {
    const { id } = await engine.connect();
    const before = Date.now();
    const { range, notes, outcome } = await engine.connections.backfill(id, { from: ago(2 * HOUR_MS) });
    expect(outcome).toBe('complete');
    expect(Date.parse(range?.end ?? '')).toBeGreaterThan(before - WINDOW_RULES.settlingMs - 1000);
    expect(Date.parse(range?.end ?? '')).toBeLessThanOrEqual(Date.now() - WINDOW_RULES.settlingMs);
    expect(notes).toEqual([expect.stringContaining('has not settled') as string]);
  });
});

test('in the middle of a poll both continue: events are stored once, and only the poll moves the watermark', async ({
  engine,
}) => {
  const tenant = tenantWithEvents(engine, 40, [31]);
  happened(tenant, dayAgo(20), 3);
  const { id } = await engine.connect(tenant, SETTINGS);
  const gate = holdPagesAfter(engine.simulator, 2);
  const polling = engine.connections.poll(id, [STREAM]);
  await gate.reached();
  const { watermark } = await engine.store.ledger.position(id, STREAM);

  // Begins in what the poll has stored, and reaches over the window that it reads to what it has not read yet.
  const started = await engine.connections.startBackfill(id, { from: dayAgo(40), to: dayAgo(10) });
  const backfilling = engine.connections.backfill(id, { from: dayAgo(40), to: dayAgo(10) });
  await until(async () =>
    (await windowsOf(engine.database, id)).some(({ kind, start }) => kind === 'backfill' && start > dayAgo(25)),
  );
  const during = await engine.store.ledger.position(id, STREAM);
  expect(during).toMatchObject({ watermark, openWindow: { kind: 'scheduled' } });
  gate.open();

  const [report, [poll]] = await Promise.all([backfilling, polling]);
  expect(report).toMatchObject({ outcome: 'complete', joined: true, runId: started.runId });
  expect(poll?.outcome).toBe('collected');
  expect(report.newEvents + (poll?.newEvents ?? 0)).toBe(43);
  expect(await heldIds(engine.database, id)).toEqual(vendorIds(tenant));
  const windows = await windowsOf(engine.database, id);
  const scheduled = windows.filter(({ kind }) => kind === 'scheduled');
  expect(poll?.watermark).toBe(scheduled.at(-1)?.end.toISOString());
  for (const [index, { start }] of scheduled.slice(1).entries()) expect(start).toEqual(scheduled[index]?.end);
  const backfilled = windows.filter(({ kind }) => kind === 'backfill').map(({ start }) => start);
  expect(new Date(Math.min(...backfilled.map(Number)))).toEqual(watermark);
  expect(await verified(engine, id)).toBe(true);
});

test('a cancelled backfill resumes at its pages when it is run again', async ({ engine }) => {
  const days = Array.from({ length: 12 }, (_, index) => 50 - index);
  const tenant = tenantWithEvents(engine, 40, days);
  const { id } = await engine.connect(tenant, SETTINGS);
  const request = { from: dayAgo(50), to: dayAgo(38) };
  const gate = holdPagesAfter(engine.simulator, 30);
  const backfilling = engine.connections.backfill(id, request);
  await gate.reached();
  await someStored(engine, id);
  const other = engine.connections.backfill(id, { ...request, to: dayAgo(30) });
  await expect(other).rejects.toMatchObject({
    code: 'backfill-running',
    message: expect.stringContaining(backfillWorkflowId(id)) as string,
  });

  expect(await engine.connections.cancelBackfill(id)).toBe(true);
  expect(await backfilling).toMatchObject({ outcome: 'cancelled' });
  expect(await engine.connections.cancelBackfill(id)).toBe(false);
  const left = (await windowsOf(engine.database, id)).filter(({ state }) => state === 'filling');
  expect(left.length).toBeGreaterThan(0);
  const asked = auditCalls(engine, tenant).length;
  const stored = (await windowsOf(engine.database, id)).reduce((sum, { pages }) => sum + pages, 0);
  gate.open();

  const again = await engine.connections.backfill(id, request);
  expect(again).toMatchObject({ outcome: 'complete' });
  expect(await heldIds(engine.database, id)).toEqual(vendorIds(tenant));
  const pages = (days.length * 40) / PAGE_SIZE;
  expect(again.pages).toBe(pages - stored);
  expect(auditCalls(engine, tenant).length - asked).toBe(again.pages);
  expect(await windowsOf(engine.database, id)).toMatchObject(
    days.map(() => ({ state: 'complete', restarts: 0, pages: 8 })),
  );
  expect(await verified(engine, id)).toBe(true);
});

test('a disconnect ends it: nothing more is stored, and no window is left open', async ({ engine }) => {
  const tenant = tenantWithEvents(engine, 40, [50, 49, 48]);
  const { id } = await engine.connect(tenant, SETTINGS);
  const gate = holdPagesAfter(engine.simulator, 6);
  const backfilling = engine.connections.backfill(id, { from: dayAgo(50), to: dayAgo(47) });
  await gate.reached();
  await someStored(engine, id);
  await engine.connections.disconnect(id);
  const held = await heldIds(engine.database, id);
  // Cancelled, or rejected when it stores its first page, whichever comes first.
  expect((await backfilling).outcome).toMatch(/^(cancelled|disconnected)$/);
  gate.open();

  expect(await heldIds(engine.database, id)).toEqual(held);
  const states = new Set((await windowsOf(engine.database, id)).map(({ state }) => state));
  expect([...states].filter((state) => state !== 'complete')).toEqual(['abandoned']);
  await expect(engine.connections.backfill(id, { from: dayAgo(50) })).rejects.toMatchObject({
    code: 'unknown-connection',
  });
  expect(await verified(engine, id)).toBe(true);
});

test('refused keys are refused once, not by every window, and the connection is notified', async ({ engine }) => {
  const { id, tenant } = await engine.connect();
  engine.simulator.faults.add({
    path: ENDPOINTS[STREAM].path,
    accessKey: tenant.keys.accessKey,
    fault: { kind: 'status', status: 401 },
  });
  const report = await engine.connections.backfill(id, { from: dayAgo(20), to: dayAgo(10) });
  expect(report).toMatchObject({
    outcome: 'failed',
    error: expect.stringContaining('Mimecast refused the keys (v1)') as string,
  });
  expect(auditCalls(engine, tenant)).toHaveLength(1);
  const handle = engine.client.workflow.getHandle(report.workflowId, report.runId);
  const { events } = await handle.fetchHistory();
  expect(events?.some((event) => event.externalWorkflowExecutionSignaledEventAttributes)).toBe(true);
  expect((await handle.describe()).typedSearchAttributes.get(OUTCOME_ATTRIBUTE)).toBe('auth-refused');
});

test('a tight rate limit is never exceeded, and a poll at the same time gets calls', async () => {
  const tight = await startEngine({ simulator: { rateLimit: { calls: 40, windowMs: 1_500 } } });
  try {
    const tenant = addTenant(tight.simulator, { events: 0 });
    for (let day = 50; day > 38; day -= 1) happened(tenant, new Date(dayAgo(day).getTime() + HOUR_MS), 30);
    const { id } = await tight.connect(tenant, SETTINGS);
    const backfilling = tight.connections.backfill(id, { from: dayAgo(50), to: dayAgo(38) });
    await until(async () => (await windowsOf(tight.database, id)).some(({ pages }) => pages > 0));
    const polled = await tight.connections.poll(id, ['policies', 'account']);
    expect(polled.map(({ outcome }) => outcome)).toEqual(['collected', 'collected']);
    expect(await backfilling).toMatchObject({ outcome: 'complete', newEvents: 360, pages: 72 });
    expect(tight.simulator.requests.filter(({ status }) => status === 429)).toEqual([]);
  } finally {
    await tight.stop();
  }
});

describe('is rejected, and nothing is started', () => {
  test.for<[string, (engine: Engine) => Promise<string>, { from: Date; to?: Date }, string]>([
    [
      'for a range that ends before it begins',
      connectedId,
      { from: ago(HOUR_MS), to: ago(2 * HOUR_MS) },
      'invalid-range',
    ],
    ['for the future', connectedId, { from: new Date(Date.now() + DAY_MS) }, 'invalid-range'],
    ['for what is no date', connectedId, { from: new Date(NaN) }, 'invalid-range'],
    ['for an unknown connection', () => Promise.resolve('nobody'), { from: ago(HOUR_MS) }, 'unknown-connection'],
  ])('%s', async ([, idOf, request, code], { engine }) => {
    const id = await idOf(engine);
    await expect(engine.connections.backfill(id, request)).rejects.toMatchObject({ name: 'MimecastClientError', code });
    expect(await engine.connections.cancelBackfill(id)).toBe(false);
  });

  async function connectedId(engine: Engine): Promise<string> {
    return (await engine.connect()).id;
  }
});
