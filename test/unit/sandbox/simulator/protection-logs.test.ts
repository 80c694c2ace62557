import { request } from 'undici';
import { afterEach, describe, expect, test } from 'vitest';
import {
  believableTenant,
  ENDPOINT_PATHS,
  lateRows,
  startSimulator,
  type Simulator,
  type SimulatedProtectionLog,
  type SimulatorOptions,
} from '../../../../sandbox/index.js';
import { vendorTime } from '../../../../sandbox/simulator/audit-log.js';
import { call, codes, envelope } from '../../../support/sandbox/simulator-caller.js';

const DAY_MS = 86_400_000;
const to = new Date(Date.now() - 60_000);
const from = new Date(to.getTime() - 29 * DAY_MS);
const tenant = believableTenant({ events: 0, clicks: 6000, from, to });
const { keys } = tenant;

let simulator: Simulator;
const start = async (options: SimulatorOptions = {}): Promise<void> => {
  simulator = await startSimulator({ tenants: [tenant], ...options });
};
afterEach(() => simulator.stop());

type Row = Readonly<Record<string, unknown>>;

const FORMS = {
  'ttp-url-logs': { listKey: 'clickLogs', time: 'date', filters: { route: 'all', scanResult: 'all' } },
  'ttp-attachment-logs': { listKey: 'attachmentLogs', time: 'date', filters: { route: 'all', result: 'all' } },
  'ttp-impersonation-logs': { listKey: 'impersonationLogs', time: 'eventTime', filters: {} },
  'dlp-logs': { listKey: 'dlpLogs', time: 'eventTime', filters: {} },
} as const;
const LOGS = Object.keys(FORMS) as SimulatedProtectionLog[];

async function readAll(log: SimulatedProtectionLog, filters: object = {}): Promise<Row[]> {
  const { listKey, filters: all } = FORMS[log];
  const rows: Row[] = [];
  let pageToken: string | undefined;
  do {
    const page = await call(simulator.url, keys, ENDPOINT_PATHS[log], {
      meta: { pagination: { pageSize: 500, ...(pageToken !== undefined && { pageToken }) } },
      data: [{ from: vendorTime(from.getTime()), to: vendorTime(to.getTime()), ...all, ...filters }],
    });
    const { data, meta } = envelope(page);
    rows.push(...(data[0]?.[listKey] as Row[]));
    pageToken = meta.pagination?.next;
  } while (pageToken !== undefined);
  return rows;
}

describe.each(LOGS)('%s', (log) => {
  test('gives every row once, in either order, and the same rows to every simulator', async () => {
    await start();
    const newest = await readAll(log);
    const oldest = await readAll(log, { oldestFirst: true });
    const times = oldest.map((row) => String(row[FORMS[log].time]));
    expect(times).toEqual(times.toSorted());
    expect(newest).toHaveLength(
      { 'ttp-url-logs': 6000, 'ttp-attachment-logs': 1500, 'ttp-impersonation-logs': 240, 'dlp-logs': 400 }[log],
    );
    expect(newest.toReversed()).toEqual(oldest);

    await simulator.stop();
    await start();
    expect(await readAll(log, { oldestFirst: true })).toEqual(oldest);
  });

  test('shows late rows where they happened', async () => {
    await start();
    const before = (await readAll(log)).length;
    const late = lateRows(log, 2, 3 * DAY_MS);
    simulator.tenants[0]?.addLateRows(log, late);
    const rows = await readAll(log);
    expect(rows).toHaveLength(before + 2);
    expect(rows).toEqual(expect.arrayContaining(late));
  });

  test('refuses what would leave rows out, and what lies further back than it is kept', async () => {
    await start();
    const ask = async (item: object): Promise<string[]> =>
      codes(await call(simulator.url, keys, ENDPOINT_PATHS[log], { data: [item] }));
    const range = { from: vendorTime(from.getTime()), to: vendorTime(to.getTime()) };
    const { filters } = FORMS[log];
    expect(await ask({ ...range, ...filters, query: 'x' })).toEqual(['err_simulator_not_played']);
    if (Object.keys(filters).length > 0) expect(await ask(range)).toEqual(['err_simulator_not_played']);
    expect(await ask({ ...filters, to: range.to })).toEqual(['err_validation_null']);
    const early = vendorTime(Date.now() - 31 * DAY_MS);
    expect(await ask({ ...range, ...filters, from: early })).toEqual(['err_validation_invalid_date_range']);
  });
});

test('a day has some of everything: clean and malicious, blocked, warned and let through, rows that share an id', async () => {
  await start();
  const words = (rows: readonly Row[], field: string): Set<unknown> => new Set(rows.map((row) => row[field]));
  const clicks = await readAll('ttp-url-logs');
  expect(words(clicks, 'scanResult')).toEqual(new Set(['clean', 'malicious']));
  expect(words(clicks, 'action')).toEqual(new Set(['allow', 'block', 'warn']));
  expect(words(clicks, 'userAwarenessAction')).toContain('Continue');
  expect(clicks.filter(({ scanResult }) => scanResult === 'clean').length).toBeGreaterThan(clicks.length * 0.8);
  expect(clicks.some((row) => Object.hasOwn(row, 'id'))).toBe(false);
  expect(words(await readAll('ttp-attachment-logs'), 'result')).toEqual(
    new Set(['safe', 'malicious', 'timeout', 'error']),
  );
  const impersonations = await readAll('ttp-impersonation-logs');
  expect(words(impersonations, 'id').size).toBeLessThan(impersonations.length);
});

test('the totals of API 2.0 are answered to a signed GET, and to nothing else', async () => {
  await start();
  const url = `${simulator.url}${ENDPOINT_PATHS['stats-url-clicks']}?start=2026-04-01`;
  expect((await request(url, { method: 'GET' })).statusCode).toBe(401);
  expect((await call(simulator.url, keys, ENDPOINT_PATHS['stats-url-clicks'])).status).toBe(405);
});

test('late rows may be sent for from another process', async () => {
  await start();
  const before = (await readAll('dlp-logs')).length;
  const sent = await request(`${simulator.url}/simulator/tenants/0/late-rows`, {
    method: 'POST',
    body: JSON.stringify({ log: 'dlp-logs', count: 3, ageMs: DAY_MS }),
  });
  expect(sent.statusCode).toBe(200);
  expect(await readAll('dlp-logs')).toHaveLength(before + 3);
});
