import { describe, expect } from 'vitest';
import { ENDPOINT_PATHS } from '../../../../sandbox/simulator/tenant.js';
import { sealingKey } from '../../../../vault/keyring.js';
import { sealCredentials } from '../../../../vault/sealing.js';
import { defaultSettings } from '../../../../model/settings.js';
import type { Engine } from '../../../support/engine.js';
import { logOf } from '../../../support/evidence.js';
import { until } from '../../../support/until.js';
import { test } from '../../../support/test.js';

const AUDIT = ENDPOINT_PATHS['audit-events'];
const ALL_COLLECTED = ['audit-events', 'policies', 'archive-settings', 'account'].map((stream) => ({
  stream,
  outcome: 'collected',
}));

/** Evidence of a connection, without the place and the time of its collection. */
async function heldBy(engine: Engine, id: string): Promise<string[]> {
  const held: string[] = [];
  for await (const record of engine.store.export(id)) held.push(`${record.type} ${record.sha256 ?? ''}`);
  return held.sort();
}

test('keys of API 2.0 collect what keys of API 1.0 collect', async ({ engine }) => {
  const tenant = engine.addTenant();
  const [old, now] = [await engine.connect(tenant), await engine.connect(tenant, { credentials: tenant.client })];
  expect(old.report).toMatchObject({ ok: true, apiVersion: '1.0' });
  expect(now.report).toMatchObject({ ok: true, apiVersion: '2.0', account: { code: tenant.accountCode } });
  expect(await engine.connections.status(now.id)).toMatchObject({ apiVersion: '2.0', state: 'connected' });

  for (const { id } of [old, now]) expect(await engine.connections.poll(id)).toMatchObject(ALL_COLLECTED);
  expect(await heldBy(engine, now.id)).toEqual(await heldBy(engine, old.id));
  expect(tenant.running.tokens.issued).toHaveLength(1);
  expect(await engine.store.proof.verify(now.id)).toMatchObject({ ok: true });
});

test('with API 2.0 the totals of Mimecast itself stand beside what its logs are counted into', async ({ engine }) => {
  const tenant = engine.addTenant({ events: 0 });
  const { streams } = defaultSettings(engine.simulator.url);
  const { id } = await engine.connect(tenant, { credentials: tenant.client, settings: { streams } });
  const [polled] = await engine.connections.poll(id, ['threat-statistics']);
  expect(polled).toMatchObject({ outcome: 'collected' });
  const said = Object.fromEntries((polled?.endpoints ?? []).map(({ endpoint, outcome }) => [endpoint, outcome]));
  expect(said).toMatchObject({ 'ttp-url-logs': 'collected', 'stats-url-clicks': 'collected' });
  const kept = (await engine.store.observations.latest(id)).filter(({ stream }) => stream === 'threat-statistics');
  expect(kept.map(({ endpoint }) => endpoint).sort()).toEqual([
    'stats-attachment-scans',
    'stats-impersonations',
    'stats-url-clicks',
  ]);
});

test('a token that ends in the middle of a window costs one page a second request', async ({ engine }) => {
  const tenant = engine.addTenant({ events: 600 });
  const { clientId } = tenant.client;
  const settings = { pagination: { pageSize: 50, tokenIn: 'meta' } } as const;
  const { id } = await engine.connect(tenant, { credentials: tenant.client, settings });
  engine.simulator.faults.add({
    fault: { kind: 'gateway', code: 'token_expired' },
    ...{ clientId, path: AUDIT, after: 3, times: 1 },
  });
  expect(await engine.connections.poll(id, ['audit-events'])).toMatchObject([
    { outcome: 'collected', events: 600, newEvents: 600 },
  ]);
  const calls = engine.simulator.requests.filter((request) => request.clientId === clientId && request.path === AUDIT);
  expect(calls.filter(({ status }) => status === 401)).toHaveLength(1);
  expect(tenant.running.tokens.issued).toHaveLength(2);
});

test('a wrong client secret leaves the connection saved and paused, and the right one heals it', async ({ engine }) => {
  const tenant = engine.addTenant({ events: 10 });
  const credentials = { ...tenant.client, clientSecret: 'wrong' };
  const { id, report } = await engine.connect(tenant, { credentials });
  expect(report).toMatchObject({ ok: false, authentication: 'rejected', apiVersion: '2.0' });
  expect(report.action).toContain('Client Secret');
  expect(await engine.connections.status(id)).toMatchObject({ state: 'refused', pausedFor: ['keys-refused'] });

  expect(await engine.connections.rotate(id, { credentials: tenant.client })).toMatchObject({ accepted: true });
  expect(await engine.connections.status(id)).toMatchObject({ state: 'connected', pausedFor: [] });
});

test('a client secret that was replaced at the vendor is found refused when the token has ended', async ({
  engine,
}) => {
  const tenant = engine.addTenant({ events: 10 });
  const settings = { refusals: { confirmAfterMs: 100 } };
  const { id } = await engine.connect(tenant, { credentials: tenant.client, settings });
  const credentials = tenant.running.rotateClientSecret();
  expect(await engine.connections.poll(id, ['account'])).toMatchObject([{ outcome: 'collected' }]);
  tenant.running.tokens.expire();
  const [poll] = await engine.connections.poll(id, ['account']);
  expect(poll).toMatchObject({ outcome: 'failed' });
  expect(poll?.error).toMatch(/^Mimecast refused the Client ID or Client Secret \(v1\)/);
  await until(async () => (await engine.connections.status(id)).state === 'refused');

  expect(await engine.connections.rotate(id, { credentials })).toMatchObject({ accepted: true, version: 2 });
  expect(await engine.connections.poll(id, ['account'])).toMatchObject([{ outcome: 'collected' }]);
});

test('the same keys of API 2.0 once more are no rotation', async ({ engine }) => {
  const tenant = engine.addTenant({ events: 10 });
  const { id } = await engine.connect(tenant, { credentials: tenant.client });
  const rotated = await engine.connections.rotate(id, { credentials: tenant.client });
  expect(rotated).toMatchObject({ accepted: true, unchanged: true, version: 1 });

  const elsewhere = await engine.connections.rotate(id, { credentials: tenant.client, baseUrl: 'http://127.0.0.1:9' });
  expect(elsewhere).toMatchObject({ accepted: false });
  expect(elsewhere.reason).toContain(`"edit ${id} --base-url http://127.0.0.1:9"`);
});

describe('keys at a host of the other generation are refused before anything is saved or called', () => {
  const EU = 'https://eu-api.mimecast.com';
  const GLOBAL = 'https://api.services.mimecast.com';
  const seal = (engine: Engine, id: string, keys: object): Promise<string> =>
    sealCredentials(sealingKey(engine.keyring), id, { ...keys });

  test('at connect, in clear and sealed', async ({ engine }) => {
    const tenant = engine.addTenant({ events: 10 });
    for (const [baseUrl, credentials, words] of [
      [EU, tenant.client, 'Use a base URL of API 2.0: https://api.services.mimecast.com, https://us-api.services'],
      [GLOBAL, tenant.keys, 'Use a base URL of API 1.0: https://eu-api.mimecast.com, '],
    ] as const) {
      const id = engine.newId();
      await expect(engine.connections.connect(id, { baseUrl, credentials })).rejects.toThrow(words);
      const sealed = await seal(engine, id, credentials);
      await expect(engine.connections.connect(id, { baseUrl, sealed })).rejects.toMatchObject({
        code: 'invalid-request',
        message: expect.stringContaining(words) as unknown,
      });
      expect(await engine.store.connections.read(id)).toBeUndefined();
    }
  });

  test('when the base URL is edited', async ({ engine }) => {
    const { id } = await engine.connect(engine.addTenant({ events: 10 }));
    const report = await engine.connections.updateSettings(id, { baseUrl: GLOBAL });
    expect(report).toMatchObject({ accepted: false, settings: { baseUrl: engine.simulator.url } });
    expect(report.reason).toContain(`${GLOBAL} serves API 2.0, and these are keys of API 1.0.`);
    expect(report.reason).toContain(`"rotate ${id} --base-url …"`);
    expect(report).not.toHaveProperty('report');
  });

  test('at a rotation, with the requested and with the current base URL', async ({ engine }) => {
    const tenant = engine.addTenant({ events: 10 });
    const { id } = await engine.connect(tenant);
    await expect(engine.connections.rotate(id, { credentials: tenant.client, baseUrl: EU })).rejects.toThrow(
      `${EU} serves API 1.0`,
    );
    const sealed = await seal(engine, id, tenant.client);
    const asked = await engine.connections.rotate(id, { sealed, baseUrl: EU });
    expect(asked).toMatchObject({ accepted: false });
    expect(asked.reason).toContain(`${EU} serves API 1.0, and these are keys of API 2.0.`);

    await engine.database.query(
      `update mimecast.connections set settings = jsonb_set(settings::jsonb, '{baseUrl}', $2)::json where connection_id = $1`,
      [id, JSON.stringify(EU)],
    );
    const there = await engine.connections.rotate(id, { sealed });
    expect(there).toMatchObject({ accepted: false });
    expect(there.reason).toContain('Use a base URL of API 2.0: https://api.services.mimecast.com');
    expect(there.reason).toContain(`"rotate ${id} --base-url …"`);
    expect(there).not.toHaveProperty('version');

    const kinds = (await logOf(engine.database, id)).map(({ kind }) => kind);
    expect(kinds.slice(-2)).toEqual(['rotation-refused', 'rotation-refused']);
    expect(kinds).not.toContain('credentials-staged');
  });
});
