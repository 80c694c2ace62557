import { afterEach, describe, expect, test } from 'vitest';
import {
  believableTenant,
  lateEvents,
  startSimulator,
  type Simulator,
  type SimulatorOptions,
} from '../../../../sandbox/index.js';
import {
  AUDIT,
  auditBody,
  call,
  codes,
  envelope,
  readAll,
  type Envelope,
} from '../../../support/sandbox/simulator-caller.js';

const DAY_MS = 86_400_000;
const to = new Date(Date.now() - 60_000);
const from = new Date(to.getTime() - 59 * DAY_MS);
const tenant = believableTenant({ events: 1_730, from, to });
const { keys } = tenant;

let simulator: Simulator;
const start = async (options: SimulatorOptions = {}): Promise<string> => {
  simulator = await startSimulator({ tenants: [tenant], ...options });
  return simulator.url;
};
afterEach(() => simulator.stop());

const idsOf = (pages: readonly Envelope[]): unknown[] => pages.flatMap(({ data }) => data.map(({ id }) => id));
const timesOf = (pages: readonly Envelope[]): string[] =>
  pages.flatMap(({ data }) => data.map((row) => String(row['eventTime'])));

describe('reading a range', () => {
  test.each(['meta', 'data'] as const)('gives every event once, with tokens in %s', async (tokenForm) => {
    const url = await start({ tokenForm });
    const pages = await readAll(url, keys, { from, to, tokenIn: tokenForm });
    expect(pages.map(({ data }) => data.length)).toEqual([500, 500, 500, 230]);
    expect(new Set(idsOf(pages)).size).toBe(1_730);
  });

  test('comes newest first, or oldest first when it is set so', async () => {
    const url = await start();
    const newest = timesOf(await readAll(url, keys, { from, to }));
    expect(newest).toEqual(newest.toSorted().reverse());

    simulator.configure({ order: 'oldest-first' });
    const oldest = timesOf(await readAll(url, keys, { from, to }));
    expect(oldest).toEqual(oldest.toSorted());
    expect(oldest.toSorted()).toEqual(newest.toSorted());
  });

  test('ends with an empty page that has a token, when it is set so', async () => {
    const url = await start({ lastPage: 'empty-with-token' });
    const pages = await readAll(url, keys, { from, to });
    expect(pages.map(({ data }) => data.length)).toEqual([500, 500, 500, 230, 0]);
    expect(pages.at(-1)?.meta.pagination).toEqual({ pageSize: 0, next: expect.any(String) as string });
  });

  test('takes a token without dates in the form of the product specification', async () => {
    const url = await start({ tokenForm: 'data' });
    const first = envelope(await call(url, keys, AUDIT, auditBody({ from, to })));
    const second = envelope(await call(url, keys, AUDIT, { data: [{ pageToken: first.pageToken }] }));
    expect(second.data).toHaveLength(500);
    expect(second.data[0]?.['id']).not.toBe(first.data[0]?.['id']);
  });

  test('gives two ranges that meet neither a gap nor a repeated event', async () => {
    const url = await start();
    const middle = new Date(Math.floor((from.getTime() + 30 * DAY_MS) / 1000) * 1000);
    const before = await readAll(url, keys, { from, to: middle });
    const after = await readAll(url, keys, { from: new Date(middle.getTime() + 1000), to });
    expect(new Set(idsOf([...before, ...after])).size).toBe(1_730);
  });

  test('shows late events in their place in time', async () => {
    const url = await start();
    const late = lateEvents(3, 10 * DAY_MS);
    simulator.tenants[0]?.addLateEvents(late);
    const pages = await readAll(url, keys, { from, to });
    expect(idsOf(pages)).toEqual(expect.arrayContaining(late.map(({ id }) => id)));
    expect(idsOf(pages)).toHaveLength(1_733);
    expect(timesOf(pages)).toEqual(timesOf(pages).toSorted().reverse());
  });
});

describe('a page', () => {
  test('is the same each time it is asked for, and about 207 KB', async () => {
    const url = await start();
    const pages = [1, 2].map(() => call(url, keys, AUDIT, auditBody({ from, to })));
    const [first, again] = await Promise.all(pages);
    expect(first?.text).toBe(again?.text);
    expect(first?.text.length).toBeGreaterThan(195_000);
    expect(first?.text.length).toBeLessThan(220_000);
  });

  test('of events that are given one by one holds just those', async () => {
    const event = { id: 'a', auditType: 'New Policy', category: 'account_logs', eventInfo: '', user: '' };
    const eventTime = '2026-01-05T09:00:07+0000';
    simulator = await startSimulator({ tenants: [{ ...tenant, auditEvents: [{ ...event, eventTime }] }] });
    expect(idsOf(await readAll(simulator.url, keys, { from, to }))).toEqual([]);
    const around = { from: new Date('2026-01-05T09:00:07Z'), to: new Date('2026-01-05T09:00:07Z') };
    const old = await call(simulator.url, keys, AUDIT, auditBody(around));
    expect(codes(old)).toEqual(['err_validation_invalid_date_range']);
  });
});

describe('a request that the vendor refuses', () => {
  test.each([
    ['without dates', { data: [{}] }, ['err_validation_null', 'err_validation_null']],
    ['without an item', { data: [] }, ['err_validation_null', 'err_validation_null']],
    ['with one date', { data: [{ endDateTime: '2026-01-05T09:00:07+0000' }] }, ['err_validation_null']],
    ['with two items', { data: [{}, {}] }, ['err_validation_invalid_size']],
    [
      'with a colon in the zone',
      { data: [{ startDateTime: '2026-01-05T09:00:07+00:00', endDateTime: '' }] },
      ['err_validation_invalid_date'],
    ],
    ['with a page of 501', auditBody({ from, to, pageSize: 501 }), ['err_validation_invalid_size']],
    [
      'from 61 days ago',
      auditBody({ from: new Date(Date.now() - 61 * DAY_MS), to }),
      ['err_validation_invalid_date_range'],
    ],
    ['with a token that is none', auditBody({ from, to, token: 'abc' }), ['err_validation_invalid_page_token']],
  ])('%s is answered with HTTP 200 and fail', async (_, body, expected) => {
    const url = await start();
    const reply = await call(url, keys, AUDIT, body);
    expect([reply.status, codes(reply), envelope(reply).data]).toEqual([200, expected, []]);
  });

  test('with a token of another range is refused', async () => {
    const url = await start();
    const token = envelope(await call(url, keys, AUDIT, auditBody({ from, to }))).meta.pagination?.next;
    const other = auditBody({ from: new Date(from.getTime() + DAY_MS), to, token });
    expect(codes(await call(url, keys, AUDIT, other))).toEqual(['err_validation_invalid_page_token']);
  });

  test('with the token in the form that is not played reads the first page again', async () => {
    const url = await start();
    const first = envelope(await call(url, keys, AUDIT, auditBody({ from, to })));
    const token = first.meta.pagination?.next;
    const again = envelope(await call(url, keys, AUDIT, auditBody({ from, to, token, tokenIn: 'data' })));
    expect(again.data[0]?.['id']).toBe(first.data[0]?.['id']);
  });
});
