import { expect } from 'vitest';
import { ENDPOINTS } from '../../../../mimecast/endpoints.js';
import { startSimulator } from '../../../../sandbox/simulator/simulator.js';
import { startEngine, type Engine } from '../../../support/engine.js';
import { until } from '../../../support/until.js';
import { test } from '../../../support/test.js';

/** Every row of every table, as text. Calls with refused keys are counted, to limit them. */
async function everything(engine: Engine): Promise<Record<string, string[]>> {
  const tables = await engine.database.query<{ name: string }>(
    `select table_name as name from information_schema.tables where table_schema = 'mimecast' and table_name <> 'refused_calls' order by 1`,
  );
  const dumps = tables.map(async ({ name }) => {
    const rows = await engine.database.query<{ row: string }>(
      `select t::text as row from mimecast.${name} t order by 1`,
    );
    return [name, rows.map(({ row }) => row)] as const;
  });
  return Object.fromEntries(await Promise.all(dumps));
}

const schedules = async (engine: Engine, id: string) => (await engine.connections.status(id)).streams;

test('a test of a connection stores and changes nothing, whatever it finds', async ({ engine }) => {
  const { connections, simulator } = engine;
  const tenant = engine.addTenant();
  const { accessKey } = tenant.keys;
  const id = engine.newId();
  await connections.connect(id, { baseUrl: simulator.url, credentials: tenant.keys });
  // The first verdicts about a connection come a moment after it is connected.
  await until(async () => (await engine.store.evaluations.latest(id)) !== undefined);
  const before = [await everything(engine), await schedules(engine, id)];
  expect(Object.keys(before[0] ?? {}).length).toBeGreaterThan(5);

  expect(await connections.test(id)).toMatchObject({ ok: true, account: { code: tenant.accountCode } });

  tenant.running.setAccess('blocked-senders', 'forbidden');
  simulator.faults.add({ accessKey, path: ENDPOINTS['audit-events'].path, fault: { kind: 'html', status: 200 } });
  expect(await connections.test(id)).toMatchObject({ ok: false, authentication: 'accepted' });

  simulator.faults.add({ accessKey, fault: { kind: 'status', status: 418 } });
  expect(await connections.test(id)).toMatchObject({ ok: false, authentication: 'expired' });

  tenant.running.rotateKeys();
  simulator.faults.clear();
  expect(await connections.test(id)).toMatchObject({ ok: false, authentication: 'rejected' });

  expect([await everything(engine), await schedules(engine, id)]).toEqual(before);
});

test('on request it finds the region: it names the base URL that accepts the keys, and tries no other without the request', async () => {
  const elsewhere = await startSimulator();
  const searching = await startEngine({ worker: { regionBaseUrls: [elsewhere.url] } });
  try {
    const tenant = searching.addTenant();
    const { id } = await searching.connect(tenant);
    // The account moves: the keys are good there and no longer here.
    elsewhere.addTenant(tenant);
    tenant.running.rotateKeys();

    expect(await searching.connections.test(id)).toMatchObject({ ok: false, authentication: 'rejected' });
    expect(elsewhere.requests).toEqual([]);
    const report = await searching.connections.test(id, { findRegion: true });
    expect(report).toMatchObject({ ok: false, authentication: 'wrong-region', suggestedBaseUrl: elsewhere.url });
    expect(report.action).toContain(`edit ${id} --base-url ${elsewhere.url}`);

    expect(await searching.connections.updateSettings(id, { baseUrl: elsewhere.url })).toMatchObject({
      accepted: true,
    });
    expect(await searching.connections.test(id)).toMatchObject({ ok: true });
  } finally {
    await searching.stop();
    await elsewhere.stop();
  }
});
