import { describe, expect } from 'vitest';
import type { PollReport } from '../../../../client/reports.js';
import { PROTECTIONS, type Protection } from '../../../../model/statistics.js';
import { ENDPOINTS } from '../../../../mimecast/endpoints.js';
import { PROTECTION_LOGS } from '../../../../mimecast/protection-logs.js';
import { lateRows } from '../../../../sandbox/simulator/fixtures/believable-rows.js';
import type { Fault } from '../../../../sandbox/simulator/faults.js';
import type { SimulatedProtectionLog } from '../../../../sandbox/simulator/tenant.js';
import { letTimePass } from '../../../support/audit-log.js';
import { ago, DAY_MS, HOUR_MS, MINUTE_MS, type Engine, type Tenant } from '../../../support/engine.js';
import { connectionRuns, runText, tableTexts } from '../../../support/places.js';
import { addedUp, click, counted, countsOf, vendorRows } from '../../../support/protection-logs.js';
import { test as base } from '../../../support/test.js';

const test = base.extend('engineOptions', { scope: 'file' }, { statistics: true });

const STREAM = 'threat-statistics';

async function poll(engine: Engine, id: string): Promise<PollReport> {
  const [report, ...others] = await engine.connections.poll(id, [STREAM]);
  if (!report || others.length > 0) throw new Error('not one poll');
  return report;
}

const daily = (engine: Engine, id: string): ReturnType<Engine['store']['statistics']['daily']> =>
  engine.store.statistics.daily(id, { from: ago(40 * DAY_MS), to: ago(0) });

const verified = async (engine: Engine, id: string): Promise<boolean> => (await engine.store.proof.verify(id)).ok;

const logOf = (protection: Protection): SimulatedProtectionLog => PROTECTION_LOGS[protection].endpoint;

/** Counts of a tenant's log, added up from the vendor's rows. */
const vendorCounts = (tenant: Tenant, protection: Protection): unknown =>
  addedUp(vendorRows(tenant, logOf(protection)).map((row) => counted(protection, row)));

/** Everything happened where a first poll reads, and has settled. */
const tenantWith = (engine: Engine, clicks: number): Tenant =>
  engine.addTenant({ events: 0, clicks, from: ago(29 * DAY_MS), to: ago(10 * MINUTE_MS) });

async function expectAllCounted(engine: Engine, id: string, tenant: Tenant): Promise<void> {
  const days = await daily(engine, id);
  for (const protection of PROTECTIONS) {
    expect(countsOf(days, protection)).toEqual(vendorCounts(tenant, protection));
  }
  expect(await verified(engine, id)).toBe(true);
}

test('rows of all four logs are counted by day; a second poll adds nothing', async ({ engine }) => {
  const tenant = tenantWith(engine, 3000);
  const { id } = await engine.connect(tenant, { settings: { pagination: { pageSize: 40, tokenIn: 'meta' } } });
  const rows = PROTECTIONS.reduce((sum, protection) => sum + vendorRows(tenant, logOf(protection)).length, 0);

  const first = await poll(engine, id);
  expect(first).toMatchObject({ outcome: 'collected', events: rows, newEvents: rows });
  expect(first.endpoints.map(({ endpoint, outcome, path }) => [endpoint, outcome, path])).toEqual(
    PROTECTIONS.map((protection) => [logOf(protection), 'collected', ENDPOINTS[logOf(protection)].path]),
  );
  await expectAllCounted(engine, id, tenant);
  const days = await daily(engine, id);
  expect(days.some(({ maliciousAllowed }) => maliciousAllowed > 0)).toBe(true);
  const oneDay = days.filter(
    ({ day }) =>
      day ===
      ago(5 * DAY_MS)
        .toISOString()
        .slice(0, 10),
  );
  expect(oneDay.every(({ complete }) => complete)).toBe(true);
  const today = days.filter(({ day }) => day === new Date().toISOString().slice(0, 10));
  expect(today.every(({ complete }) => !complete)).toBe(true);
  const { url } = await engine.store.statistics.logs(id);
  expect(url).toMatchObject({ outcome: 'collected' });
  expect(url?.watermark?.toISOString()).toBe(first.watermark);

  expect(await poll(engine, id)).toMatchObject({ newEvents: 0 });
  await expectAllCounted(engine, id, tenant);
});

test('rows that the vendor shows late are counted by a later poll, which revises their day', async ({ engine }) => {
  const tenant = tenantWith(engine, 300);
  const { id } = await engine.connect(tenant);
  await poll(engine, id);
  await letTimePass(engine.database, id, DAY_MS);
  // An hour before the end of what the first poll read, on a day that it had read to its end.
  const late = lateRows('ttp-url-logs', 3, 26 * HOUR_MS);
  tenant.running.addLateRows('ttp-url-logs', late);
  tenant.running.addLateRows('dlp-logs', lateRows('dlp-logs', 2, HOUR_MS));

  expect(await poll(engine, id)).toMatchObject({ outcome: 'collected', newEvents: 5 });
  await expectAllCounted(engine, id, tenant);
  const days = await daily(engine, id);
  const held = days.filter(({ revision }) => revision > 1);
  expect(held.reduce((sum, { lateRows: count }) => sum + count, 0)).toBe(
    days.reduce((sum, { lateRows: count }) => sum + count, 0),
  );
});

describe('a log that cannot be read does not keep the others from being counted:', () => {
  test('a log whose permission is missing, and one that is not there', async ({ engine }) => {
    const tenant = tenantWith(engine, 300);
    const { id, report } = await engine.connect(tenant);
    expect(report).toMatchObject({ ok: true, authentication: 'accepted' });
    tenant.running.setAccess('ttp-attachment-logs', 'forbidden');
    tenant.running.setAccess('dlp-logs', 'app-forbidden');

    const first = await poll(engine, id);
    expect(first.outcome).toBe('partial');
    const { permission } = ENDPOINTS['ttp-attachment-logs'];
    expect(first.endpoints).toMatchObject([
      { endpoint: 'ttp-url-logs', outcome: 'collected' },
      { endpoint: 'ttp-attachment-logs', outcome: 'forbidden', permission },
      { endpoint: 'ttp-impersonation-logs', outcome: 'collected' },
      { endpoint: 'dlp-logs', outcome: 'unavailable' },
    ]);
    expect(await engine.store.statistics.logs(id)).toMatchObject({
      attachment: { outcome: 'forbidden', permission },
      dlp: { outcome: 'unavailable' },
    });

    tenant.running.setAccess('ttp-attachment-logs', 'available');
    tenant.running.setAccess('dlp-logs', 'available');
    expect((await poll(engine, id)).outcome).toBe('collected');
    await expectAllCounted(engine, id, tenant);
  });

  test('a log with an invalid answer: the run fails with the reason, and the others are counted', async ({
    engine,
  }) => {
    const tenant = tenantWith(engine, 300);
    const { id } = await engine.connect(tenant);
    const fault = engine.simulator.faults.add({
      path: ENDPOINTS['ttp-url-logs'].path,
      accessKey: tenant.keys.accessKey,
      fault: { kind: 'fail', code: 'err_something_new' },
    });
    const failed = await poll(engine, id);
    expect(failed).toMatchObject({ outcome: 'partial' });
    expect(failed.error).toMatch(/^Mimecast rejected/);
    expect(failed.endpoints[0]).toMatchObject({ endpoint: 'ttp-url-logs', outcome: 'failed' });
    expect(await engine.store.statistics.logs(id)).toMatchObject({ url: { outcome: 'failed' } });
    expect(countsOf(await daily(engine, id), 'attachment')).toEqual(vendorCounts(tenant, 'attachment'));

    engine.simulator.faults.remove(fault);
    expect((await poll(engine, id)).outcome).toBe('collected');
    await expectAllCounted(engine, id, tenant);
  });

  test('logs without rows are empty, and not failed', async ({ engine }) => {
    const { id } = await engine.connect(tenantWith(engine, 0));
    expect(await poll(engine, id)).toMatchObject({ outcome: 'empty', events: 0 });
    expect(await engine.store.statistics.logs(id)).toMatchObject({ url: { outcome: 'empty' } });
  });
});

test('truncated pages, and pages after rejected or repeated tokens, are read again and counted once', async ({
  engine,
}) => {
  const tenant = tenantWith(engine, 0);
  const busy = Array.from({ length: 60 }, (_, index) => click(ago(5 * HOUR_MS - index * 1000)));
  tenant.running.addLateRows('ttp-url-logs', busy);
  const { id } = await engine.connect(tenant, { settings: { pagination: { pageSize: 10, tokenIn: 'meta' } } });
  const { path } = ENDPOINTS['ttp-url-logs'];
  const { accessKey } = tenant.keys;
  const strike = (after: number, problem: Fault): number =>
    engine.simulator.faults.add({ path, accessKey, after, times: 1, fault: problem });
  // After thirty windows, of which the last has rows, the first call that asks for a second page.
  strike(30, { kind: 'reset-in-body' });
  // These count the calls with a token alone.
  strike(2, { kind: 'token-repeated' });
  strike(6, { kind: 'token-refused' });

  expect(await poll(engine, id)).toMatchObject({ outcome: 'collected', newEvents: 60 });
  await expectAllCounted(engine, id, tenant);
  const [window] = await engine.database.query<{ restarts: number }>(
    `select restarts from mimecast.windows where connection_id = $1 and restarts > 0`,
    [id],
  );
  expect(window?.restarts).toBe(2);
});

test('names of people in rows are neither in the database nor in the history, unless rows are kept', async ({
  engine,
}) => {
  const tenant = tenantWith(engine, 0);
  tenant.running.addLateRows('ttp-url-logs', [click(ago(5 * HOUR_MS))]);
  const { id } = await engine.connect(tenant);
  const runs = [await poll(engine, id), ...(await connectionRuns(engine.client, id))];
  const planted = ['canary', '198.51.100.77'];
  const named = async (): Promise<string[]> => {
    const tables = [...(await tableTexts(engine.database))];
    return tables.flatMap(([table, text]) => (planted.some((value) => text.includes(value)) ? [table] : []));
  };
  const before = new Set(await named());
  expect(before.has('daily_statistics')).toBe(false);
  expect(before.has('protection_rows')).toBe(false);
  for (const { workflowId, runId } of runs) {
    const text = await runText(engine.client, workflowId, runId);
    expect(planted.filter((value) => text.includes(value))).toEqual([]);
  }

  await engine.connections.updateSettings(id, { statistics: { keepRows: true } });
  const kept = click(ago(4 * HOUR_MS), { url: 'https://docs.example/canary-kept' });
  tenant.running.addLateRows('ttp-url-logs', [kept]);
  await letTimePass(engine.database, id, DAY_MS);
  await poll(engine, id);
  const bodies = await engine.database.query<{ body: string }>(
    'select body from mimecast.protection_rows where connection_id = $1',
    [id],
  );
  expect(bodies.map(({ body }) => JSON.parse(body) as unknown)).toEqual([kept]);
  expect((await named()).filter((table) => !before.has(table))).toEqual(['protection_rows']);
  expect(await verified(engine, id)).toBe(true);
});

test('a connection without statistics gets them by an edit', async ({ engine }) => {
  const streams = { account: { enabled: true, everyMs: DAY_MS } };
  const { id } = await engine.connect(tenantWith(engine, 300), { settings: { streams } });
  expect((await engine.connections.status(id)).streams.map(({ stream }) => stream)).toEqual(['account']);
  await engine.connections.updateSettings(id, { streams: { [STREAM]: { enabled: true } } });
  expect((await engine.connections.status(id)).streams).toMatchObject([
    { stream: 'account' },
    { stream: STREAM, every: '24h' },
  ]);
  expect((await poll(engine, id)).outcome).toBe('collected');
});
