import { describe, expect } from 'vitest';
import {
  auditEvent,
  auditEvents,
  connect,
  granted,
  HOUR_MS,
  NOON,
  openWindow,
  page,
  SETTINGS,
  takenWindow,
} from '../../../support/evidence.js';
import type { TestDatabase } from '../../../support/database.js';
import { test } from '../../../support/test.js';
import type { TakenWindow } from '../../../../evidence/ledger/window.js';

test.beforeEach(({ store }) => connect(store, 'acme'));

const heldEvents = async (database: TestDatabase): Promise<number> => {
  const [held] = await database.query<{ count: number }>('select count(*)::integer from mimecast.audit_events');
  return held?.count ?? -1;
};

describe('storing the pages of a window', () => {
  test('a window of three pages is complete with its last page, and only then moves the watermark', async ({
    store,
  }) => {
    const window = await takenWindow(store);

    expect(await store.events.storePage(page(window, 0, auditEvents(0, 5), 'token-1'))).toEqual({
      pages: 1,
      events: 5,
      newEvents: 5,
      complete: false,
    });
    await store.events.storePage(page(window, 1, auditEvents(5, 5), 'token-2'));
    const midway = await store.ledger.position('acme', 'audit-events');
    expect(midway.watermark).toBeUndefined();
    expect(midway.openWindow).toMatchObject({ pages: 2, events: 10, newEvents: 10, pageToken: 'token-2' });

    const last = await store.events.storePage(page(window, 2, auditEvents(10, 3)));
    expect(last).toEqual({ pages: 3, events: 13, newEvents: 3, complete: true });
    expect(await store.ledger.position('acme', 'audit-events')).toEqual({ watermark: window.end });
  });

  test('a re-reading of late events does not move the watermark', async ({ store }) => {
    await store.events.storePage(page(await takenWindow(store), 0, []));
    const end = new Date(NOON.getTime() + 2 * HOUR_MS);
    const late = await takenWindow(store, { kind: 'late-events', end });
    await store.events.storePage(page(late, 0, auditEvents(0, 1)));

    const position = await store.ledger.position('acme', 'audit-events');
    expect(position).toEqual({ watermark: new Date(NOON.getTime() + HOUR_MS), lateEventsReadTo: end });
  });

  test('an event that an earlier window brought is stored once and stays on its first page', async ({
    database,
    store,
  }) => {
    await store.events.storePage(page(await takenWindow(store), 0, auditEvents(0, 4)));
    const overlapping = await takenWindow(store, { end: new Date(NOON.getTime() + 2 * HOUR_MS) });
    const stored = await store.events.storePage(page(overlapping, 0, auditEvents(2, 4)));

    expect(stored).toMatchObject({ events: 4, newEvents: 2 });
    expect(await heldEvents(database)).toBe(6);
    expect(await store.proof.verify('acme')).toMatchObject({ ok: true });
  });

  test('the same event twice in one page is stored once', async ({ store }) => {
    const twice = [auditEvent(1), auditEvent(1)];
    const stored = await store.events.storePage(page(await takenWindow(store), 0, twice));
    expect(stored).toMatchObject({ events: 2, newEvents: 1 });
    expect(await store.proof.verify('acme')).toMatchObject({ ok: true });
  });

  test('the same id at another time is a second version of the event', async ({ store }) => {
    const versions = [auditEvent(1), auditEvent(1, { eventTime: new Date(NOON.getTime() + 90_000) })];
    const stored = await store.events.storePage(page(await takenWindow(store), 0, versions));
    expect(stored).toMatchObject({ newEvents: 2 });
  });

  test('events with NUL, lone surrogates and quotes keep their canonical bytes', async ({ database, store }) => {
    const text = 'a\u0000b \ud800 "quoted" \\ {x,y} \u2028 😀';
    const event = auditEvent(1, { user: text, category: text, auditType: text, raw: { id: 'x', b: text, a: 1e21 } });
    await store.events.storePage(page(await takenWindow(store), 0, [event]));

    const [row] = await database.query<{ body: string; user_name: string }>('select * from mimecast.audit_events');
    expect(row?.body).toBe(`{"a":1e+21,"b":${JSON.stringify(text)},"id":"x"}`);
    expect(row?.user_name).toBe('a\ufffdb \ufffd "quoted" \\ {x,y} \u2028 😀');
    expect(await store.proof.verify('acme')).toMatchObject({ ok: true });
  });
});

describe('two attempts at one window', () => {
  test('the newer one wins, and the older one stores nothing at all', async ({ database, store }) => {
    const older = await takenWindow(store);
    const newer = granted(await store.ledger.take(older.windowId, 1, 'run-2'));
    const headBefore = await store.log.head('acme');

    expect(await store.events.storePage(page(older, 0, auditEvents(0, 5), 'token-1'))).toBe('superseded');
    expect(await heldEvents(database)).toBe(0);
    expect(await store.log.head('acme')).toEqual(headBefore);

    expect(await store.events.storePage(page(newer, 0, auditEvents(0, 5)))).toMatchObject({ complete: true });
  });

  test('racing with the same epoch, a page is stored by one of them only', async ({ database, store }) => {
    const window = await takenWindow(store);
    const racers = Array.from({ length: 6 }, () =>
      store.events.storePage(page(window, 0, auditEvents(0, 50), 'token-1')),
    );

    const answers = await Promise.all(racers);
    expect(answers.filter((answer) => typeof answer !== 'string')).toHaveLength(1);
    expect(answers.filter((answer) => answer === 'superseded')).toHaveLength(5);
    expect(await heldEvents(database)).toBe(50);
  });

  test('a window that is complete can no longer be taken', async ({ store }) => {
    const window = await takenWindow(store);
    await store.events.storePage(page(window, 0, []));
    expect(await store.ledger.take(window.windowId, 1, 'run-2')).toBe('superseded');
  });

  test('opening a window twice gives the same one, and records its gap once', async ({ database, store }) => {
    const gap = { start: new Date(NOON.getTime() - HOUR_MS), end: NOON, cause: 'look-back' } as const;
    const windows = await Promise.all(Array.from({ length: 4 }, () => openWindow(store, { gap })));

    expect(new Set(windows.map(({ windowId }) => windowId)).size).toBe(1);
    expect(await store.ledger.gaps('acme', 'audit-events')).toEqual([gap]);
    expect(await database.query(`select from mimecast.log where record::json ->> 'kind' = 'gap'`)).toHaveLength(1);
  });
});

describe('page tokens', () => {
  test('a token that the window has used is refused, and its page stores nothing', async ({ database, store }) => {
    const window = await takenWindow(store);
    await store.events.storePage(page(window, 0, auditEvents(0, 2), 'token-1'));
    await store.events.storePage(page(window, 1, auditEvents(2, 2), 'token-2'));
    const headBefore = await store.log.head('acme');

    expect(await store.events.storePage(page(window, 2, auditEvents(4, 2), 'token-1'))).toBe('repeated-token');
    expect(await heldEvents(database)).toBe(4);
    expect(await store.log.head('acme')).toEqual(headBefore);
    const { openWindow: open } = await store.ledger.position('acme', 'audit-events');
    expect(open).toMatchObject({ pages: 2, pageToken: 'token-2' });
  });

  test('after a restart the window may meet the same tokens again', async ({ store }) => {
    const window = await takenWindow(store);
    await store.events.storePage(page(window, 0, auditEvents(0, 2), 'token-1'));
    const restarted = granted(await store.ledger.restart(window, window.start, 'token refused'));
    expect(restarted).toMatchObject({ pages: 0, events: 0, newEvents: 2, restarts: 1 });
    expect(restarted.pageToken).toBeUndefined();

    const again = await store.events.storePage(page(window, 0, auditEvents(0, 2), 'token-1'));
    expect(again).toMatchObject({ pages: 1, newEvents: 0 });
    expect(await store.proof.verify('acme')).toMatchObject({ ok: true });
  });

  test('a window is given up after three restarts; the next poll opens it from the watermark again', async ({
    store,
  }) => {
    const window = await takenWindow(store);
    for (let restart = 1; restart <= 3; restart += 1) {
      expect(await store.ledger.restart(window, window.start, 'token refused')).toMatchObject({ restarts: restart });
    }
    expect(await store.ledger.restart(window, window.start, 'token refused')).toBe('exhausted');
    expect(await store.ledger.position('acme', 'audit-events')).toEqual({});
    expect(await store.ledger.gaps('acme', 'audit-events')).toEqual([]);
    expect((await openWindow(store)).windowId).not.toBe(window.windowId);
  });

  test('what a restart no longer covers becomes a gap', async ({ store }) => {
    const window = await takenWindow(store);
    const start = new Date(NOON.getTime() + 600_000);
    await store.ledger.restart(window, start, 'token refused');
    expect(await store.ledger.gaps('acme', 'audit-events')).toEqual([{ start: NOON, end: start, cause: 'look-back' }]);
  });

  test('a window that waits for its first page moves on with what the vendor drops, and leaves one gap that grows', async ({
    store,
  }) => {
    const window = await takenWindow(store);
    const later = (minutes: number): Date => new Date(NOON.getTime() + minutes * 60_000);
    for (const minutes of [20, 50]) {
      const moved = await store.ledger.move(window, later(minutes), window.end);
      expect(moved).toMatchObject({ start: later(minutes), end: window.end, state: 'open', restarts: 0 });
    }
    await store.ledger.move(window, later(70), later(130));
    const [gap, ...others] = await store.ledger.gaps('acme', 'audit-events');
    expect(others).toEqual([]);
    expect(gap).toEqual({ start: NOON, end: later(70), cause: 'look-back' });
    await store.events.storePage(page(window, 0, [], 'token-1'));
    expect(await store.ledger.move(window, later(90), later(130))).toMatchObject({ start: later(70), pages: 1 });
    expect(await store.proof.verify('acme')).toMatchObject({ ok: true });
  });

  test('a window that the vendor has dropped as a whole is given up', async ({ store }) => {
    const window = await takenWindow(store);
    expect(await store.ledger.restart(window, window.end, 'token refused')).toBe('exhausted');
  });
});

describe('what one poll did', () => {
  test('counts its own pages only, over all its windows', async ({ store }) => {
    const first = await takenWindow(store);
    await store.events.storePage(page(first, 0, auditEvents(0, 3), 'token-1'));
    const second = granted(await store.ledger.take(first.windowId, 1, 'run-2'));
    await store.events.storePage(page(second, 1, auditEvents(2, 3)));
    const { windowId } = await openWindow(store, { end: new Date(NOON.getTime() + 2 * HOUR_MS) });
    const third = granted(await store.ledger.take(windowId, 1, 'run-2'));
    await store.events.storePage(page(third, 0, auditEvents(5, 1)));

    const counts = await store.ledger.pollCounts('acme', 'audit-events', 'run-2');
    expect(counts).toEqual({ windows: 2, pages: 2, events: 4, newEvents: 3 });
    const before = await store.ledger.pollCounts('acme', 'audit-events', 'run-1');
    expect(before).toEqual({ windows: 1, pages: 1, events: 3, newEvents: 3 });
  });
});

describe('a connection that is disconnected meanwhile', () => {
  test('takes no further page, window or restart, and its open window is dropped', async ({ database, store }) => {
    const window = await takenWindow(store);
    await store.events.storePage(page(window, 0, auditEvents(0, 2), 'token-1'));
    await store.connections.beginDisconnect('acme');

    expect(await store.events.storePage(page(window, 1, auditEvents(2, 2)))).toBe('disconnected');
    expect(await store.ledger.take(window.windowId, 1, 'run-2')).toBe('disconnected');
    expect(await store.ledger.restart(window, NOON, 'token refused')).toBe('disconnected');
    expect(await store.ledger.move(window, NOON, window.end)).toBe('disconnected');
    expect(await heldEvents(database)).toBe(2);

    await store.connections.finishDisconnect('acme');
    expect((await store.ledger.position('acme', 'audit-events')).openWindow).toBeUndefined();
    expect(await store.proof.verify('acme')).toMatchObject({ ok: true });
  });

  test('has no page in the log after that, however close the race', async ({ database, store }) => {
    const streams = ['audit-events', 'policies', 'archive-settings', 'account'] as const;
    const lanes = await Promise.all(streams.map((stream) => takenWindow(store, { stream })));
    const collect = async (window: TakenWindow): Promise<void> => {
      for (let pages = 0; ; pages += 1) {
        const stored = await store.events.storePage(page(window, pages, auditEvents(pages, 20), `token-${pages}`));
        if (typeof stored === 'string') {
          expect(stored).toBe('disconnected');
          return;
        }
        if (pages === 3) await store.connections.beginDisconnect('acme');
      }
    };
    await Promise.all(lanes.map(collect));

    const [last] = await database.query<{ kind: string }>(
      `select record::json ->> 'kind' as kind from mimecast.log order by sequence desc limit 1`,
    );
    expect(last?.kind).toBe('disconnecting');
    expect(await store.proof.verify('acme')).toMatchObject({ ok: true });
  });

  test('and connected again, still refuses the work of before', async ({ store }) => {
    const window = await takenWindow(store);
    await store.connections.beginDisconnect('acme');
    await store.connections.finishDisconnect('acme');
    await store.connections.open({ connectionId: 'acme', settings: SETTINGS, sealed: 'other', kid: 'k' });
    await store.connections.promote('acme', 2, { accountCode: 'CUK1A1', acceptedAt: NOON });

    expect(await store.events.storePage(page(window, 0, auditEvents(0, 2)))).toBe('disconnected');
    expect(await openWindow(store, { generation: 2 })).toMatchObject({ state: 'open' });
  });
});

test('eight lanes of one connection at once lose no entry of the log', async ({ store }) => {
  const streams = ['audit-events', 'policies', 'archive-settings', 'account'] as const;
  const ids = ['acme', 'other'];
  await connect(store, 'other');
  const lanes = ids.flatMap((connectionId) => streams.map((stream) => ({ connectionId, stream })));

  await Promise.all(
    lanes.map(async ({ connectionId, stream }) => {
      const window = await takenWindow(store, { connectionId, stream });
      for (let number = 0; number < 12; number += 1) {
        // The lanes share events, so that they meet on the same keys as well.
        const stored = await store.events.storePage(
          page(window, number, auditEvents(number * 20, 40), `token-${number}`),
        );
        granted(stored);
      }
    }),
  );

  for (const connectionId of ids) {
    expect(await store.proof.verify(connectionId)).toEqual({ connectionId, ok: true, records: 2 + 4 * 12 });
  }
});
