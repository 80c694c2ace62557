import { chmod } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, vi } from 'vitest';
import { reconcileSchedules } from '../../../../activities/schedules/reconcile-schedules.js';
import { addKey, createKeyring } from '../../../../vault/keyring.js';
import { POLLED_STREAMS } from '../../../../model/streams.js';
import { PLANTED_PASSWORD, test, type Examination, type Patient } from '../../../support/cli/patient.js';

const NO_POSTGRES = `postgres://u:${PLANTED_PASSWORD}@127.0.0.1:1/x`;
const NO_TEMPORAL = '127.0.0.1:1';

describe('Temporal', () => {
  test('is unreachable: checks that need it are skipped, and the others run', async ({ patient }) => {
    const seen = await patient.doctor([patient.healthy], { TEMPORAL_ADDRESS: NO_TEMPORAL });
    expect(seen).toMatchObject({ exitCode: 1, troubles: ['failure temporal/reachable'] });
    expect(seen.steps[0]).toContain('TEMPORAL_ADDRESS');
    expect(seen.skipped).toEqual([
      ...['temporal/namespace', 'temporal/search-attributes', 'temporal/workers'],
      ...['clock/temporal', 'connections/workflow', 'connections/schedule'],
    ]);
    expect(seen.checks).toContainEqual(expect.objectContaining({ check: 'polls', verdict: 'ok' }));
  });

  test('has no such namespace', async ({ patient }) => {
    const seen = await patient.doctor([patient.healthy], { TEMPORAL_NAMESPACE: 'nowhere' });
    expect(seen).toMatchObject({
      exitCode: 1,
      troubles: ['failure temporal/namespace', 'failure postgres/namespace'],
    });
    expect(seen.steps[0]).toContain('temporal operator namespace create --namespace nowhere');
  });

  test('has a namespace without the search attributes', async ({ patient }) => {
    const namespace = `bare-${patient.engine.taskQueue}`;
    await patient.engine.client.workflowService.registerNamespace({
      namespace,
      workflowExecutionRetentionPeriod: { seconds: 86_400 as never },
    });
    // A new namespace is not known everywhere at once.
    const finding = await vi.waitFor(
      async () => {
        const { checks } = await patient.doctor([], { TEMPORAL_NAMESPACE: namespace });
        const found = checks.find(({ check }) => check === 'search-attributes');
        expect(found?.verdict).toBe('failure');
        return found;
      },
      { timeout: 60_000, interval: 500 },
    );
    const names = ['MimecastConnection', 'MimecastStream', 'MimecastOutcome', 'MimecastPosture'];
    expect(finding?.nextStep).toBe(
      `temporal operator search-attribute create --namespace ${namespace} ${names.map((name) => `--name ${name} --type Keyword`).join(' ')}`,
    );
  });

  test('has no worker on the task queue', async ({ patient }) => {
    const { engine, doctor } = patient;
    const id = await patient.connected();
    const row = await engine.store.connections.read(id);
    const queue = `${engine.taskQueue}-nobody`;
    if (row) await reconcileSchedules(engine.client.schedule, row, queue);

    const seen = await doctor([id], { MIMECAST_TASK_QUEUE: queue });
    expect(seen).toMatchObject({ exitCode: 1, troubles: ['failure temporal/workers'] });
    expect(seen.steps).toEqual(['Start one: temporal-mimecast worker']);
    expect((await doctor([id, '--test'], { MIMECAST_TASK_QUEUE: queue })).skipped).toContain('connections/mimecast');

    const elsewhere = await doctor([id]);
    expect(elsewhere.troubles).toEqual(POLLED_STREAMS.map((stream) => `failure connections/schedule ${id}/${stream}`));
    expect(elsewhere.found[0]).toContain(`on task queue "${queue}" instead of "${engine.taskQueue}"`);
  });
});

describe('Postgres', () => {
  test.for([
    ['gone', NO_POSTGRES],
    ['not named', ''],
    ['misspelt', `no url ${PLANTED_PASSWORD}`],
  ])('is %s: checks that need it are skipped', async ([, url], { patient }) => {
    const seen = await patient.doctor([patient.healthy], { DATABASE_URL: url });
    expect(seen).toMatchObject({ exitCode: 1, troubles: ['failure postgres/reachable'] });
    expect(seen.steps[0]).toContain('DATABASE_URL');
    expect(seen.skipped).toEqual([
      ...['postgres/version', 'postgres/migrations', 'postgres/namespace'],
      ...['ring/keys', 'clock/postgres', 'connections/state'],
    ]);
  });

  test('is not there, nor is Temporal', async ({ patient }) => {
    const seen = await patient.doctor([], { TEMPORAL_ADDRESS: NO_TEMPORAL, DATABASE_URL: NO_POSTGRES });
    expect(seen).toMatchObject({
      exitCode: 3,
      troubles: ['failure temporal/reachable', 'failure postgres/reachable'],
    });
  });

  test('lacks a migration', async ({ patient }) => {
    const { database } = patient.engine;
    const [last] = await database.query<{ name: string }>(
      `delete from mimecast.migrations where name = (select max(name) from mimecast.migrations) returning name`,
    );
    const seen = await patient.doctor([patient.healthy]);
    await database.query('insert into mimecast.migrations (name) values ($1)', [last?.name]);
    expect(seen).toMatchObject({ exitCode: 1, troubles: ['failure postgres/migrations'] });
    expect([seen.found, seen.steps]).toEqual([[`not applied: ${last?.name ?? ''}`], ['temporal-mimecast migrate']]);
  });

  test('lacks everything', async ({ patient }) => {
    const { database } = patient.engine;
    await database.query('alter schema mimecast rename to hidden');
    const seen = await patient.doctor([patient.healthy]);
    await database.query('alter schema hidden rename to mimecast');
    expect(seen).toMatchObject({ exitCode: 1, troubles: ['failure postgres/migrations'] });
    expect(seen.skipped).toEqual(['postgres/namespace', 'ring/keys', 'connections/state']);
  });

  test('holds the evidence of another namespace', async ({ patient }) => {
    const { database } = patient.engine;
    await database.query(`update mimecast.namespace set namespace_name = 'elsewhere'`);
    const seen = await patient.doctor([patient.healthy]);
    await database.query(`update mimecast.namespace set namespace_name = 'default'`);
    expect(seen).toMatchObject({ exitCode: 1, troubles: ['failure postgres/namespace'] });
    expect(seen.found).toEqual(['holds the evidence of namespace "elsewhere", and this is "default"']);
  });
});

describe('the keyring', () => {
  const withKeyring = (patient: Patient, file: string): Promise<Examination> =>
    patient.doctor([patient.healthy], { MIMECAST_KEYRING_FILE: file });

  test('lacks a key', async ({ patient }) => {
    const { engine, healthy } = patient;
    const { current } = engine.keyring;
    const other = await patient.writeKeyring('other.json', await createKeyring());
    const seen = await withKeyring(patient, other);
    expect(seen).toMatchObject({ exitCode: 1, troubles: [`failure ring/keys ${healthy}`] });
    expect(seen.found).toEqual([`keys v1 (active), sealed for kid ${current}: not in this ring`]);
    expect(seen.steps).toEqual([`Add key ${current} to ${other}, or: temporal-mimecast rotate ${healthy}`]);

    const grown = await patient.writeKeyring('grown.json', await addKey(engine.keyring));
    expect(await withKeyring(patient, grown)).toMatchObject({ exitCode: 0, troubles: [] });
  });

  test('does not open keys of another connection', async ({ patient }) => {
    const { engine, healthy } = patient;
    const id = await patient.connected();
    const changed = await engine.database.query(
      `update mimecast.credentials c set sealed = o.sealed from mimecast.credentials o
        where c.connection_id = $1 and o.connection_id = $2 returning c.version`,
      [id, healthy],
    );
    expect(changed).toHaveLength(1);
    const seen = await patient.doctor([id]);
    expect(seen).toMatchObject({ exitCode: 1, troubles: [`failure ring/keys ${id}`] });
    expect(seen.steps).toEqual([`temporal-mimecast rotate ${id}`]);
  });

  test('is open to others, is not there, or is not named', async ({ patient }) => {
    const open = await patient.writeKeyring('open.json', patient.engine.keyring);
    await chmod(open, 0o644);
    expect(await withKeyring(patient, open)).toMatchObject({
      exitCode: 1,
      troubles: ['failure ring/mode'],
      steps: [`Run: chmod 600 ${open}`],
    });

    const missing = await withKeyring(patient, path.join(path.dirname(open), 'nowhere.json'));
    expect(missing).toMatchObject({ exitCode: 1, troubles: ['failure ring/file'], skipped: ['ring/keys'] });
    expect(missing.steps[0]).toContain('temporal-mimecast vault init');

    expect(await withKeyring(patient, '')).toMatchObject({
      exitCode: 0,
      troubles: [],
      skipped: ['ring/file', 'ring/keys'],
    });
  });
});

test.for<[number, string, number]>([
  [10_000, 'warning clock/postgres', 0],
  [120_000, 'failure clock/postgres', 1],
])('the clock of this machine is %d ms ahead', async ([skewMs, trouble, exitCode], { patient }) => {
  const seen = await patient.doctor([patient.healthy], {}, skewMs);
  expect(seen).toMatchObject({ exitCode, troubles: [trouble] });
  expect(seen.steps[0]).toContain('NTP');
});

test('no doctor printed a key, a password or sealed text', async ({ patient }) => {
  const { hidden, printed } = await patient.secrets();
  expect(hidden.length).toBeGreaterThan(10);
  expect(printed.length).toBeGreaterThan(10_000);
  expect(hidden.filter((secret) => printed.includes(secret))).toEqual([]);
});
