import { describe, expect } from 'vitest';
import { randomKeys } from '../../../../sandbox/simulator/tenant.js';
import { createKeyring, sealingKey } from '../../../../vault/keyring.js';
import { sealCredentials } from '../../../../vault/sealing.js';
import { connectionWorkflowId } from '../../../../contract/ids.js';
import { type Connected, type Engine } from '../../../support/engine.js';
import { until } from '../../../support/until.js';
import { test } from '../../../support/test.js';

const versionsOf = async (engine: Engine, id: string): Promise<object[]> =>
  await engine.database.query(
    'select version, state, sealed is not null as sealed from mimecast.credentials where connection_id = $1 order by version',
    [id],
  );

const seal = async (engine: Engine, id: string, keys: object): Promise<string> =>
  await sealCredentials(sealingKey(engine.keyring), id, { ...keys });

test('new keys replace the old ones, whose sealed text is destroyed, and polls use them', async ({ engine }) => {
  const { connections } = engine;
  const { id, tenant } = await engine.connect();
  const credentials = tenant.running.rotateKeys();

  const report = await connections.rotate(id, { credentials, note: 'quarterly' });
  expect(report).toMatchObject({ connectionId: id, version: 2, accepted: true, report: { ok: true } });
  expect(await versionsOf(engine, id)).toEqual([
    { version: 1, state: 'retired', sealed: false },
    { version: 2, state: 'active', sealed: true },
  ]);
  const status = await connections.status(id);
  expect(status).toMatchObject({
    state: 'connected',
    credentials: { version: 2, state: 'active' },
    lastRotation: { version: 2, accepted: true, note: 'quarterly' },
  });
  expect(await connections.poll(id, ['account'])).toMatchObject([{ outcome: 'collected' }]);
  expect(await engine.store.proof.verify(id)).toMatchObject({ ok: true });
});

test('the same keys again, and the same sealed text again, are not a rotation', async ({ engine }) => {
  const { connections } = engine;
  const { id, tenant } = await engine.connect();
  expect(await connections.rotate(id, { credentials: tenant.keys })).toMatchObject({
    accepted: true,
    version: 1,
    unchanged: true,
  });

  const sealed = await seal(engine, id, tenant.running.rotateKeys());
  const both = await Promise.all([connections.rotate(id, { sealed }), connections.rotate(id, { sealed })]);
  expect(both).toMatchObject([
    { accepted: true, version: 2 },
    { accepted: true, version: 2 },
  ]);
  expect(both.filter(({ unchanged }) => unchanged)).toHaveLength(1);
  expect(await versionsOf(engine, id)).toHaveLength(2);
});

test('of two concurrent rotations each is judged by itself, and the valid keys are in use', async ({ engine }) => {
  const { connections } = engine;
  const { id, tenant } = await engine.connect();
  const good = tenant.running.rotateKeys();
  const reports = await Promise.all([
    connections.rotate(id, { credentials: good, note: 'good' }),
    connections.rotate(id, { credentials: { ...good, applicationKey: 'wrong' } }),
  ]);
  expect(reports.map(({ accepted }) => accepted)).toEqual([true, false]);
  expect(reports.map(({ version }) => version).sort()).toEqual([2, 3]);
  const { credentials } = await connections.status(id);
  expect(credentials).toMatchObject({ version: reports[0].version, state: 'active' });
});

describe('rejected keys change nothing, and the sender gets the reason', () => {
  test.for<[string, (id: string, keys: object, engine: Engine) => Promise<string>, RegExp]>([
    [
      'keys that Mimecast refuses',
      (id, keys, engine) => seal(engine, id, { ...keys, secretKey: randomKeys().secretKey }),
      /refused the keys/,
    ],
    ['a sealed text of another connection', (_, keys, engine) => seal(engine, 'other', keys), /another connection/],
    [
      'a sealed text for a keyring that the worker does not have',
      async (id, keys) => await sealCredentials(sealingKey(await createKeyring()), id, { ...keys }),
      /not in this worker's ring/,
    ],
    [
      'a sealed text that was cut off',
      async (id, keys, engine) => (await seal(engine, id, keys)).slice(0, -4),
      /damaged or cut off/,
    ],
  ])('%s', async ([, sealedFor, reason], { engine }) => {
    const { connections } = engine;
    const { id, tenant } = await engine.connect();
    const sealed = await sealedFor(id, tenant.keys, engine);
    const report = await connections.rotate(id, { sealed });
    expect(report).toMatchObject({ accepted: false });
    expect(report.reason).toMatch(reason);
    const status = await connections.status(id);
    expect(status).toMatchObject({
      state: 'connected',
      credentials: { version: 1, state: 'active' },
      lastRotation: { accepted: false },
    });
    expect(await connections.poll(id, ['account'])).toMatchObject([{ outcome: 'collected' }]);
    // A rejected sealed text stays rejected.
    expect(await connections.rotate(id, { sealed })).toMatchObject({ accepted: false });
  });

  test('keys of another Mimecast account', async ({ engine }) => {
    const { connections } = engine;
    const { id, tenant } = await engine.connect();
    const other = engine.addTenant();
    const report = await connections.rotate(id, { credentials: other.keys });
    expect(report).toMatchObject({ accepted: false, version: 2 });
    expect(report.reason).toContain(other.accountCode);
    expect(report.reason).toContain(tenant.accountCode);
    expect(await versionsOf(engine, id)).toEqual([
      { version: 1, state: 'active', sealed: true },
      { version: 2, state: 'rejected', sealed: false },
    ]);
  });

  test('a sealed text whose keys were replaced since', async ({ engine }) => {
    const { connections } = engine;
    const { id, tenant } = await engine.connect();
    const sealed = await seal(engine, id, tenant.running.rotateKeys({ keepFormer: true }));
    expect(await connections.rotate(id, { sealed })).toMatchObject({ accepted: true, version: 2 });
    const credentials = tenant.running.rotateKeys();
    expect(await connections.rotate(id, { credentials })).toMatchObject({ accepted: true, version: 3 });

    const report = await connections.rotate(id, { sealed });
    expect(report).toMatchObject({ accepted: false });
    expect(report.reason).toContain('were v2, which is retired');
    expect((await connections.status(id)).credentials).toMatchObject({ version: 3, state: 'active' });
  });

  test('a rotation of a connection that is not there, or no longer, is refused at the sender', async ({ engine }) => {
    const { connections } = engine;
    const { id, tenant } = await engine.connect();
    await connections.disconnect(id);
    for (const gone of [id, 'nobody']) {
      await expect(connections.rotate(gone, { credentials: tenant.keys })).rejects.toMatchObject({
        code: 'unknown-connection',
      });
      await expect(connections.announceRotation(gone, { credentials: tenant.keys })).rejects.toMatchObject({
        code: 'unknown-connection',
      });
    }
  });
});

describe('an announced rotation', () => {
  test('is carried out, and shows in the status', async ({ engine }) => {
    const { connections } = engine;
    const { id, tenant } = await engine.connect();
    await connections.announceRotation(id, { credentials: tenant.running.rotateKeys(), note: 'key service' });
    await until(async () => (await connections.status(id)).credentials?.version === 2);
    expect(await connections.status(id)).toMatchObject({
      lastRotation: { accepted: true, version: 2, note: 'key service' },
    });
  });

  test('and malformed changes nothing, and shows in the status too', async ({ engine }) => {
    const { client, connections } = engine;
    const { id } = await engine.connect();
    await client.workflow.getHandle(connectionWorkflowId(id)).signal('credentialsRotated', { sealed: 'no JWE' });
    await until(async () => (await connections.status(id)).lastRotation !== undefined);
    const status = await connections.status(id);
    expect(status).toMatchObject({
      state: 'connected',
      credentials: { version: 1 },
      lastRotation: { accepted: false },
    });
    expect(status.lastRotation?.reason).toContain('not a compact JWE');
  });
});

test('sealed keys leave Temporal with the run that received them', async ({ engine }) => {
  const { client, connections } = engine;
  const { id, tenant } = await engine.connect();
  const sealed = await seal(engine, id, tenant.running.rotateKeys());
  await connections.rotate(id, { sealed });
  const handle = client.workflow.getHandle(connectionWorkflowId(id));
  await until(async () => {
    const newest = await handle.fetchHistory();
    return (
      !Buffer.from(JSON.stringify(newest)).includes(sealed) &&
      !JSON.stringify(newest).includes(Buffer.from(sealed).toString('base64').slice(8, 60))
    );
  });
});

test('keys that could not be judged stay pending, are tried again, and then replace the old ones', async ({
  engine,
}) => {
  const { connections, simulator } = engine;
  const { id, tenant } = await engine.connect(undefined, { settings: { refusals: { confirmAfterMs: 300 } } });
  const credentials = tenant.running.rotateKeys();
  const problem = simulator.faults.add({ fault: { kind: 'reset' }, accessKey: credentials.accessKey });
  expect(await connections.rotate(id, { credentials })).toMatchObject({
    accepted: false,
    version: 2,
    report: { authentication: 'unreachable' },
  });
  expect(await connections.status(id)).toMatchObject({
    credentials: { version: 1, state: 'active' },
    pendingVersion: 2,
  });

  simulator.faults.remove(problem);
  await until(async () => (await connections.status(id)).credentials?.version === 2);
});

test('fifty connections are rotated at once', async ({ engine }) => {
  const { connections } = engine;
  const streams = { account: { enabled: true, everyMs: 86_400_000 } };
  const connectOne = (): Promise<Connected> =>
    engine.connect(engine.addTenant({ events: 10 }), { settings: { streams } });
  const connected = await Promise.all(Array.from({ length: 50 }, connectOne));
  const reports = await Promise.all(
    connected.map(({ id, tenant }) => connections.rotate(id, { credentials: tenant.running.rotateKeys() })),
  );
  expect(reports.filter(({ accepted, version }) => accepted && version === 2)).toHaveLength(50);
});
