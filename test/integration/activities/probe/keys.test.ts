import { connect as dial } from 'node:net';
import { describe, expect } from 'vitest';
import { ENDPOINTS } from '../../../../mimecast/endpoints.js';
import { startSimulator } from '../../../../sandbox/simulator/simulator.js';
import type { TenantKeys } from '../../../../sandbox/simulator/tenant.js';
import { randomKeys } from '../../../../sandbox/simulator/tenant.js';
import { addTenant, MINUTE_MS, type Connected, type Engine } from '../../../support/engine.js';
import { test } from '../../../support/test.js';

const { path } = ENDPOINTS.account;

const accountCalls = (requests: readonly { readonly path: string; readonly accessKey?: string }[], key: string) =>
  requests.filter((call) => call.path === path && call.accessKey === key);

/** Checks that keys are saved but not in use: every stream is paused with a note, and nothing was stored as evidence. */
async function expectPaused(engine: Engine, { id }: Connected, note: RegExp): Promise<void> {
  const status = await engine.connections.status(id);
  expect(status).toMatchObject({ connectionId: id, state: 'refused', credentials: { version: 1, state: 'pending' } });
  expect(status.streams.map(({ stream, paused }) => [stream, paused])).toEqual([
    ['audit-events', true],
    ['policies', true],
    ['archive-settings', true],
    ['account', true],
  ]);
  for (const stream of status.streams) {
    expect(stream.note).toMatch(note);
    expect(stream.nextPollAt).toBeUndefined();
  }
  const kept = await engine.database.query(
    `select connection_id from mimecast.observations where connection_id = $1
     union all select connection_id from mimecast.audit_events where connection_id = $1`,
    [id],
  );
  expect(kept).toEqual([]);
}

describe('keys of which one is wrong are refused: saved, paused, and the note says what to do', () => {
  const strange = randomKeys();
  test.for<[keyof TenantKeys, RegExp, number]>([
    ['applicationId', /^temporal-mimecast: keys v1\b.* rejected.*Application ID.* Copy it from /, 2],
    ['applicationKey', /^temporal-mimecast: keys v1\b.* rejected.*refused the keys.* Enter /, 1],
    ['accessKey', /^temporal-mimecast: keys v1\b.* rejected.*refused the keys.* Enter /, 1],
    ['secretKey', /^temporal-mimecast: keys v1\b.* rejected.*refused the keys.* Enter /, 1],
  ])('%s', async ([name, note, looks], { engine }) => {
    const tenant = engine.addTenant();
    const credentials = { ...tenant.keys, [name]: strange[name] };
    const connected = await engine.connect(tenant, { credentials });
    expect(connected.report).toMatchObject({
      connectionId: connected.id,
      ok: false,
      authentication: 'rejected',
      endpoints: expect.arrayContaining([expect.objectContaining({ path, outcome: 'failed' })]) as unknown,
    });
    await expectPaused(engine, connected, note);
    expect(accountCalls(engine.simulator.requests, credentials.accessKey)).toHaveLength(looks);

    const [poll] = await engine.connections.poll(connected.id, ['policies']);
    expect(poll).toMatchObject({
      outcome: 'failed',
      error: expect.stringContaining('no keys that Mimecast accepted') as string,
    });
    expect(accountCalls(engine.simulator.requests, credentials.accessKey)).toHaveLength(looks);
    expect(await engine.store.proof.verify(connected.id)).toMatchObject({ ok: true });
  });

  test('an Application ID that Mimecast refuses only once is taken', async ({ engine }) => {
    const tenant = engine.addTenant();
    const { accessKey } = tenant.keys;
    engine.simulator.faults.add({ path, accessKey, times: 1, fault: { kind: 'fail', code: 'err_developer_key' } });
    const { report, id } = await engine.connect(tenant);
    expect(report).toMatchObject({ ok: true, authentication: 'accepted' });
    expect((await engine.connections.status(id)).streams.some(({ paused }) => paused)).toBe(false);
  });
});

test('expired keys are distinguished from wrong ones', async ({ engine }) => {
  const tenant = engine.addTenant();
  tenant.running.expired = true;
  const connected = await engine.connect(tenant);
  expect(connected.report).toMatchObject({ ok: false, authentication: 'expired' });
  await expectPaused(engine, connected, /keys v1\b.* expired.*The access key .*has expired\. Request new keys/);
});

test('an account of another region is reported as in the wrong region', async ({ engine }) => {
  const tenant = engine.addTenant();
  const problem = { kind: 'fail', code: 'err_audit_log_incorrect_region' } as const;
  engine.simulator.faults.add({ path, accessKey: tenant.keys.accessKey, fault: problem });
  const connected = await engine.connect(tenant);
  expect(connected.report).toMatchObject({ ok: false, authentication: 'wrong-region' });
  await expectPaused(engine, connected, /another region\. Find the account's region/);
});

test('keys that are refused while the clocks disagree are not judged', async ({ engine }) => {
  const simulator = await startSimulator({ clockSkewMs: 7 * MINUTE_MS, maxDateSkewMs: MINUTE_MS });
  try {
    const connected = await engine.connect(addTenant(simulator), { baseUrl: simulator.url });
    expect(connected.report).toMatchObject({ ok: false, authentication: 'unreachable' });
    expect(connected.report.action).toMatch(
      /clock is (7 min|6 min 5\d s).* behind Mimecast's; the keys were not judged/,
    );
    expect(connected.report.clockSkewMs).toBeGreaterThan(6 * MINUTE_MS);
    await expectPaused(
      engine,
      connected,
      /by Postgres \(.*clock is .*the keys were not judged\. Check NTP on Postgres/,
    );

    simulator.configure({ clockSkewMs: 0 });
    expect(await engine.connections.test(connected.id)).toMatchObject({ ok: true, authentication: 'accepted' });
  } finally {
    await simulator.stop();
  }
});

test('a wrong clock does not matter as long as Mimecast accepts the keys, and is reported', async ({ engine }) => {
  const simulator = await startSimulator({ clockSkewMs: -7 * MINUTE_MS });
  try {
    const { report } = await engine.connect(addTenant(simulator), { baseUrl: simulator.url });
    expect(report).toMatchObject({ ok: true, authentication: 'accepted' });
    expect(report.clockSkewMs).toBeLessThan(-6 * MINUTE_MS);
  } finally {
    await simulator.stop();
  }
});

test('keys are not judged when Mimecast cannot be reached', async ({ engine }) => {
  const gone = await startSimulator();
  const tenant = addTenant(gone);
  await gone.stop();
  await expect(reachable(gone.url)).resolves.toBe(false);

  const connected = await engine.connect(tenant, { baseUrl: gone.url });
  expect(connected.report).toMatchObject({ ok: false, authentication: 'unreachable' });
  await expectPaused(engine, connected, /^temporal-mimecast: keys v1\b.*ECONNREFUSED/);
});

test('keys of another account than the expected one are refused', async ({ engine }) => {
  const tenant = engine.addTenant();
  const connected = await engine.connect(tenant, { settings: { expectedAccount: 'CUK99A999' } });
  expect(connected.report).toMatchObject({ ok: false, authentication: 'accepted' });
  expect(connected.report.action).toContain(`These keys open account ${tenant.accountCode}`);
  await expectPaused(engine, connected, /is about CUK99A999/);
});

test('keys that may not read the account are accepted: the missing permission is named', async ({ engine }) => {
  const tenant = engine.addTenant({ access: { account: 'forbidden' } });
  const { report, id } = await engine.connect(tenant);
  expect(report).toMatchObject({
    authentication: 'accepted',
    endpoints: expect.arrayContaining([
      expect.objectContaining({ path, outcome: 'forbidden', permission: 'Account | Dashboard | Read' }),
    ]) as unknown,
  });
  expect((await engine.connections.status(id)).state).toBe('connected');
});

function reachable(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = dial(Number(new URL(url).port), '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });
}
