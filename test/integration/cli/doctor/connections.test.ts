import { setTimeout as delay } from 'node:timers/promises';
import type { ScheduleHandle } from '@temporalio/client';
import { describe, expect } from 'vitest';
import { connectionOf } from '../../../../cli/doctor/finding.js';
import { ENDPOINTS } from '../../../../mimecast/endpoints.js';
import { connectionWorkflowId, pollScheduleId } from '../../../../contract/ids.js';
import { POLLED_STREAMS, type PolledStream } from '../../../../model/streams.js';
import { test, type Patient } from '../../../support/cli/patient.js';

const DAY_MS = 86_400_000;

const scheduleOf = (patient: Patient, id: string, stream: PolledStream = 'policies'): ScheduleHandle =>
  patient.engine.client.schedule.getHandle(pollScheduleId(id, stream));

/** Every row of the database, and everything in Temporal that a change would leave behind. */
async function everything(patient: Patient, id: string): Promise<unknown> {
  const { client, database } = patient.engine;
  const tables = await database.query<{ name: string }>(
    `select table_name as name from information_schema.tables where table_schema = 'mimecast' order by 1`,
  );
  const digests = tables.map(({ name }) =>
    database.query(
      `select '${name}' as name, count(*), md5(string_agg(t::text, '|' order by t::text)) from mimecast.${name} t`,
    ),
  );
  const schedules = POLLED_STREAMS.map(async (stream) => {
    const { state, action, spec, info } = await scheduleOf(patient, id, stream).describe();
    return { state, action, spec, taken: info.numActionsTaken, updatedAt: info.lastUpdatedAt };
  });
  const { runId, historyLength } = await client.workflow.getHandle(connectionWorkflowId(id)).describe();
  return [await Promise.all(digests), await Promise.all(schedules), runId, historyLength];
}

/** Runs the next step of the doctor, and expects a healthy connection. */
async function follow(patient: Patient, step: string | undefined, id: string): Promise<void> {
  const [, command = ''] = /temporal-mimecast (.*)$/.exec(step ?? '') ?? [];
  expect(await patient.run(command.split(' '))).toMatchObject({ exitCode: 0 });
  expect(await patient.doctor([id])).toMatchObject({ exitCode: 0, troubles: [] });
}

describe('everything is healthy', () => {
  test('every check passes, Mimecast is not called, and nothing is changed', async ({ patient }) => {
    const { doctor, engine, healthy } = patient;
    const before = await everything(patient, healthy);
    const calls = engine.simulator.requests.length;

    const { exitCode, checks } = await doctor();
    expect(exitCode).toBe(0);
    expect(checks.map(({ group, check, verdict }) => `${verdict} ${group}/${check}`)).toEqual([
      ...['ok machine/node', 'ok machine/temporal-cli'],
      ...['ok temporal/reachable', 'ok temporal/namespace', 'ok temporal/search-attributes', 'ok temporal/workers'],
      ...['ok postgres/reachable', 'ok postgres/version', 'ok postgres/migrations', 'ok postgres/namespace'],
      ...['ok ring/file', 'ok ring/mode', 'ok ring/keys', 'ok clock/temporal', 'ok clock/postgres'],
      'ok connections/count',
    ]);
    expect(checks.find(({ check }) => check === 'workers')?.found).toMatch(
      /by 1 for workflows, 1 for activities: \d+@\S+ \(@temporalio\/worker@1\.\d+\.\d+\+/,
    );
    expect(await everything(patient, healthy)).toEqual(before);
    expect(engine.simulator.requests.length).toBe(calls);
  });

  test('--all, or a name, lists every check of a connection', async ({ patient }) => {
    const { doctor, healthy } = patient;
    const ofOne = (await doctor([healthy])).checks.filter(({ subject }) => subject !== undefined);
    expect(ofOne.map(({ subject, check }) => `${subject ?? ''} ${check}`)).toEqual([
      ...['state', 'workflow', 'key-age'].map((check) => `${healthy} ${check}`),
      ...POLLED_STREAMS.flatMap((stream) =>
        ['schedule', 'polls', 'window'].map((check) => `${healthy}/${stream} ${check}`),
      ),
    ]);
    const listed = (await doctor(['--all'])).checks.filter((finding) => connectionOf(finding) === healthy);
    expect(listed).toHaveLength(ofOne.length);
  });

  test('--test calls Mimecast, and compares its clock', async ({ patient }) => {
    const { doctor, engine, healthy } = patient;
    const calls = engine.simulator.requests.length;
    const { troubles, checks } = await doctor([healthy, '--test']);
    expect(troubles).toEqual([]);
    expect(engine.simulator.requests.length).toBeGreaterThan(calls);
    expect(checks).toContainEqual(expect.objectContaining({ check: 'mimecast', subject: healthy, verdict: 'ok' }));
    expect(checks).toContainEqual(expect.objectContaining({ group: 'clock', check: 'mimecast', verdict: 'ok' }));
  });

  test('for people it is a line a check, without colours where there is no terminal', async ({ patient }) => {
    const { exitCode, stdout } = await patient.run(['doctor', patient.healthy]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^machine\nOK {4}node {2,}Node [\d.]+, and >=/);
    expect(stdout).toContain(`OK    ${patient.healthy}/policies schedule`);
    expect(stdout.trimEnd().split('\n').at(-1)).toMatch(/^nothing failed, \d+ ok$/);
  });
});

describe('one thing is broken: only that is found, and the next step fixes it', () => {
  test('a schedule was deleted', async ({ patient }) => {
    const id = await patient.connected();
    await scheduleOf(patient, id).delete();
    const { exitCode, troubles, steps } = await patient.doctor([id]);
    expect([exitCode, troubles]).toEqual([1, [`failure connections/schedule ${id}/policies`]]);
    expect(steps).toEqual([`temporal-mimecast resume ${id} policies`]);
    await follow(patient, steps[0], id);
  });

  test('a schedule was replaced by hand', async ({ patient }) => {
    const id = await patient.connected();
    await scheduleOf(patient, id).update(({ action, spec, policies, state }) => ({
      action: { ...action, memo: {} },
      spec,
      policies,
      state,
    }));
    const { exitCode, troubles, found, steps } = await patient.doctor([id]);
    expect([exitCode, troubles]).toEqual([1, [`failure connections/schedule ${id}/policies`]]);
    expect(found).toEqual(['not as configured: replaced by hand']);
    await follow(patient, steps[0], id);
  });

  test('the interval of a schedule was changed by hand', async ({ patient }) => {
    const id = await patient.connected();
    await scheduleOf(patient, id).update((before) => ({ ...before, spec: { intervals: [{ every: '7d' }] } }));
    const { exitCode, troubles, found, steps } = await patient.doctor([id]);
    expect([exitCode, troubles]).toEqual([1, [`failure connections/schedule ${id}/policies`]]);
    expect(found).toEqual(['not as configured: every 7d instead of 24h']);
    expect(steps[0]).toContain(`temporal schedule delete --schedule-id ${pollScheduleId(id, 'policies')}, then: `);
    await scheduleOf(patient, id).delete();
    await follow(patient, steps[0], id);
  });

  test('a schedule was paused in Temporal', async ({ patient }) => {
    const id = await patient.connected();
    await scheduleOf(patient, id).pause('change freeze');
    const { exitCode, troubles, found, steps } = await patient.doctor([id]);
    expect([exitCode, troubles]).toEqual([0, [`warning connections/schedule ${id}/policies`]]);
    expect(found).toEqual(['paused in Temporal: change freeze']);
    await follow(patient, steps[0], id);
  });

  test('an operator paused a stream', async ({ patient }) => {
    const id = await patient.connected();
    await patient.engine.connections.pause(id, { streams: ['policies'], note: 'mail migration' });
    const { exitCode, troubles, found, steps } = await patient.doctor([id]);
    expect([exitCode, troubles]).toEqual([0, [`warning connections/schedule ${id}/policies`]]);
    expect(found[0]).toMatch(/^paused by the operator since .*: mail migration$/);
    await follow(patient, steps[0], id);
  });

  test('the workflow of a connection was terminated', async ({ patient }) => {
    const id = await patient.connected();
    await patient.engine.client.workflow.getHandle(connectionWorkflowId(id)).terminate('by hand');
    const { exitCode, troubles, found, steps } = await patient.doctor([id]);
    expect([exitCode, troubles]).toEqual([1, [`failure connections/workflow ${id}`]]);
    expect(found[0]).toMatch(/^its workflow is terminated since /);
    expect(steps).toEqual([`temporal-mimecast resume ${id}`]);
    await follow(patient, steps[0], id);
  });

  test('the keys of a connection are refused', async ({ patient }) => {
    const id = await patient.connected({ secretKey: Buffer.from('another secret').toString('base64') });
    const { exitCode, troubles, found, steps } = await patient.doctor([id]);
    expect([exitCode, troubles]).toEqual([1, [`failure connections/state ${id}`]]);
    expect(found[0]).toMatch(/^keys v1 refused since \d\d:\d\d UTC \(/);
    expect(steps).toEqual([`temporal-mimecast rotate ${id}`]);
  });

  test.for<[number, RegExp]>([
    [80, /rotation is due, and overdue on /],
    [100, /rotation is OVERDUE since /],
  ])('the keys of a connection are %d days old', async ([days, words], { patient }) => {
    const id = await patient.connected({ issuedAt: new Date(Date.now() - days * DAY_MS) });
    const { exitCode, troubles, found, steps } = await patient.doctor([id]);
    expect([exitCode, troubles]).toEqual([0, [`warning connections/key-age ${id}`]]);
    expect(found[0]).toMatch(words);
    expect(steps).toEqual([`temporal-mimecast rotate ${id}`]);
  });

  test('a poll has not succeeded for two intervals', async ({ patient }) => {
    const { engine, doctor } = patient;
    const id = await patient.connected();
    const accessKey = engine.simulator.tenants.at(-1)?.keys.accessKey ?? '';
    const { path } = ENDPOINTS.account;
    const rule = engine.simulator.faults.add({ path, accessKey, fault: { kind: 'status', status: 401 } });
    await engine.connections.updateSettings(id, { streams: { account: { everyMs: 1_000 } } });
    await delay(4_000);

    const { exitCode, troubles, found, steps } = await doctor([id]);
    engine.simulator.faults.remove(rule);
    expect([exitCode, troubles]).toEqual([1, [`failure connections/polls ${id}/account`]]);
    expect(found[0]).toMatch(/^no success yet, longer ago than twice 1s; the newest ended failed \d\d:\d\d UTC: /);
    expect(steps).toEqual([`temporal-mimecast poll ${id} account`]);
  });

  test('there is no such connection', async ({ patient }) => {
    const { exitCode, troubles, steps } = await patient.doctor(['nobody']);
    expect([exitCode, troubles]).toEqual([1, ['failure connections/state nobody']]);
    expect(steps).toEqual(['temporal-mimecast list']);
  });
});

test('among many, only those that need action are listed', async ({ patient }) => {
  const id = await patient.connected();
  await scheduleOf(patient, id).delete();
  const { checks, troubles } = await patient.doctor();
  expect(troubles).toContain(`failure connections/schedule ${id}/policies`);
  expect(checks.filter((finding) => connectionOf(finding) === patient.healthy)).toEqual([]);
  expect(checks.find(({ check }) => check === 'count')?.found).toMatch(/^\d+ of \d+ need nobody$/);
});

test('no doctor printed a key, a password or sealed text', async ({ patient }) => {
  const { hidden, printed } = await patient.secrets();
  expect(hidden.length).toBeGreaterThan(40);
  expect(printed.length).toBeGreaterThan(10_000);
  expect(hidden.filter((secret) => printed.includes(secret))).toEqual([]);
});
