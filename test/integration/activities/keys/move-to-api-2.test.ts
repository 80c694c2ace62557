import { describe, expect } from 'vitest';
import { lateEvents } from '../../../../sandbox/simulator/fixtures/late-events.js';
import type { RunningTenant } from '../../../../sandbox/simulator/running-tenant.js';
import { startSimulator } from '../../../../sandbox/simulator/simulator.js';
import { defaultSettings } from '../../../../model/settings.js';
import { addTenant, MINUTE_MS, type Engine, type Tenant } from '../../../support/engine.js';
import { logOf } from '../../../support/evidence.js';
import { until } from '../../../support/until.js';
import { test as base } from '../../../support/test.js';
import type { Simulator } from '../../../../sandbox/simulator/interface.js';

const test = base
  .extend('engineOptions', { scope: 'file' }, { simulator: { apiVersions: ['1.0'] } })
  /** Serves API 2.0 alone, as the simulator of the engine serves API 1.0 alone. */
  .extend('modern', { scope: 'file' }, async ({}, { onCleanup }) => {
    const modern = await startSimulator({ apiVersions: ['2.0'] });
    onCleanup(() => modern.stop());
    return modern;
  });
test.beforeEach(({ modern }) => {
  modern.faults.clear();
});

/** An account that both places know. */
function tenantOfBoth(engine: Engine, modern: Simulator, events = 60): Tenant {
  const tenant = engine.addTenant({ events, seed: engine.simulator.tenants.length + 1 });
  modern.addTenant(tenant);
  return tenant;
}

function atModern(modern: Simulator, tenant: Tenant): RunningTenant {
  const found = modern.tenants.find(({ client }) => client.clientId === tenant.client.clientId);
  if (!found) throw new Error('The tenant is not there.');
  return found;
}

const callsAt = (simulator: Simulator, tenant: Tenant): number =>
  simulator.requests.filter(
    ({ accessKey, clientId }) => accessKey === tenant.keys.accessKey || clientId === tenant.client.clientId,
  ).length;

const AT_1 = (engine: Engine) => ({ state: 'connected', apiVersion: '1.0', baseUrl: engine.simulator.url });

test('a connection moves to API 2.0 with its evidence, its ledger and its schedules, and back the same way', async ({
  engine,
  modern,
}) => {
  const { connections, store, database } = engine;
  const tenant = tenantOfBoth(engine, modern, 600);
  const { id } = await engine.connect(tenant);
  expect(await connections.poll(id, ['audit-events', 'account'])).toMatchObject([{ newEvents: 600 }, {}]);
  const [before, held] = [await logOf(database, id), await store.ledger.position(id, 'audit-events')];
  const callsBefore = callsAt(engine.simulator, tenant);

  const moved = await connections.rotate(id, { credentials: tenant.client, baseUrl: modern.url, note: 'API 2.0' });
  expect(moved).toMatchObject({
    accepted: true,
    version: 2,
    report: { ok: true, apiVersion: '2.0', baseUrl: modern.url, account: { code: tenant.accountCode } },
  });
  expect(await connections.status(id)).toMatchObject({
    ...{ state: 'connected', apiVersion: '2.0', baseUrl: modern.url },
    credentials: { version: 2, state: 'active' },
    lastRotation: { accepted: true, version: 2, note: 'API 2.0' },
  });
  const after = await logOf(database, id);
  expect(after.slice(0, before.length)).toEqual(before);
  // Evaluations are recorded at any time.
  expect(after.slice(before.length).filter(({ kind }) => kind !== 'evaluation')).toMatchObject([
    { kind: 'credentials-staged', data: { version: 2, apiVersion: '2.0', baseUrl: modern.url } },
    { kind: 'credentials-accepted', data: { version: 2, account: tenant.accountCode, replaced: 1 } },
    {
      kind: 'settings-changed',
      data: {
        changed: {
          apiVersion: { from: '1.0', to: '2.0' },
          baseUrl: { from: engine.simulator.url, to: modern.url },
        },
      },
    },
  ]);

  expect(await store.ledger.position(id, 'audit-events')).toEqual(held);
  atModern(modern, tenant).addLateEvents(lateEvents(1, 10 * MINUTE_MS));
  expect(await connections.poll(id)).toMatchObject([
    { stream: 'audit-events', outcome: 'collected', newEvents: 1 },
    { stream: 'policies', outcome: 'collected' },
    { stream: 'archive-settings', outcome: 'collected' },
    { stream: 'account', outcome: 'collected' },
  ]);
  expect(callsAt(engine.simulator, tenant)).toBe(callsBefore);

  const credentials = tenant.running.rotateKeys();
  const back = await connections.rotate(id, { credentials, baseUrl: engine.simulator.url });
  expect(back).toMatchObject({ accepted: true, version: 3 });
  expect(await connections.status(id)).toMatchObject(AT_1(engine));
  expect(await connections.poll(id, ['account'])).toMatchObject([{ outcome: 'collected' }]);
  expect(await store.proof.verify(id)).toMatchObject({ ok: true });
});

describe('a rejected move changes nothing', () => {
  test.for<[string, (tenant: Tenant, modern: Simulator) => Promise<object>, RegExp]>([
    [
      'keys of another account',
      (_, modern) => Promise.resolve(addTenant(modern, { events: 10, seed: 900 }).client),
      /^These keys open account CUK\w+, but t-\S+ is about CUK/,
    ],
    [
      'a wrong client secret',
      (tenant) => Promise.resolve({ ...tenant.client, clientSecret: 'wrong' }),
      /^Mimecast refused the Client ID or the Client Secret/,
    ],
    [
      'keys that may not read the account, where those in use could',
      (tenant, modern) => {
        atModern(modern, tenant).setAccess('account', 'app-forbidden');
        return Promise.resolve(tenant.client);
      },
      /^These keys may not read the account/,
    ],
  ])('%s', async ([, keysOf, reason], { engine, modern }) => {
    const { connections, database } = engine;
    const tenant = tenantOfBoth(engine, modern);
    const { id } = await engine.connect(tenant);
    const settings = (await engine.store.connections.read(id))?.settings;
    const report = await connections.rotate(id, { credentials: await keysOf(tenant, modern), baseUrl: modern.url });
    expect(report).toMatchObject({ accepted: false, version: 2, report: { baseUrl: modern.url, apiVersion: '2.0' } });
    expect(report.reason).toMatch(reason);

    expect(await connections.status(id)).toMatchObject({
      ...AT_1(engine),
      credentials: { version: 1, state: 'active' },
    });
    expect((await engine.store.connections.read(id))?.settings).toEqual(settings);
    const kinds = (await logOf(database, id)).map(({ kind }) => kind);
    expect(kinds.slice(-2)).toEqual(['credentials-staged', 'credentials-rejected']);
    expect(await connections.poll(id, ['account'])).toMatchObject([{ outcome: 'collected' }]);
  });

  test('keys for a host that does not answer stay pending, and the move is completed once it answers', async ({
    engine,
    modern,
  }) => {
    const { connections } = engine;
    const tenant = tenantOfBoth(engine, modern);
    const { id } = await engine.connect(tenant, { settings: { refusals: { confirmAfterMs: 300 } } });
    modern.faults.add({ fault: { kind: 'reset' }, clientId: tenant.client.clientId });
    const report = await connections.rotate(id, { credentials: tenant.client, baseUrl: modern.url });
    expect(report).toMatchObject({ accepted: false, version: 2, report: { authentication: 'unreachable' } });
    expect(await connections.status(id)).toMatchObject({ ...AT_1(engine), pendingVersion: 2 });
    expect(await connections.poll(id, ['account'])).toMatchObject([{ outcome: 'collected' }]);

    modern.faults.clear();
    await until(async () => (await connections.status(id)).credentials?.version === 2);
    expect(await connections.status(id)).toMatchObject({ apiVersion: '2.0', baseUrl: modern.url });
  });
});

test('keys that were never accepted are tried at the base URL that was set last', async ({ engine, modern }) => {
  const { connections } = engine;
  const tenant = tenantOfBoth(engine, modern);
  const { id } = await engine.connect(tenant, { credentials: { ...tenant.keys, applicationKey: 'wrong' } });
  const lost = await startSimulator({ apiVersions: ['2.0'] });
  try {
    const rotated = await connections.rotate(id, { credentials: tenant.client, baseUrl: lost.url });
    expect(rotated).toMatchObject({ accepted: false, report: { authentication: 'rejected', baseUrl: lost.url } });
    const edited = await connections.updateSettings(id, { baseUrl: modern.url });
    expect(edited).toMatchObject({ accepted: true, report: { ok: true, baseUrl: modern.url } });
    expect(await connections.status(id)).toMatchObject({
      ...{ state: 'connected', apiVersion: '2.0', baseUrl: modern.url },
      credentials: { version: 2, state: 'active' },
    });
    expect(await connections.poll(id, ['account'])).toMatchObject([{ outcome: 'collected' }]);
  } finally {
    await lost.stop();
  }
});

test('an announced rotation can move the connection too', async ({ engine, modern }) => {
  const tenant = tenantOfBoth(engine, modern);
  const { id } = await engine.connect(tenant);
  await engine.connections.announceRotation(id, { credentials: tenant.client, baseUrl: modern.url });
  await until(async () => (await engine.connections.status(id)).credentials?.version === 2);
  expect(await engine.connections.status(id)).toMatchObject({ apiVersion: '2.0', baseUrl: modern.url });
});

test('a document with new keys and a new base URL moves the connection; applied again, it changes nothing', async ({
  engine,
  modern,
}) => {
  const tenant = tenantOfBoth(engine, modern);
  const { streams } = defaultSettings(engine.simulator.url);
  const { id } = await engine.connect(tenant, { settings: { streams } });
  const documents = [
    {
      connections: {
        [id]: { baseUrl: modern.url, credentials: tenant.client, pagination: { pageSize: 100 } },
      },
    },
  ];
  const options = { only: [id] };
  const { ok, plan, results } = await engine.connections.apply(documents, options);
  expect(plan.connections).toMatchObject([
    {
      actions: [
        { action: 'rotate', replaces: 1, baseUrl: modern.url },
        { action: 'edit', changes: [{ field: 'pagination.pageSize', from: 500, to: 100 }] },
      ],
    },
  ]);
  expect([ok, results.map((result) => [result.action, result.ok])]).toEqual([
    true,
    [
      ['rotate', true],
      ['edit', true],
    ],
  ]);
  expect((await engine.store.connections.read(id))?.settings).toMatchObject({
    ...{ apiVersion: '2.0', baseUrl: modern.url },
    pagination: { pageSize: 100 },
  });
  expect(await engine.connections.apply(documents, options)).toMatchObject({ ok: true, results: [] });
});
