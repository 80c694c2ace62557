import { expect } from 'vitest';
import { connectionWorkflowId } from '../../../../contract/ids.js';
import type { ConnectionStatus } from '../../../../contract/reports.js';
import { sealCredentials } from '../../../../vault/sealing.js';
import { sealingKey } from '../../../../vault/keyring.js';
import type { Connected, Engine } from '../../../support/engine.js';
import { test } from '../../../support/test.js';
import { until } from '../../../support/until.js';

/** Refusals are neither confirmed nor probed by the connection itself while a test counts calls. */
const SELDOM = { confirmAfterMs: 3_600_000, probeAfterMs: [3_600_000], probeEveryMs: 86_400_000 };

const connectQuietly = (engine: Engine): Promise<Connected> =>
  engine.connect(undefined, { settings: { refusals: SELDOM } });

const wrongKeys = ({ tenant }: Connected, number: number) => ({
  ...tenant.keys,
  secretKey: Buffer.from(`wrong ${number}`).toString('base64'),
});

const refusedCalls = ({ simulator }: Engine): number =>
  simulator.requests.filter(({ status }) => status === 401).length;

const statusOf = ({ client }: Engine, id: string): Promise<ConnectionStatus> =>
  client.workflow.getHandle(connectionWorkflowId(id)).query<ConnectionStatus>('status');

const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

test('a storm of rotations with bad keys makes at most five refused calls, and stops no poll', async ({ engine }) => {
  const { connections, simulator } = engine;
  const connected = await connectQuietly(engine);
  const { id } = connected;
  simulator.forgetRequests();

  const answers = await Promise.all(
    numbers(30).map((number) => connections.rotate(id, { credentials: wrongKeys(connected, number) })),
  );
  expect(answers.filter(({ accepted }) => accepted)).toEqual([]);
  expect(refusedCalls(engine)).toBeGreaterThan(0);
  expect(refusedCalls(engine)).toBeLessThanOrEqual(5);

  const calls = simulator.requests.length;
  await engine.restartWorker();
  const answer = await connections.rotate(id, { credentials: wrongKeys(connected, 31) });
  expect(answer).toMatchObject({ accepted: false });
  expect(answer.reason).toMatch(/no call was made\. Wait until \d{4}-\d\d-\d\d \d\d:\d\d UTC\.$/);
  expect(simulator.requests).toHaveLength(calls);

  expect(await connections.poll(id, ['account', 'policies'])).toMatchObject([
    { outcome: 'collected' },
    { outcome: 'collected' },
  ]);
  expect(await connections.test(id)).toMatchObject({ ok: true });
  expect(refusedCalls(engine)).toBeLessThanOrEqual(5);
});

test('tests and resumes of refused keys share the limit', async ({ engine }) => {
  const { connections, simulator } = engine;
  const { id, tenant } = await connectQuietly(engine);
  tenant.running.rotateKeys();
  simulator.forgetRequests();
  // The worker has just seen these keys accepted.
  await engine.restartWorker();

  const asked: Promise<unknown>[] = [
    ...numbers(12).map(() => connections.test(id)),
    ...numbers(4).map(() => connections.resume(id)),
  ];
  await Promise.all(asked);
  expect(refusedCalls(engine)).toBe(5);
  const report = await connections.test(id);
  expect(report).toMatchObject({ ok: false, authentication: 'unreachable' });
  expect(report.action).toMatch(/Wait until .* UTC\.$/);
  expect(refusedCalls(engine)).toBe(5);
});

test('announced rotations that have to wait are carried out later, in order', async ({ engine }) => {
  const { client, database, keyring, simulator } = engine;
  const connected = await connectQuietly(engine);
  const { id, tenant } = connected;
  const good = tenant.running.rotateKeys();
  simulator.forgetRequests();
  const announce = async (credentials: object, note: string): Promise<void> => {
    const sealed = await sealCredentials(sealingKey(keyring), id, { ...credentials });
    await client.workflow.getHandle(connectionWorkflowId(id)).signal('credentialsRotated', { sealed, note });
  };

  for (const number of numbers(4)) await announce(wrongKeys(connected, number), `wrong ${number}`);
  await until(async () => (await statusOf(engine, id)).lastRotation?.note === 'wrong 3');
  expect(refusedCalls(engine)).toBe(4);

  // The oldest call leaves the period in a few seconds.
  await database.query(
    `update mimecast.refused_calls set at = at - interval '9 minutes 56 seconds' where connection_id = '${id}'`,
  );
  await announce(wrongKeys(connected, 5), 'wrong 5');
  await announce(good, 'good');
  await until(async () => (await statusOf(engine, id)).lastRotation?.note === 'good');
  expect((await statusOf(engine, id)).lastRotation).toMatchObject({ accepted: true });
  expect(refusedCalls(engine)).toBe(5);
  expect((await statusOf(engine, id)).credentials).toMatchObject({ version: 7, state: 'active' });
});
