import proto from '@temporalio/proto';
import { describe, expect } from 'vitest';
import type { PollReport } from '../../../../client/reports.js';
import { WINDOW_RULES } from '../../../../mimecast/audit-windows.js';
import { ENDPOINTS } from '../../../../mimecast/endpoints.js';
import { startSimulator } from '../../../../sandbox/simulator/simulator.js';
import { happened, heldIds, letTimePass, vendorIds, windowsOf } from '../../../support/audit-log.js';
import { addTenant, ago, DAY_MS, HOUR_MS, MINUTE_MS, type Engine } from '../../../support/engine.js';
import { test } from '../../../support/test.js';
import { defaultSettings } from '../../../../model/settings.js';
import type { SimulatorOptions } from '../../../../sandbox/simulator/interface.js';

const pollAudit = async (engine: Engine, id: string): Promise<PollReport> =>
  only(await engine.connections.poll(id, ['audit-events']));

function only([report, ...others]: PollReport[]): PollReport {
  if (!report || others.length > 0) throw new Error('not one poll');
  return report;
}

const verified = async (engine: Engine, id: string): Promise<boolean> => (await engine.store.proof.verify(id)).ok;

test('connect, then poll: every stream is collected, and each endpoint says for itself how it went', async ({
  engine,
}) => {
  const { streams } = defaultSettings(engine.simulator.url);
  const { id, tenant, report } = await engine.connect(undefined, { settings: { streams } });
  expect(report).toMatchObject({ ok: true, authentication: 'accepted', account: { code: tenant.accountCode } });

  const polls = await engine.connections.poll(id);
  expect(polls.map(({ stream, outcome, endpoints }) => [stream, outcome, endpoints.map((said) => said.path)])).toEqual([
    ['audit-events', 'collected', [ENDPOINTS['audit-events'].path]],
    [
      'policies',
      'collected',
      (['blocked-senders', 'content-examination', 'url-protect', 'attachment-management'] as const).map(
        (name) => ENDPOINTS[name].path,
      ),
    ],
    ['archive-settings', 'collected', [ENDPOINTS['archive-settings'].path]],
    ['account', 'collected', [ENDPOINTS.account.path]],
    [
      'threat-statistics',
      'collected',
      (['ttp-url-logs', 'ttp-attachment-logs', 'ttp-impersonation-logs', 'dlp-logs'] as const).map(
        (name) => ENDPOINTS[name].path,
      ),
    ],
  ]);
  const policies = polls[1]?.endpoints ?? [];
  expect(policies.map(({ endpoint, items }) => [endpoint, items])).toEqual(
    policies.map(({ endpoint }) => [endpoint, tenant.data[endpoint as keyof typeof tenant.data].length]),
  );
  expect(await heldIds(engine.database, id)).toEqual(vendorIds(tenant));
  expect(await verified(engine, id)).toBe(true);
});

describe('every event of the vendor in the polled range is stored, once:', () => {
  const cases: [string, SimulatorOptions, 'meta' | 'data'][] = [
    ['newest first', { order: 'newest-first' }, 'meta'],
    ['oldest first', { order: 'oldest-first' }, 'meta'],
    ['tokens in the data', { tokenForm: 'data' }, 'data'],
    ['an empty last page that has a token', { lastPage: 'empty-with-token' }, 'meta'],
    ['oldest first, tokens in the data, an empty last page', oldestDataEmpty(), 'data'],
  ];
  test.for(cases)('%s', async ([, options, tokenIn], { engine }) => {
    const simulator = await startSimulator(options);
    try {
      // Some ten events in each window of a day, and many pages in the last one.
      const tenant = addTenant(simulator);
      happened(tenant, ago(20 * MINUTE_MS), 45);
      const { id } = await engine.connect(tenant, {
        baseUrl: simulator.url,
        settings: { pagination: { pageSize: 10, tokenIn } },
      });
      const first = await pollAudit(engine, id);
      const vendor = vendorIds(tenant);
      expect(await heldIds(engine.database, id)).toEqual(vendor);
      expect(first).toMatchObject({ outcome: 'collected', newEvents: vendor.length, events: vendor.length });
      expect(first.pages).toBeGreaterThan(80);

      const second = await pollAudit(engine, id);
      expect(second).toMatchObject({ newEvents: 0 });
      expect(await heldIds(engine.database, id)).toEqual(vendor);
      expect(await verified(engine, id)).toBe(true);
    } finally {
      await simulator.stop();
    }
  });

  function oldestDataEmpty(): SimulatorOptions {
    return { order: 'oldest-first', tokenForm: 'data', lastPage: 'empty-with-token' };
  }
});

test('the first poll reaches back as far as Mimecast keeps events, leaves no hole, and stops where events have settled', async ({
  engine,
}) => {
  const tenant = engine.addTenant({ events: 1500, from: ago(75 * DAY_MS), to: ago(0) });
  const { id } = await engine.connect(tenant);
  const startedAt = Date.now();
  const { watermark = '' } = await pollAudit(engine, id);
  const endedAt = Date.now();

  const windows = await windowsOf(engine.database, id);
  const [{ start: earliest } = { start: new Date(0) }] = windows;
  for (const [index, { start }] of windows.slice(1).entries()) expect(start).toEqual(windows[index]?.end);
  expect(earliest.getTime()).toBeGreaterThanOrEqual(startedAt - WINDOW_RULES.lookBackMs);
  expect(earliest.getTime()).toBeLessThan(endedAt - WINDOW_RULES.lookBackMs + 1000);
  expect(Date.parse(watermark)).toBeLessThanOrEqual(endedAt - WINDOW_RULES.settlingMs);
  expect(Date.parse(watermark)).toBeGreaterThan(startedAt - WINDOW_RULES.settlingMs - 1000);

  const held = await heldIds(engine.database, id);
  expect(held).toEqual(vendorIds(tenant, earliest, new Date(watermark)));
  expect(held.length).toBeLessThan(vendorIds(tenant).length);
});

test('events that happened between two polls are picked up by the second, and those of the overlap too', async ({
  engine,
}) => {
  const { id, tenant } = await engine.connect();
  await pollAudit(engine, id);
  await letTimePass(engine.database, id, 6 * HOUR_MS);
  const inBetween = [
    ...happened(tenant, ago(6 * MINUTE_MS)),
    ...happened(tenant, ago(3 * HOUR_MS), 2),
    // Before the end of the first poll, but shown only after it.
    ...happened(tenant, ago(6 * HOUR_MS + 20 * MINUTE_MS), 3),
  ];

  const second = await pollAudit(engine, id);
  expect(second).toMatchObject({ outcome: 'collected', newEvents: inBetween.length });
  expect(await heldIds(engine.database, id)).toEqual(vendorIds(tenant));
  expect(await verified(engine, id)).toBe(true);
});

test('an event that Mimecast shows a day late is found by the daily reading of the last two days', async ({
  engine,
}) => {
  const { id, tenant } = await engine.connect();
  const { watermark: before = '' } = await pollAudit(engine, id);
  const late = happened(tenant, ago(30 * HOUR_MS), 3);
  expect(await pollAudit(engine, id)).toMatchObject({ newEvents: 0 });

  await letTimePass(engine.database, id, DAY_MS + HOUR_MS);
  const found = await pollAudit(engine, id);
  expect(found.newEvents).toBe(late.length);
  expect(await heldIds(engine.database, id)).toEqual(vendorIds(tenant));
  expect(Date.parse(found.watermark ?? '')).toBeGreaterThanOrEqual(Date.parse(before));

  const reread = (await windowsOf(engine.database, id)).filter(({ kind }) => kind === 'late-events');
  expect(reread).toMatchObject([{ state: 'complete' }]);
  await pollAudit(engine, id);
  expect((await windowsOf(engine.database, id)).filter(({ kind }) => kind === 'late-events')).toHaveLength(1);
});

test('the watermark moves with whole windows only, and the next poll resumes at the page where the last one failed', async ({
  engine,
}) => {
  const tenant = engine.addTenant({ events: 0 });
  happened(tenant, ago(2 * HOUR_MS), 50);
  const { id } = await engine.connect(tenant, { settings: { pagination: { pageSize: 10, tokenIn: 'meta' } } });
  const { path } = ENDPOINTS['audit-events'];
  const { accessKey } = tenant.keys;
  // 59 windows without events, then the third page of the window with them.
  const fault = engine.simulator.faults.add({
    path,
    accessKey,
    after: 61,
    fault: { kind: 'fail', code: 'err_something_new' },
  });

  const failed = await pollAudit(engine, id);
  expect(failed).toMatchObject({ outcome: 'failed', newEvents: 20 });
  const [open, before] = (await windowsOf(engine.database, id)).reverse();
  expect(open).toMatchObject({ state: 'open', pages: 2 });
  const position = await engine.store.ledger.position(id, 'audit-events');
  expect(position.watermark).toEqual(before?.end);
  expect(position.watermark).toEqual(open?.start);

  engine.simulator.faults.remove(fault);
  const asked = requestsOf(engine, accessKey).length;
  const resumed = await pollAudit(engine, id);
  expect(resumed).toMatchObject({ outcome: 'collected', newEvents: 30 });
  expect(Date.parse(resumed.watermark ?? '')).toBeGreaterThan(open?.start.getTime() ?? Infinity);
  expect(await heldIds(engine.database, id)).toEqual(vendorIds(tenant));
  expect(requestsOf(engine, accessKey).length - asked).toBe(resumed.pages);
});

function requestsOf(engine: Engine, accessKey: string): readonly unknown[] {
  const { path } = ENDPOINTS['audit-events'];
  return engine.simulator.requests.filter((request) => request.accessKey === accessKey && request.path === path);
}

test('private fields of the account, and the keys, are stored nowhere: neither as evidence nor by Temporal', async ({
  engine,
}) => {
  const { id, tenant } = await engine.connect();
  const polls = await engine.connections.poll(id);
  const { applicationKey, accessKey, secretKey } = tenant.keys;
  const planted = [...tenant.canaries, applicationKey, accessKey, secretKey];

  const places = new Map<string, Buffer>();
  for (const { name } of await engine.database.query<{ name: string }>(
    `select table_name as name from information_schema.tables where table_schema = 'mimecast'`,
  )) {
    const rows = await engine.database.query<{ row: string }>(`select t::text as row from mimecast."${name}" t`);
    places.set(`table ${name}`, Buffer.from(rows.map(({ row }) => row).join('\n')));
  }
  for (const { workflowId, runId } of [...polls, ...(await connectionRuns(engine, id))]) {
    const history = await engine.client.workflow.getHandle(workflowId, runId).fetchHistory();
    places.set(`history ${workflowId}`, Buffer.from(proto.temporal.api.history.v1.History.encode(history).finish()));
  }
  const whereFound = [...places].flatMap(([place, bytes]) =>
    planted.filter((value) => bytes.includes(value)).map((value) => [place, value]),
  );
  expect(whereFound).toEqual([]);
  expect(places.get('table bodies')?.includes(tenant.accountCode)).toBe(true);
  expect(places.size).toBeGreaterThan(15);
});

async function connectionRuns(engine: Engine, id: string): Promise<{ workflowId: string; runId: string }[]> {
  const runs: { workflowId: string; runId: string }[] = [];
  for await (const run of engine.client.workflow.list({ query: `WorkflowId = "mimecast/${id}"` })) runs.push(run);
  return runs;
}
