import { expect } from 'vitest';
import { connectionWorkflowId, pollScheduleId } from '../../../../contract/ids.js';
import type { ConnectionStatus } from '../../../../contract/reports.js';
import { type Connected, type Engine } from '../../../support/engine.js';
import { until } from '../../../support/until.js';
import { test } from '../../../support/test.js';

/** Times of a connection that confirms a refusal at once and probes seldom, so that a test sees one thing at a time. */
const SOON = { confirmAfterMs: 200, probeAfterMs: [3_600_000], probeEveryMs: 86_400_000 };
const DAY_MS = 86_400_000;

const connectWith = (engine: Engine, refusals: object): Promise<Connected> =>
  engine.connect(undefined, { settings: { refusals } });
const stateOf = async (engine: Engine, id: string): Promise<string> => (await engine.connections.status(id)).state;
/** Schedules follow the connection's row a moment later. */
const untilPaused = (engine: Engine, id: string, count: number): Promise<void> =>
  until(async () => (await pausedStreams(engine, id)).length === count);
const pausedStreams = async (engine: Engine, id: string): Promise<string[]> =>
  (await engine.connections.status(id)).streams.filter(({ paused }) => paused).map(({ stream }) => stream);

test('keys that are refused twice pause this connection and no other, and the failed run says what to do', async ({
  engine,
}) => {
  const { connections, simulator } = engine;
  const [refused, other] = await Promise.all([connectWith(engine, SOON), connectWith(engine, SOON)]);
  refused.tenant.running.rotateKeys();
  simulator.forgetRequests();

  const [poll] = await connections.poll(refused.id, ['account']);
  expect(poll).toMatchObject({ outcome: 'failed' });
  expect(poll?.error?.split('\n')[0]).toMatch(/^Mimecast refused the keys \(v1\).*rotate/);
  await until(async () => (await stateOf(engine, refused.id)) === 'refused');

  await untilPaused(engine, refused.id, 4);
  const status = await connections.status(refused.id);
  expect(status.streams[0]?.note).toContain('keys v1 are rejected');
  expect(status).toMatchObject({ pausedFor: ['keys-refused'], credentials: { version: 1, state: 'active' } });
  expect(Date.parse(status.nextProbeAt ?? '')).toBeGreaterThan(Date.now() + 3_000_000);
  // The poll's call and the second look: some tenants lock accounts over more.
  expect(simulator.requests.filter(({ status: code }) => code === 401)).toHaveLength(2);
  expect(await pausedStreams(engine, other.id)).toEqual([]);
});

test('good keys resume what refused keys had paused, poll what was missed, and leave what an operator paused', async ({
  engine,
}) => {
  const { connections } = engine;
  const { id, tenant } = await connectWith(engine, SOON);
  await connections.pause(id, { streams: ['policies'], note: 'change freeze' });
  const credentials = tenant.running.rotateKeys();
  await connections.poll(id, ['account']);
  await until(async () => (await stateOf(engine, id)) === 'refused');

  expect(await connections.rotate(id, { credentials })).toMatchObject({ accepted: true });
  expect(await pausedStreams(engine, id)).toEqual(['policies']);
  await until(async () => {
    const { streams } = await connections.status(id);
    return streams.every(({ stream, lastOutcome }) => (lastOutcome === 'collected') === (stream !== 'policies'));
  });
  await connections.resume(id);
  expect(await pausedStreams(engine, id)).toEqual([]);
});

test('a single refusal pauses no connection', async ({ engine }) => {
  const { connections, simulator } = engine;
  const { id, tenant } = await connectWith(engine, SOON);
  simulator.faults.add({ fault: { kind: 'status', status: 401 }, accessKey: tenant.keys.accessKey, times: 1 });
  simulator.forgetRequests();
  expect(await connections.poll(id, ['account'])).toMatchObject([{ outcome: 'failed' }]);
  // The second look is taken, and the keys are good.
  await until(() => Promise.resolve(simulator.requests.some(({ status }) => status === 200)));
  await until(async () => (await stateOf(engine, id)) === 'connected');
  expect(await pausedStreams(engine, id)).toEqual([]);
});

test('keys are not judged while the clock is wrong', async ({ engine }) => {
  const { simulator } = engine;
  const { id, tenant } = await connectWith(engine, { ...SOON, confirmAfterMs: 100 });
  tenant.running.rotateKeys();
  const fault = simulator.faults.add({ fault: { kind: 'date', skewMs: 600_000 } });
  const handle = engine.client.workflow.getHandle(connectionWorkflowId(id));
  await handle.signal('keysRefused', { version: 1, stream: 'account', runId: 'told' });
  await until(() =>
    Promise.resolve(
      simulator.requests.some(({ accessKey, status }) => accessKey === tenant.keys.accessKey && status === 401),
    ),
  );
  expect(await stateOf(engine, id)).toBe('connected');
  expect(await pausedStreams(engine, id)).toEqual([]);
  simulator.faults.remove(fault);
});

test('a paused connection is probed, recovers, and polls what was missed', async ({ engine }) => {
  const { connections, simulator } = engine;
  const { id, tenant } = await connectWith(engine, { confirmAfterMs: 100, probeAfterMs: [1_500], probeEveryMs: 1_500 });
  const fault = simulator.faults.add({ fault: { kind: 'status', status: 401 }, accessKey: tenant.keys.accessKey });
  await connections.poll(id, ['account']);
  await until(async () => (await stateOf(engine, id)) === 'refused');
  simulator.faults.remove(fault);
  await until(async () => (await stateOf(engine, id)) === 'connected');
  await untilPaused(engine, id, 0);
  await until(async () =>
    (await connections.status(id)).streams.every(({ lastOutcome }) => lastOutcome === 'collected'),
  );
});

test('resume tries refused keys first: still refused, it stays paused and says why', async ({ engine }) => {
  const { connections } = engine;
  const { id, tenant } = await connectWith(engine, SOON);
  const credentials = tenant.running.rotateKeys();
  await connections.poll(id, ['account']);
  await until(async () => (await stateOf(engine, id)) === 'refused');
  const report = await connections.resume(id);
  expect(report).toMatchObject({ resumed: false, report: { authentication: 'rejected' } });
  expect(report.reason).toContain('rotate');
  expect(await connections.rotate(id, { credentials })).toMatchObject({ accepted: true });
});

test('keys that were refused at the first connect can be replaced by a rotation', async ({ engine }) => {
  const { connections } = engine;
  const tenant = engine.addTenant();
  const wrong = { ...tenant.keys, secretKey: Buffer.from('wrong').toString('base64') };
  const { id, report } = await engine.connect(tenant, { credentials: wrong });
  expect(report).toMatchObject({ ok: false, authentication: 'rejected' });
  expect(await connections.rotate(id, { credentials: { ...wrong, accessKey: 'nor-this' } })).toMatchObject({
    accepted: false,
  });
  expect(await connections.rotate(id, { credentials: tenant.keys })).toMatchObject({ accepted: true });
  expect(await stateOf(engine, id)).toBe('connected');
  expect(await pausedStreams(engine, id)).toEqual([]);
});

test('keys become due and overdue with time, over restarts and new runs', async ({ engine }) => {
  const { client, connections } = engine;
  const issuedAt = new Date(Date.now() - 75 * DAY_MS + 6_000);
  const { id } = await engine.connect(undefined, { issuedAt });
  const asked = async (): Promise<ConnectionStatus> =>
    await client.workflow.getHandle(connectionWorkflowId(id)).query<ConnectionStatus>('status');
  expect((await asked()).credentials).toMatchObject({ age: 'fresh' });
  await engine.restartWorker();
  await until(async () => (await asked()).credentials?.age === 'due');
  expect((await connections.status(id)).credentials).toMatchObject({ age: 'due', ageDays: 75 });

  const old = await engine.connect(undefined, { issuedAt: new Date(Date.now() - 91 * DAY_MS) });
  expect((await connections.status(old.id)).credentials).toMatchObject({ age: 'overdue', ageDays: 91 });
});

test('a pause that was set in Temporal is kept, and lifted by resume', async ({ engine }) => {
  const { client, connections } = engine;
  const { id } = await engine.connect();
  await client.schedule.getHandle(pollScheduleId(id, 'policies')).pause('by hand');
  await connections.updateSettings(id, { streams: { account: { everyMs: 7_200_000 } } });
  expect(await connections.status(id)).toMatchObject({ pausedFor: ['operator'] });
  expect(await pausedStreams(engine, id)).toEqual(['policies']);
  await connections.resume(id);
  expect(await pausedStreams(engine, id)).toEqual([]);
});
