import { describe, expect } from 'vitest';
import { pollScheduleId } from '../../../../contract/ids.js';
import { awaitPolls } from '../../../../client/await-polls.js';
import { MimecastConnections } from '../../../../client/connections.js';
import { startSimulator } from '../../../../sandbox/simulator/simulator.js';
import type { Engine } from '../../../support/engine.js';
import { logOf } from '../../../support/evidence.js';
import { test } from '../../../support/test.js';
import type { SettingsChange } from '../../../../model/settings.js';

const HOUR_MS = 3_600_000;

const intervalOf = async (engine: Engine, id: string): Promise<number | undefined> => {
  const { spec } = await engine.client.schedule.getHandle(pollScheduleId(id, 'policies')).describe();
  return spec.intervals?.[0]?.every;
};

test('schedules follow an edit, and neither a pause nor a running poll is lost', async ({ engine }) => {
  const { connections, simulator } = engine;
  const { id, tenant } = await engine.connect();
  await connections.pause(id, { streams: ['account'], note: 'audit season' });
  simulator.faults.add({ fault: { kind: 'delay', delayMs: 2_000 }, accessKey: tenant.keys.accessKey, times: 4 });
  const polls = await connections.pollNow(id, ['policies']);

  const report = await connections.updateSettings(id, {
    streams: { policies: { everyMs: 12 * HOUR_MS }, 'archive-settings': { enabled: false } },
  });
  expect(report).toMatchObject({ connectionId: id, accepted: true });
  expect(await intervalOf(engine, id)).toBe(12 * HOUR_MS);
  const { streams } = await connections.status(id);
  expect(streams.map(({ stream, paused }) => [stream, paused])).toEqual([
    ['audit-events', false],
    ['policies', false],
    ['account', true],
  ]);
  expect(await awaitPolls(engine.client, polls)).toMatchObject([{ stream: 'policies', outcome: 'collected' }]);
  await expect(connections.poll(id, ['archive-settings'])).resolves.toEqual([]);
});

test('another base URL is tried with the saved keys, and accepted when it opens the same account', async ({
  engine,
}) => {
  const { connections } = engine;
  const { id, tenant } = await engine.connect();
  const elsewhere = await startSimulator({ tenants: [tenant] });
  try {
    const report = await connections.updateSettings(id, { baseUrl: elsewhere.url });
    expect(report).toMatchObject({ accepted: true, settings: { baseUrl: elsewhere.url }, report: { ok: true } });
    expect(await connections.poll(id, ['account'])).toMatchObject([{ outcome: 'collected' }]);
    expect(elsewhere.requests.length).toBeGreaterThan(1);
  } finally {
    await elsewhere.stop();
  }
});

test('a wrong base URL of the first connect is corrected by an edit, and polling begins', async ({ engine }) => {
  const { connections, simulator } = engine;
  const nobody = await startSimulator();
  const { id, report } = await engine.connect(undefined, { baseUrl: nobody.url });
  await nobody.stop();
  expect(report.ok).toBe(false);
  expect(await connections.updateSettings(id, { baseUrl: simulator.url })).toMatchObject({ accepted: true });
  const { state, streams } = await connections.status(id);
  expect([state, streams.some(({ paused }) => paused)]).toEqual(['connected', false]);
});

describe('an edit that does not work is rejected, and the sender gets the reason', () => {
  test.for<[string, SettingsChange, RegExp]>([
    [
      'a base URL that does not answer',
      { baseUrl: 'http://127.0.0.1:9' },
      /127\.0\.0\.1|could not be reached|connection/i,
    ],
    [
      'a path where there is no endpoint',
      { endpointPaths: { 'url-protect': '/api/nothing/here' } },
      /no usable endpoint at \/api\/nothing\/here/,
    ],
    [
      'keys that are overdue before they are due',
      { thresholds: { keysDueDays: 80, keysOverdueDays: 30 } },
      /due for rotation after/,
    ],
  ])('%s', async ([, change, reason], { engine }) => {
    const { connections } = engine;
    const { id } = await engine.connect();
    const before = await connections.status(id);
    const report = await connections.updateSettings(id, change);
    expect(report).toMatchObject({ accepted: false });
    expect(report.reason).toMatch(reason);
    const { streams, ...after } = await connections.status(id);
    // The first verdicts about a connection come a moment after it is connected.
    expect({ ...after, posture: undefined }).toEqual({ ...before, posture: undefined, streams: undefined });
    expect(streams.map(({ paused }) => paused)).not.toContain(true);
  });

  test('a base URL where the keys open another account', async ({ engine }) => {
    const { connections } = engine;
    const { id, tenant } = await engine.connect();
    const other = engine.addTenant();
    const elsewhere = await startSimulator({ tenants: [{ ...other, keys: tenant.keys }] });
    const report = await connections.updateSettings(id, { baseUrl: elsewhere.url });
    await elsewhere.stop();
    expect(report).toMatchObject({ accepted: false });
    expect(report.reason).toContain(other.accountCode);
  });

  test.for<[string, SettingsChange, string]>([
    ['nothing', {}, 'nothing to change'],
    ['an interval out of range', { streams: { policies: { everyMs: 10 } } }, 'everyMs must be a whole number'],
    ['an unknown stream', { streams: { weather: { enabled: true } } } as SettingsChange, 'no stream "weather"'],
    ['the API version', { apiVersion: '2.0' } as SettingsChange, 'belong to the keys'],
  ])('%s is refused before it is queued', async ([, change, message], { engine }) => {
    const { id } = await engine.connect();
    await expect(engine.connections.updateSettings(id, change)).rejects.toMatchObject({
      code: 'invalid-request',
      message: expect.stringContaining(message) as string,
    });
  });
});

test('a connection whose workflow was lost is started again by resume, from its row', async ({ engine }) => {
  const { client, connections } = engine;
  const { id } = await engine.connect();
  await client.workflow.getHandle(`mimecast/${id}`).terminate('lost');
  await expect(connections.test(id)).rejects.toMatchObject({ code: 'unknown-connection' });
  expect(await connections.resume(id)).toMatchObject({ resumed: true, status: { state: 'connected' } });
  expect(await connections.test(id)).toMatchObject({ ok: true });
});

test('the evidence log names the actor of a pause, a resumption and an edit', async ({ engine }) => {
  const { client, store, taskQueue, database } = engine;
  const { id } = await engine.connect();
  const asked = new MimecastConnections({ client, taskQueue, evidence: store, allowLoopback: true, actor: 'ops@desk' });
  await asked.pause(id, { note: 'change freeze' });
  await asked.resume(id);
  await asked.updateSettings(id, { retention: { eventBodiesDays: 90 } });
  await engine.connections.updateSettings(id, { retention: { eventBodiesDays: null } });

  const kinds = ['paused', 'resumed', 'settings-changed'];
  const entries = (await logOf(database, id)).filter(({ kind }) => kinds.includes(kind));
  expect(entries.map(({ kind, data }) => [kind, data['actor']])).toEqual([
    ['paused', 'ops@desk'],
    ['resumed', 'ops@desk'],
    ['settings-changed', 'ops@desk'],
    ['settings-changed', undefined],
  ]);
});
