import { describe, expect, test } from 'vitest';
import type { PollReport } from '../../../client/reports.js';
import { ENDPOINTS } from '../../../mimecast/endpoints.js';
import type { LoggedRequest } from '../../../sandbox/simulator/request-log.js';
import { happened, heldIds, vendorIds, windowsOf } from '../../support/audit-log.js';
import { ago, DAY_MS, HOUR_MS, startEngine, type Connected, type Engine } from '../../support/engine.js';
import { holdPagesAfter } from '../../support/page-gate.js';
import { startWorkerProcess } from '../../support/worker-process.js';

const EVENTS = 600;
const PAGE_SIZE = 5;
const PAGES = EVENTS / PAGE_SIZE;
/** Windows that a backfill reads at once. */
const SIDE_BY_SIDE = 8;
/** Of the days before, on which nothing happened. */
const EMPTY_WINDOWS = 59;

// Most of the time of each test passes until Temporal notices that a worker is gone.
describe.concurrent('in the middle of a window', () => {
  test('a worker that is killed loses nothing, stores nothing twice, and at most two pages are requested again', async (context) => {
    const engine = await engineWithoutWorker();
    const first = await startWorkerProcess(engine, context);
    const connected = await connectBusyTenant(engine);
    const gate = holdPagesAfter(engine.simulator, PAGES / 2);
    const polling = engine.connections.poll(connected.id, ['audit-events']);
    await gate.reached();
    await first.kill();
    gate.open();

    await startWorkerProcess(engine, context);
    context.onTestFinished(() => engine.stop());
    await expectEverythingOnce(engine, connected, await polling);
    const askedAgain = auditCalls(engine).length - (await storedPages(engine, connected));
    expect(askedAgain).toBeLessThanOrEqual(2);
  });

  test('of a backfill: every window resumes at its page, and at most two pages of each are requested again', async (context) => {
    const engine = await engineWithoutWorker();
    const first = await startWorkerProcess(engine, context);
    const tenant = engine.addTenant({ events: 0 });
    const day = (days: number): Date => new Date(Math.floor(Date.now() / 1000) * 1000 - days * DAY_MS);
    for (let days = 20; days > 8; days -= 1) happened(tenant, new Date(day(days).getTime() + HOUR_MS), 60);
    const { id } = await engine.connect(tenant, { settings: { pagination: { pageSize: PAGE_SIZE, tokenIn: 'meta' } } });
    const gate = holdPagesAfter(engine.simulator, 40);
    const backfilling = engine.connections.backfill(id, { from: day(20), to: day(8) });
    await gate.reached();
    await first.kill();
    gate.open();

    await startWorkerProcess(engine, context);
    context.onTestFinished(() => engine.stop());
    expect(await backfilling).toMatchObject({ outcome: 'complete', newEvents: 720, windows: { done: 12, total: 12 } });
    expect(await heldIds(engine.database, id)).toEqual(vendorIds(tenant));
    const windows = await windowsOf(engine.database, id);
    expect(windows).toHaveLength(12);
    for (const window of windows) expect(window).toMatchObject({ kind: 'backfill', state: 'complete', restarts: 0 });
    const asked = auditCalls(engine).length;
    expect(asked - windows.reduce((sum, { pages }) => sum + pages, 0)).toBeLessThanOrEqual(2 * SIDE_BY_SIDE);
    expect(await engine.store.proof.verify(id)).toMatchObject({ ok: true });
  });

  test('a worker that is stopped finishes its page, and the next one resumes at the page after it', async (context) => {
    const engine = await engineWithoutWorker();
    const first = await startWorkerProcess(engine, context);
    const connected = await connectBusyTenant(engine);
    const gate = holdPagesAfter(engine.simulator, PAGES / 2);
    const polling = engine.connections.poll(connected.id, ['audit-events']);
    await gate.reached();
    const ended = first.terminate();
    gate.open();
    expect(await ended).toBe(0);
    const before = await storedPages(engine, connected);
    expect(before).toBeLessThan(EMPTY_WINDOWS + PAGES);
    expect(auditCalls(engine)).toHaveLength(before);

    await startWorkerProcess(engine, context);
    context.onTestFinished(() => engine.stop());
    const polls = await polling;
    await expectEverythingOnce(engine, connected, polls);
    expect(auditCalls(engine)).toHaveLength(EMPTY_WINDOWS + PAGES);
    expect(await batchesOf(engine, polls)).toEqual(['completed', 'completed']);
  });
});

const engineWithoutWorker = (): Promise<Engine> => startEngine({ worker: 'none', simulator: { latencyMs: 5 } });

/** A tenant with all its events in one window of many pages. */
async function connectBusyTenant(engine: Engine): Promise<Connected> {
  const tenant = engine.addTenant({ events: 0 });
  happened(tenant, ago(3 * HOUR_MS), EVENTS);
  return engine.connect(tenant, { settings: { pagination: { pageSize: PAGE_SIZE, tokenIn: 'meta' } } });
}

const auditCalls = ({ simulator }: Engine): LoggedRequest[] =>
  simulator.requests.filter(({ path }) => path === ENDPOINTS['audit-events'].path);

async function storedPages({ database }: Engine, { id }: Connected): Promise<number> {
  return (await windowsOf(database, id)).reduce((sum, { pages }) => sum + pages, 0);
}

async function expectEverythingOnce(engine: Engine, { id, tenant }: Connected, polls: PollReport[]): Promise<void> {
  expect(polls).toMatchObject([{ outcome: 'collected', events: EVENTS, newEvents: EVENTS }]);
  expect(await heldIds(engine.database, id)).toEqual(vendorIds(tenant));
  const windows = await windowsOf(engine.database, id);
  expect(windows.at(-1)).toMatchObject({ state: 'complete', pages: PAGES, restarts: 0 });
  expect(windows).toHaveLength(EMPTY_WINDOWS + 1);
  expect(await engine.store.proof.verify(id)).toMatchObject({ ok: true });
}

/** End of each batch of a poll, from the history of its run. */
async function batchesOf({ client }: Engine, [poll]: PollReport[]): Promise<string[]> {
  const { events } = await client.workflow.getHandle(poll?.workflowId ?? '', poll?.runId).fetchHistory();
  const batches = (events ?? []).filter(
    (event) => event.activityTaskScheduledEventAttributes?.activityType?.name === 'mimecast.collectAuditPages',
  );
  return batches.map(({ eventId }) => {
    const completed = events?.some(
      (event) => String(event.activityTaskCompletedEventAttributes?.scheduledEventId) === String(eventId),
    );
    return completed ? 'completed' : 'not completed';
  });
}
