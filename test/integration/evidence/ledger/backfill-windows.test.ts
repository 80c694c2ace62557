import { describe, expect } from 'vitest';
import {
  auditEvent,
  auditEvents,
  connect,
  granted,
  HOUR_MS,
  logOf,
  NOON,
  openWindow,
  page,
  takenWindow,
} from '../../../support/evidence.js';
import type { TestDatabase } from '../../../support/database.js';
import { test } from '../../../support/test.js';
import type { NewWindow, TakenWindowRow } from '../../../../evidence/ledger/window.js';
import type { EvidenceStore } from '../../../../evidence/store.js';

test.beforeEach(({ store }) => connect(store, 'acme'));

const STREAM = 'audit-events';
const DAY_MS = 24 * HOUR_MS;
const hours = (count: number): Date => new Date(NOON.getTime() + count * HOUR_MS);
const span = (from: number, to: number) => ({ start: hours(from), end: hours(to) });

const filling = (store: EvidenceStore, from: number, to: number, runId = 'run-1'): Promise<TakenWindowRow> =>
  takenWindowOf(store, { kind: 'backfill', ...span(from, to) }, runId);

async function takenWindowOf(
  store: EvidenceStore,
  changes: Partial<NewWindow>,
  runId: string,
): Promise<TakenWindowRow> {
  const { windowId } = await openWindow(store, changes);
  return granted(await store.ledger.take(windowId, 1, runId));
}

/** A window that was read to its end, with these events in one page. */
async function complete(
  store: EvidenceStore,
  changes: Partial<NewWindow>,
  events = auditEvents(0, 0),
  totalCount?: number,
): Promise<string> {
  const window = await takenWindow(store, changes);
  granted(
    await store.events.storePage({ ...page(window, 0, events), ...(totalCount !== undefined && { totalCount }) }),
  );
  return window.windowId;
}

const coverage = (store: EvidenceStore) => store.ledger.coverage('acme', STREAM);

describe('windows of a backfill', () => {
  test('lie beside each other and beside the one of the polls, and never two over the same range', async ({
    store,
  }) => {
    const scheduled = await openWindow(store, span(0, 4));
    await filling(store, 1, 2);
    await filling(store, 2, 3);
    for (const [from, to] of [
      [1, 2],
      [1.5, 1.75],
      [0, 5],
      [2.5, 6],
    ] as const) {
      const refused = await store.ledger.open({ ...newFilling(from, to) });
      expect([from, to, refused]).toEqual([from, to, 'superseded']);
    }
    await filling(store, 3, 4);
    expect((await store.ledger.position('acme', STREAM)).openWindow?.windowId).toBe(scheduled.windowId);
    expect((await coverage(store)).unfinished.map(({ kind, state }) => [kind, state])).toEqual([
      ['scheduled', 'open'],
      ['backfill', 'filling'],
      ['backfill', 'filling'],
      ['backfill', 'filling'],
    ]);
  });

  const newFilling = (from: number, to: number): NewWindow => ({
    connectionId: 'acme',
    generation: 1,
    stream: STREAM,
    kind: 'backfill',
    ...span(from, to),
  });

  test('opened by many at once never overlap', async ({ store }) => {
    const wanted = Array.from({ length: 24 }, (_, index) => newFilling(index % 6, (index % 6) + 2));
    const opened = await Promise.all(wanted.map((window) => store.ledger.open(window)));
    const won = opened.flatMap((window) => (typeof window === 'string' ? [] : [window]));
    won.sort((a, b) => a.start.getTime() - b.start.getTime());
    expect(won.length).toBeGreaterThanOrEqual(2);
    for (const [index, { start }] of won.slice(1).entries()) expect(start >= (won[index]?.end ?? hours(99))).toBe(true);
  });

  test('do not move the watermark, count for their run, and are held like any other', async ({ store }) => {
    await complete(store, span(0, 1), auditEvents(0, 10));
    const first = await filling(store, 4, 5, 'backfill-1');
    granted(await store.events.storePage(page(first, 0, auditEvents(4 * 3600, 5), 'token')));
    granted(await store.events.storePage(page(first, 1, auditEvents(4 * 3600 + 5, 5))));
    const second = await filling(store, 5, 6, 'backfill-1');
    expect(await store.ledger.backfilled('acme', STREAM, 'backfill-1')).toEqual({ complete: 1, failed: 0 });
    expect(await store.ledger.pollCounts('acme', STREAM, 'backfill-1')).toMatchObject({ pages: 2, newEvents: 10 });
    expect((await store.ledger.position('acme', STREAM)).watermark).toEqual(hours(1));
    expect(await coverage(store)).toMatchObject({ held: [span(0, 1), span(4, 5)], failed: [] });
    granted(await store.events.storePage(page(second, 0, [])));
    expect((await coverage(store)).held).toEqual([span(0, 1), span(4, 6)]);
    expect(await store.proof.verify('acme')).toMatchObject({ ok: true });
  });

  test('that are given up are known with their run; what the vendor dropped of them is a gap, unless it is held', async ({
    store,
  }) => {
    await complete(store, span(2, 3));
    const window = await filling(store, 2, 4, 'backfill-1');
    expect(await store.ledger.restart(window, hours(5), 'look-back')).toBe('exhausted');
    expect(await store.ledger.gaps('acme', STREAM)).toEqual([{ ...span(3, 4), cause: 'look-back' }]);
    expect((await coverage(store)).failed).toEqual([{ ...span(2, 4), runId: 'backfill-1' }]);
    expect(await store.ledger.backfilled('acme', STREAM, 'backfill-1')).toEqual({ complete: 0, failed: 1 });
  });

  test('that begin again later leave the range before as one gap', async ({ store }) => {
    const window = await filling(store, 0, 4);
    expect(await store.ledger.move(window, hours(1), hours(4))).toMatchObject({ start: hours(1) });
    expect(await store.ledger.restart(window, hours(2), 'token-refused')).toMatchObject({
      start: hours(2),
      restarts: 1,
    });
    expect(await store.ledger.gaps('acme', STREAM)).toEqual([{ ...span(0, 2), cause: 'look-back' }]);
  });

  test('end with the connection', async ({ store }) => {
    const window = await filling(store, 0, 1);
    await store.connections.beginDisconnect('acme');
    expect(await store.events.storePage(page(window, 0, auditEvents(0, 1)))).toBe('disconnected');
    expect(await store.ledger.open(newFilling(2, 3))).toBe('disconnected');
    expect(await store.ledger.recordGaps('acme', 1, STREAM, [{ ...span(0, 1), cause: 'look-back' }])).toBe(false);
    await store.connections.finishDisconnect('acme');
    expect((await coverage(store)).unfinished).toEqual([]);
    expect(await store.ledger.gaps('acme', STREAM)).toEqual([]);
  });

  test('leave the statements of the release before as they were: its polls open and find one window of their own', async ({
    database,
    store,
  }) => {
    await filling(store, 0, 1);
    const opening = `
      insert into mimecast.windows (connection_id, stream, kind, window_start, window_end)
      values ('acme', '${STREAM}', 'scheduled', $1, $2)
      on conflict (connection_id, stream) where state = 'open' do nothing returning window_id`;
    expect(await database.query(opening, [hours(0), hours(2)])).toHaveLength(1);
    expect(await database.query(opening, [hours(0), hours(2)])).toHaveLength(0);
    expect(await database.query(`select from mimecast.windows where state = 'open'`)).toHaveLength(1);
  });
});

describe('completeness', () => {
  const DUE_MS = 6 * HOUR_MS + 5 * 60_000;
  /** Of a connection whose keys were accepted at noon. */
  const completeness = (store: EvidenceStore, now: Date) => store.completeness.of('acme', STREAM, now);

  test('names what is missing and why, and goes by windows of every kind', async ({ store }) => {
    const now = new Date(NOON.getTime() + 20 * DAY_MS);
    const { from = NOON, due = NOON } = (await completeness(store, now)) ?? {};
    expect(due).toEqual(new Date(now.getTime() - DUE_MS));
    expect((await completeness(store, now))?.gaps).toEqual([
      { start: from, end: expect.any(Date) as Date, cause: 'behind', fillable: false },
      { start: expect.any(Date) as Date, end: due, cause: 'behind', fillable: true },
    ]);

    await complete(store, { start: from, end: hours(0) });
    await complete(store, { kind: 'late-events', ...span(0, 10) });
    await complete(store, { kind: 'backfill', ...span(20, 30) });
    const failing = await takenWindowOf(store, span(12, 14), 'run-2');
    expect(await store.ledger.restart(failing, hours(14), 'token-refused')).toBe('exhausted');
    expect(await completeness(store, now)).toEqual({
      from,
      due,
      watermark: hours(0),
      gaps: [
        { ...span(10, 12), cause: 'behind', fillable: true },
        { ...span(12, 14), cause: 'window-failed', fillable: true },
        { ...span(14, 20), cause: 'behind', fillable: true },
        { start: hours(30), end: due, cause: 'behind', fillable: true },
      ],
    });

    await store.connections.pause('acme', [STREAM], 'maintenance');
    expect((await completeness(store, now))?.gaps[0]).toMatchObject({ cause: 'not-polled' });
    await complete(store, { kind: 'backfill', start: hours(10), end: due });
    expect((await completeness(store, now))?.gaps).toEqual([]);
  });

  test('a gap that was recorded is missing until a backfill covers it', async ({ store }) => {
    const now = new Date(NOON.getTime() + 100 * DAY_MS);
    const { from = NOON, due = NOON } = (await completeness(store, now)) ?? {};
    await complete(store, { start: from, end: hours(0) });
    await complete(store, { start: hours(24), end: due, gap: { ...span(0, 24), cause: 'look-back' } });
    expect((await completeness(store, now))?.gaps).toEqual([{ ...span(0, 24), cause: 'look-back', fillable: false }]);
    await complete(store, { kind: 'backfill', ...span(0, 24) });
    expect((await completeness(store, now))?.gaps).toEqual([]);
    expect(await store.ledger.gaps('acme', STREAM)).toHaveLength(1);
  });

  test('nothing is owed before keys were accepted, nor after the end of a connection', async ({ store }) => {
    await store.connections.open({
      connectionId: 'globex',
      settings: {
        baseUrl: 'https://eu-api.mimecast.com',
        apiVersion: '1.0',
        streams: {},
        pagination: { pageSize: 1, tokenIn: 'meta' },
      },
      sealed: 'sealed',
      kid: 'ring-1',
    });
    expect(await store.completeness.of('globex', STREAM, new Date())).toBeUndefined();
    await expect(store.completeness.of('nobody', STREAM, new Date())).rejects.toThrow('nobody');

    await store.connections.beginDisconnect('acme');
    const { updatedAt } = await store.connections.finishDisconnect('acme');
    const { due = NOON } = (await completeness(store, new Date(updatedAt.getTime() + 50 * DAY_MS))) ?? {};
    expect(due.getTime()).toBe(Math.floor((updatedAt.getTime() - DUE_MS) / 1000) * 1000);
  });
});

test('a window with another number of events than the vendor said is named, and no other is', async ({ store }) => {
  await complete(store, span(0, 1), auditEvents(0, 4), 4);
  await complete(store, span(1, 2), auditEvents(3600, 4));
  const windowId = await complete(store, span(2, 3), auditEvents(7200, 4), 5);
  const growing = await takenWindow(store, span(3, 4));
  granted(await store.events.storePage({ ...page(growing, 0, auditEvents(10_800, 2), 'token'), totalCount: 2 }));
  granted(await store.events.storePage({ ...page(growing, 1, auditEvents(10_802, 1)), totalCount: 3 }));
  expect(await store.completeness.totalMismatches('acme', STREAM)).toEqual([
    { windowId, ...span(2, 3), told: 5, read: 4 },
  ]);
});

test('late events are those that a second reading found, counted with how late they are at most', async ({
  database,
  store,
}) => {
  await connect(store, 'globex');
  const at = (hour: number, id: number) => auditEvent(id, { eventTime: hours(hour) });
  await complete(store, span(0, 24), [at(1, 1), at(23.75, 2)]);
  // Half an hour is read again: 3 is late, 4 is not.
  await complete(store, span(23.5, 48), [at(23.75, 2), at(23.8, 3), at(30, 4)]);
  await complete(store, { kind: 'late-events', ...span(0, 48) }, [at(1, 1), at(2, 5), at(30, 4), at(47, 6)]);
  await complete(store, { kind: 'backfill', ...span(-30, 0) }, [at(-3, 7)]);
  await complete(store, span(48, 72), [at(50, 8)]);
  await finishedAt(database, hours(73));

  const found = (from: number, to: number) => store.completeness.lateEvents('acme', span(from, to));
  expect(await found(0, 100)).toEqual({ count: 3, largestLatenessHours: 71 });
  expect(await found(74, 100)).toEqual({ count: 0 });
  expect(await store.completeness.lateEvents('globex', span(0, 100))).toEqual({ count: 0 });
  expect((await logOf(database)).filter(({ kind }) => kind === 'page')).toHaveLength(5);
});

async function finishedAt(database: TestDatabase, moment: Date): Promise<void> {
  await database.query(`update mimecast.windows set finished_at = $1 where finished_at is not null`, [moment]);
}
