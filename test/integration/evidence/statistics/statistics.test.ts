import fc from 'fast-check';
import { describe, expect } from 'vitest';
import type { EvidenceStore } from '../../../../evidence/store.js';
import type { Protection } from '../../../../model/statistics.js';
import type { CountedRow } from '../../../../mimecast/protection-rows.js';
import { connect, granted, HOUR_MS, logOf, openWindow, PROVENANCE, takenWindow } from '../../../support/evidence.js';
import { tableTexts } from '../../../support/places.js';
import type { TestDatabase } from '../../../support/database.js';
import { addedUp, click, counted, countsOf } from '../../../support/protection-logs.js';
import { test } from '../../../support/test.js';
import type { StatisticsPage } from '../../../../evidence/statistics/store-page.js';
import type { NewWindow, StoredPage, TakenWindowRow } from '../../../../evidence/ledger/window.js';

test.beforeEach(({ store }) => connect(store, 'acme'));

const DAY_MS = 24 * HOUR_MS;
/** Noon of the day before yesterday: lately enough for digests to be held, long enough ago for whole days after it. */
const NOON = new Date(Math.floor(Date.now() / DAY_MS) * DAY_MS - DAY_MS - 12 * HOUR_MS);
const after = (ms: number): Date => new Date(NOON.getTime() + ms);

const STREAM = { stream: 'threat-statistics/url' } as const;

const taken = (store: EvidenceStore, changes: Partial<NewWindow> = {}): Promise<TakenWindowRow> =>
  takenWindow(store, { ...STREAM, start: NOON, end: after(HOUR_MS), ...changes });

const pageOf = (
  window: TakenWindowRow,
  pagesBefore: number,
  rows: readonly CountedRow[],
  changes: Partial<StatisticsPage> = {},
): StatisticsPage => ({
  window,
  protection: 'url',
  pagesBefore,
  rows,
  provenance: PROVENANCE,
  keepRows: false,
  ...changes,
});

const clickAt = (ms: number, changes: object = {}): CountedRow => counted('url', click(after(ms), { ...changes }));

/** Reads a whole window: the pages, one after the other. */
async function read(
  store: EvidenceStore,
  range: Partial<NewWindow>,
  pages: readonly (readonly CountedRow[])[],
  changes: Partial<StatisticsPage> = {},
): Promise<StoredPage[]> {
  const window = await taken(store, range);
  const stored: StoredPage[] = [];
  for (const [index, rows] of pages.entries()) {
    const next = index < pages.length - 1 ? { nextToken: `token-${index}` } : {};
    stored.push(granted(await store.statistics.storePage(pageOf(window, index, rows, { ...next, ...changes }))));
  }
  return stored;
}

const daily = (store: EvidenceStore): ReturnType<EvidenceStore['statistics']['daily']> =>
  store.statistics.daily('acme', { from: after(-40 * DAY_MS), to: after(10 * DAY_MS) });

const verified = async (store: EvidenceStore): Promise<unknown> => {
  const { ok, firstBroken } = await store.proof.verify('acme');
  return ok || firstBroken?.reason;
};

describe('which rows are one', () => {
  const cases: [string, CountedRow[], number][] = [
    ['a row that comes twice in a page', [clickAt(0), clickAt(0)], 1],
    ['rows that differ in the person', [clickAt(0), clickAt(0, { userEmailAddress: 'other@tenant.example' })], 2],
    ['rows that differ in the second', [clickAt(0), clickAt(1000)], 2],
    ['rows that differ in what was done', [clickAt(0), clickAt(0, { action: 'warn' })], 2],
    ['rows whose lists are in another order', [list(['Body', 'Attachment']), list(['Attachment', 'Body'])], 1],
  ];
  function list(emailPartsDescription: string[]): CountedRow {
    return clickAt(0, { emailPartsDescription });
  }

  test.for(cases)('%s', async ([, rows, expected], { store }) => {
    const [stored] = await read(store, {}, [rows]);
    expect(stored).toMatchObject({ events: rows.length, newEvents: expected, complete: true });
    expect((await daily(store)).reduce((sum, cell) => sum + cell.rows, 0)).toBe(expected);
  });

  test('a row that an overlapping window brings again is counted once, and what is new beside it is counted', async ({
    store,
  }) => {
    await read(store, {}, [[clickAt(40 * 60_000), clickAt(50 * 60_000)]]);
    const again = await read(store, { start: after(HOUR_MS / 2), end: after(2 * HOUR_MS) }, [
      [clickAt(40 * 60_000), clickAt(50 * 60_000), clickAt(70 * 60_000)],
    ]);
    expect(again).toMatchObject([{ events: 3, newEvents: 1 }]);
    expect(await daily(store)).toMatchObject([{ rows: 3, byResult: { clean: 3 } }]);
    expect(await verified(store)).toBe(true);
  });

  test('the same row of two logs, and of two connections, is theirs', async ({ database, store }) => {
    await connect(store, 'beta');
    await read(store, {}, [[clickAt(0)]]);
    const window = await takenWindow(store, { ...STREAM, connectionId: 'beta', start: NOON, end: after(HOUR_MS) });
    expect(granted(await store.statistics.storePage(pageOf(window, 0, [clickAt(0)])))).toMatchObject({ newEvents: 1 });
    const digests = await database.query<{ digest: string }>(
      `select encode(digest, 'hex') as digest from mimecast.row_digests`,
    );
    expect(new Set(digests.map(({ digest }) => digest)).size).toBe(2);
  });
});

test('however rows are split over pages and overlapping windows, the same is counted', async ({ database, store }) => {
  const word = (...words: string[]): fc.Arbitrary<string> => fc.constantFrom(...words);
  const row = fc
    .record({
      second: fc.integer({ min: 0, max: (3 * DAY_MS) / 1000 - 1 }),
      userEmailAddress: word('a@tenant.example', 'b@tenant.example'),
      scanResult: word('clean', 'malicious', 'suspicious'),
      action: word('allow', 'warn', 'block'),
      route: word('inbound', 'internal'),
      userOverride: word('None', 'Allow'),
    })
    .map(({ second, ...fields }) => clickAt(second * 1000, fields));
  const cut = fc.integer({ min: 1, max: 3 * 24 - 1 });

  await fc.assert(
    fc.asyncProperty(
      fc.array(row, { maxLength: 60 }),
      fc.uniqueArray(cut, { maxLength: 4 }),
      fc.integer({ min: 0, max: 12 }),
      fc.integer({ min: 1, max: 30 }),
      fc.boolean(),
      async (rows, cuts, overlapHours, pageSize, newestFirst) => {
        await database.clear();
        await connect(store, 'acme');
        const ends = [...cuts.sort((a, b) => a - b), 72].map((hour) => hour * HOUR_MS);
        for (const [index, end] of ends.entries()) {
          const begin = index === 0 ? 0 : Math.max(0, (ends[index - 1] ?? 0) - overlapHours * HOUR_MS);
          const inside = rows
            .filter(({ time }) => time >= after(begin) && time <= after(end))
            .sort((a, b) => (a.time.getTime() - b.time.getTime()) * (newestFirst ? -1 : 1));
          const pages = Array.from({ length: Math.max(1, Math.ceil(inside.length / pageSize)) }, (_, page) =>
            inside.slice(page * pageSize, (page + 1) * pageSize),
          );
          await read(store, { start: after(begin), end: after(end) }, pages);
        }
        const distinct = [...new Map(rows.map((each) => [JSON.stringify(each.raw), each])).values()];
        const days = await daily(store);
        expect(countsOf(days, 'url')).toEqual(addedUp(distinct));
        expect(days.every(({ lateRows, revision }) => lateRows === 0 && revision === 1)).toBe(true);
        expect(await verified(store)).toBe(true);
      },
    ),
    { numRuns: 15 },
  );
});

describe('a page is stored whole or not at all', () => {
  const nothing = async (database: TestDatabase, store: EvidenceStore): Promise<void> => {
    const dump = await database.dump();
    expect([dump['row_digests'], dump['daily_statistics'], dump['pages']]).toEqual([[], [], []]);
    expect(await verified(store)).toBe(true);
  };

  test('not when another attempt has taken the window', async ({ database, store }) => {
    const window = await taken(store);
    granted(await store.ledger.take(window.windowId, 1, 'run-2'));
    expect(await store.statistics.storePage(pageOf(window, 0, [clickAt(0)]))).toBe('superseded');
    await nothing(database, store);
  });

  test('not when the connection was disconnected', async ({ database, store }) => {
    const window = await taken(store);
    await store.connections.beginDisconnect('acme');
    expect(await store.statistics.storePage(pageOf(window, 0, [clickAt(0)]))).toBe('disconnected');
    await nothing(database, store);
  });

  test('not when its next token was used before; and read again from the start, nothing is counted twice', async ({
    store,
  }) => {
    const window = await taken(store);
    const first = pageOf(window, 0, [clickAt(0)], { nextToken: 'round' });
    granted(await store.statistics.storePage(first));
    const second = pageOf(window, 1, [clickAt(1000)], { nextToken: 'round' });
    expect(await store.statistics.storePage(second)).toBe('repeated-token');
    expect(await daily(store)).toMatchObject([{ rows: 1 }]);

    granted(await store.ledger.restart(window, NOON, 'repeated-token'));
    granted(await store.statistics.storePage(pageOf(window, 0, [clickAt(0), clickAt(1000)])));
    expect(await daily(store)).toMatchObject([{ rows: 2 }]);
    expect(await verified(store)).toBe(true);
  });

  test('the same page again is rejected, as it is already stored', async ({ store }) => {
    const page = pageOf(await taken(store), 0, [clickAt(0)], { nextToken: 'next' });
    granted(await store.statistics.storePage(page));
    expect(await store.statistics.storePage(page)).toBe('superseded');
    expect(await daily(store)).toMatchObject([{ rows: 1 }]);
  });
});

describe('days', () => {
  /** Midnights before and after NOON. */
  const midnight = (days: number): Date => after(days * DAY_MS - 12 * HOUR_MS);

  test('a day is complete when it is held from its beginning to its end, and no gap is in it', async ({
    database,
    store,
  }) => {
    await read(store, { start: NOON, end: after(DAY_MS) }, [[clickAt(HOUR_MS), clickAt(20 * HOUR_MS)]]);
    const complete = async (): Promise<unknown> => (await daily(store)).map(({ day, complete: held }) => [day, held]);
    const [first, second] = [after(HOUR_MS), after(20 * HOUR_MS)].map((at) => at.toISOString().slice(0, 10));
    expect(await complete()).toEqual([
      [first, false],
      [second, false],
    ]);
    await read(store, { start: after(DAY_MS), end: midnight(2) }, [[]]);
    expect(await complete()).toEqual([
      [first, false],
      [second, true],
    ]);
    await database.query(`insert into mimecast.gaps values ('acme', 'threat-statistics/url', $1, $2, 'look-back')`, [
      midnight(1),
      after(DAY_MS),
    ]);
    expect(await complete()).toEqual([
      [first, false],
      [second, false],
    ]);
  });

  test('rows of a day that was complete are late, and each window that brings some makes one new revision', async ({
    store,
  }) => {
    await read(store, { start: midnight(0), end: midnight(1) }, [[clickAt(0)]]);
    expect(await daily(store)).toMatchObject([{ rows: 1, lateRows: 0, revision: 1, complete: true }]);

    const late = { kind: 'late-events', start: midnight(0), end: midnight(1) } as const;
    const rows = [clickAt(0), clickAt(1000), clickAt(2000, { route: 'internal' })];
    await read(store, late, [rows.slice(0, 1), rows.slice(1, 2), rows.slice(2)]);
    expect(await daily(store)).toMatchObject([
      { route: 'inbound', rows: 2, lateRows: 1, revision: 2 },
      { route: 'internal', rows: 1, lateRows: 1, revision: 2 },
    ]);
    await read(store, late, [rows, [clickAt(3000)], [clickAt(4000)]]);
    await read(store, late, [rows]);
    expect(await daily(store)).toMatchObject([
      { route: 'inbound', rows: 4, lateRows: 3, revision: 3, complete: true },
      { route: 'internal', rows: 1, lateRows: 1, revision: 2 },
    ]);
    expect(await verified(store)).toBe(true);
  });
});

describe('what is kept of rows', () => {
  const PLANTED = ['canary', '198.51.100.77'];
  const found = async (database: TestDatabase): Promise<string[]> =>
    [...(await tableTexts(database))].flatMap(([table, text]) =>
      PLANTED.some((value) => text.includes(value)) ? [table] : [],
    );

  test('nothing that names people, unless rows are kept', async ({ database, store }) => {
    await read(store, {}, [[clickAt(0)]]);
    expect(await found(database)).toEqual([]);
    await read(store, { start: after(HOUR_MS), end: after(2 * HOUR_MS) }, [[clickAt(1.5 * HOUR_MS)]], {
      keepRows: true,
    });
    expect(await found(database)).toEqual(['protection_rows']);
    const kept = await database.query<{ body: string }>('select body from mimecast.protection_rows');
    expect(kept.map(({ body }) => JSON.parse(body) as unknown)).toEqual([click(after(1.5 * HOUR_MS))]);
  });

  test('digests are forgotten when no window can bring their rows again; the statistics stay provable', async ({
    database,
    store,
  }) => {
    const long = -33 * DAY_MS;
    const range = { start: after(long - HOUR_MS), end: after(long) };
    await read(store, range, [[clickAt(long - 1000)]]);
    await read(store, { start: range.end, end: after(0) }, [[clickAt(-1000)]]);
    expect(await database.query('select read_to from mimecast.row_digests')).toEqual([{ read_to: after(0) }]);
    expect(await daily(store)).toHaveLength(2);
    expect(await verified(store)).toBe(true);
  });

  test('after the key was destroyed, rows that may have been counted are not counted again, and new ones are', async ({
    database,
    store,
  }) => {
    await read(store, {}, [[clickAt(0)]]);
    await database.query('delete from mimecast.row_keys');
    await read(store, { start: after(HOUR_MS / 2), end: after(2 * HOUR_MS) }, [[clickAt(0), clickAt(1.5 * HOUR_MS)]]);
    expect(await daily(store)).toMatchObject([{ rows: 2 }]);
    await read(store, { start: after(HOUR_MS), end: after(3 * HOUR_MS) }, [[clickAt(1.5 * HOUR_MS)]]);
    expect(await daily(store)).toMatchObject([{ rows: 2 }]);
    const pages = (await logOf(database)).filter(({ kind }) => kind === 'statistics-page');
    expect(pages.map(({ data }) => data['uncounted'])).toEqual([undefined, 1, undefined]);
    expect(await verified(store)).toBe(true);
  });
});

describe('verify finds', () => {
  const cases: [string, string, RegExp][] = [
    ['a count that was changed', 'update mimecast.daily_statistics set rows = rows - 1', /are not what the pages/],
    ['a word that was changed', `update mimecast.daily_statistics set by_action = '{"block": 2}'`, /are not what the/],
    ['a revision that was taken back', 'update mimecast.daily_statistics set revision = 0', /are not what the pages/],
    ['a cell that is gone', 'delete from mimecast.daily_statistics', /statistics of .* \(url, inbound\) are gone/],
    [
      'a cell that no page made',
      `update mimecast.daily_statistics set route = 'outbound'`,
      /\(url, outbound\) are not/,
    ],
    ['a row digest that is gone', 'delete from mimecast.row_digests', /digests of 0 of them are held/],
    [
      'another row digest',
      String.raw`update mimecast.row_digests set digest = '\x00'`,
      /are not those that were stored/,
    ],
    ['a row that was changed', `update mimecast.protection_rows set body = '{}'`, /a row of this page was changed/],
    ['a row that is gone', 'delete from mimecast.protection_rows', /kept 1 rows, and 0 of them are held/],
  ];
  test.for(cases)('%s', async ([, tampering, reason], { database, store }) => {
    await read(store, {}, [[clickAt(0)]], { keepRows: true });
    expect(await verified(store)).toBe(true);
    await database.query(tampering);
    expect(await verified(store)).toMatch(reason);
  });
});

test('what each log said last is kept, with how far it is held', async ({ store }) => {
  const note = (protection: Protection, at: Date, saying: object): Promise<void> =>
    store.statistics.note({
      connectionId: 'acme',
      generation: 1,
      protection,
      outcome: 'collected',
      observedAt: at,
      ...saying,
    });
  await read(store, {}, [[clickAt(0)]]);
  await note('url', after(HOUR_MS), {});
  await note('dlp', after(HOUR_MS), { outcome: 'forbidden', permission: 'Monitoring | Data Leak Prevention | Read' });
  await note('dlp', after(0), {});
  await note('attachment', after(0), { generation: 2 });
  expect(await store.statistics.logs('acme')).toEqual({
    url: { outcome: 'collected', observedAt: after(HOUR_MS), watermark: after(HOUR_MS) },
    dlp: {
      outcome: 'forbidden',
      observedAt: after(HOUR_MS),
      permission: 'Monitoring | Data Leak Prevention | Read',
    },
  });
});

test('a page of many rows of all kinds of text is counted', async ({ store }) => {
  const odd = ['\0', '\uD800', '"', '__proto__', 'constructor', '💥', ' '];
  const rows = Array.from({ length: 500 }, (_, index) =>
    clickAt(index * 1000, {
      ttpDefinition: odd[index % odd.length],
      action: odd[(index + 1) % odd.length],
      scanResult: odd[(index + 2) % odd.length],
      subject: odd[(index + 3) % odd.length],
    }),
  );
  await read(store, {}, [rows], { keepRows: true });
  const days = await daily(store);
  expect(days.reduce((sum, cell) => sum + cell.rows, 0)).toBe(500);
  expect(days.flatMap(({ byAction }) => Object.values(byAction)).reduce((sum, count) => sum + count, 0)).toBe(500);
  expect(await verified(store)).toBe(true);
});

test('a stream has one open window for each of its logs, and its counts are over all of them', async ({ store }) => {
  const url = await taken(store);
  const dlp = await takenWindow(store, { stream: 'threat-statistics/dlp', start: NOON, end: after(HOUR_MS) });
  expect((await openWindow(store, { ...STREAM })).windowId).toBe(url.windowId);
  expect(dlp.windowId).not.toBe(url.windowId);
  granted(await store.statistics.storePage(pageOf(url, 0, [clickAt(0)])));
  const hit = counted('dlp', { eventTime: click(NOON)['date'], policy: 'Cards', action: 'hold' });
  granted(await store.statistics.storePage({ ...pageOf(dlp, 0, [hit]), protection: 'dlp' }));
  expect(await store.ledger.pollCounts('acme', 'threat-statistics', 'run-1')).toMatchObject({ pages: 2, newEvents: 2 });
  expect(await store.ledger.pollCounts('acme', 'threat-statistics/dlp', 'run-1')).toMatchObject({ pages: 1 });
  expect(countsOf(await daily(store), 'dlp')).toEqual(addedUp([hit]));
});
