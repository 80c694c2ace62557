import type { ScheduleDescription, ScheduleHandle } from '@temporalio/client';
import { ScheduleOverlapPolicy } from '@temporalio/client';
import { TypedSearchAttributes } from '@temporalio/common';
import { describe, expect, vi } from 'vitest';
import { reconcileSchedules } from '../../../../activities/schedules/reconcile-schedules.js';
import { scheduleOffsetMs } from '../../../../activities/schedules/schedule-plan.js';
import type { ConnectionRow } from '../../../../model/connection.js';
import { ENDPOINTS } from '../../../../mimecast/endpoints.js';
import { connectionWorkflowId, pollScheduleId } from '../../../../contract/ids.js';
import {
  CONNECTION_ATTRIBUTE,
  OUTCOME_ATTRIBUTE,
  SEARCH_ATTRIBUTES,
  STREAM_ATTRIBUTE,
} from '../../../../contract/search-attributes.js';
import type { PolledStream } from '../../../../model/streams.js';
import { DAY_MS, HOUR_MS, type Engine } from '../../../support/engine.js';
import { test as base } from '../../../support/test.js';

const test = base.extend('engineOptions', { scope: 'file' }, { statistics: true });

const scheduleOf = (engine: Engine, id: string, stream: PolledStream): ScheduleHandle =>
  engine.client.schedule.getHandle(pollScheduleId(id, stream));
const described = (engine: Engine, id: string, stream: PolledStream): Promise<ScheduleDescription> =>
  scheduleOf(engine, id, stream).describe();

/** As the connection's workflow does it when something has changed. */
async function reconcile(
  engine: Engine,
  id: string,
  change: Partial<ConnectionRow['settings']['streams']> = {},
): Promise<void> {
  const row = await engine.store.connections.read(id);
  if (!row) throw new Error(`no connection ${id}`);
  const settings = { ...row.settings, streams: { ...row.settings.streams, ...change } };
  await reconcileSchedules(engine.client.schedule, { ...row, settings }, engine.taskQueue);
}

/** Everything that tells two schedules apart, without what the server counts. */
const shapeOf = ({ spec, policies, action, state, raw }: ScheduleDescription): unknown => ({
  spec,
  policies,
  action,
  state,
  conflictToken: raw.conflictToken,
});

const STREAMS: readonly [PolledStream, string, number][] = [
  ['audit-events', 'mimecastPollAuditEvents', 6 * HOUR_MS],
  ['policies', 'mimecastPollPolicies', DAY_MS],
  ['archive-settings', 'mimecastPollArchiveSettings', DAY_MS],
  ['account', 'mimecastPollAccount', DAY_MS],
  ['threat-statistics', 'mimecastPollThreatStatistics', DAY_MS],
];

test.for(STREAMS)('%s is polled by a schedule of its own', async ([stream, workflowType, everyMs], { engine }) => {
  const { id } = await engine.connect();
  const schedule = await described(engine, id, stream);
  expect(schedule.spec).toMatchObject({
    intervals: [{ every: everyMs, offset: scheduleOffsetMs(id, stream, everyMs) }],
    jitter: 30_000,
  });
  expect(schedule.policies).toMatchObject({ overlap: ScheduleOverlapPolicy.BUFFER_ONE, catchupWindow: everyMs });
  expect(schedule.state).toMatchObject({ paused: false });
  expect(schedule.action).toMatchObject({
    type: 'startWorkflow',
    workflowType,
    workflowId: pollScheduleId(id, stream),
    taskQueue: engine.taskQueue,
    args: [{ connectionId: id }],
    workflowExecutionTimeout: 48 * HOUR_MS,
    memo: { mimecastPlanDigest: expect.stringMatching(/^[\da-f]{64}$/) as string },
    staticSummary: `${id}: ${stream}`,
  });
  const started = schedule.raw.schedule?.action?.startWorkflow;
  expect(started?.priority).toMatchObject({ priorityKey: 3, fairnessKey: id });
  for (const attributes of [schedule.typedSearchAttributes, schedule.action.typedSearchAttributes]) {
    if (!(attributes instanceof TypedSearchAttributes)) throw new TypeError('no search attributes');
    expect(attributes.get(CONNECTION_ATTRIBUTE)).toBe(id);
    expect(attributes.get(STREAM_ATTRIBUTE)).toBe(stream);
  }
  const [next] = schedule.info.nextActionTimes;
  expect(next?.getTime()).toBeGreaterThan(Date.now() - 1000);
  expect(next?.getTime()).toBeLessThanOrEqual(Date.now() + everyMs + 30_000);
});

describe('the place of a poll within its interval', () => {
  test('is the same after reconciling, and reconciling changes nothing', async ({ engine }) => {
    const { id } = await engine.connect();
    const before = await described(engine, id, 'policies');
    await reconcile(engine, id);
    await reconcile(engine, id);
    expect(shapeOf(await described(engine, id, 'policies'))).toEqual(shapeOf(before));
  });

  test('is the same when the connection is connected again', async ({ engine }) => {
    const { id, tenant } = await engine.connect();
    const before = await described(engine, id, 'audit-events');
    await engine.connections.disconnect(id);
    await engine.connections.connect(id, { baseUrl: engine.simulator.url, credentials: tenant.keys });
    expect((await described(engine, id, 'audit-events')).spec.intervals).toEqual(before.spec.intervals);
  });

  test('does not move from release to release', () => {
    expect(scheduleOffsetMs('acme', 'audit-events', 6 * HOUR_MS)).toBe(10_582_000);
    expect(scheduleOffsetMs('acme', 'policies', DAY_MS)).toBe(52_222_000);
  });

  test('is spread evenly over the interval', () => {
    const hours = Array.from({ length: 2400 }, (_, index) =>
      Math.floor(scheduleOffsetMs(`tenant-${index}`, 'policies', DAY_MS) / HOUR_MS),
    );
    for (let hour = 0; hour < 24; hour += 1) {
      const polls = hours.filter((at) => at === hour).length;
      expect(polls).toBeGreaterThan(60);
      expect(polls).toBeLessThan(140);
    }
  });
});

describe('reconciling', () => {
  test('follows a changed interval and leaves the pause of an operator as it is', async ({ engine }) => {
    const { id } = await engine.connect();
    await scheduleOf(engine, id, 'policies').pause('Maintenance until Monday, ask Jo');
    await reconcile(engine, id, { policies: { enabled: true, everyMs: 12 * HOUR_MS } });

    const changed = await described(engine, id, 'policies');
    expect(changed.spec.intervals).toMatchObject([{ every: 12 * HOUR_MS }]);
    expect(changed.policies.catchupWindow).toBe(12 * HOUR_MS);
    expect(changed.state).toMatchObject({ paused: true, note: 'Maintenance until Monday, ask Jo' });
    const status = await engine.connections.status(id);
    expect(status.streams.find(({ stream }) => stream === 'policies')).toMatchObject({
      paused: true,
      note: 'Maintenance until Monday, ask Jo',
    });
    expect((await described(engine, id, 'account')).state.paused).toBe(false);
  });

  test('deletes the schedule of a stream that is switched off and makes one that is missing', async ({ engine }) => {
    const { id } = await engine.connect();
    await scheduleOf(engine, id, 'account').delete();
    await reconcile(engine, id, { 'archive-settings': { enabled: false, everyMs: DAY_MS } });
    await expect(described(engine, id, 'archive-settings')).rejects.toThrow();
    expect((await described(engine, id, 'account')).state.paused).toBe(false);
  });
});

test('streams that are switched off at connect are not polled', async ({ engine }) => {
  const { id } = await engine.connect(engine.addTenant(), {
    settings: { streams: { account: { enabled: true, everyMs: HOUR_MS } } },
  });
  expect((await engine.connections.status(id)).streams).toMatchObject([{ stream: 'account', every: '1h' }]);
  await expect(described(engine, id, 'policies')).rejects.toThrow();
  expect((await engine.connections.poll(id)).map(({ stream }) => stream)).toEqual(['account']);
});

test('lists in Temporal are filtered by connection, stream and outcome', async ({ engine }) => {
  const { id, tenant } = await engine.connect();
  await engine.connections.poll(id, ['policies', 'account']);
  tenant.running.setAccess('account', 'forbidden');
  await engine.connections.poll(id, ['account']);
  const { path } = ENDPOINTS['blocked-senders'];
  const problem = { kind: 'fail', code: 'err_something_new' } as const;
  engine.simulator.faults.add({ path, accessKey: tenant.keys.accessKey, fault: problem });
  await engine.connections.poll(id, ['policies']);

  const [connection, stream, outcome] = SEARCH_ATTRIBUTES.map(({ name }) => name);
  const found = async (query: string): Promise<string[]> => {
    const types: string[] = [];
    for await (const { type, typedSearchAttributes: attributes } of engine.client.workflow.list({ query })) {
      types.push(`${type} ${attributes.get(OUTCOME_ATTRIBUTE) ?? ''}`);
    }
    return types.sort();
  };
  const ofConnection = `${connection} = "${id}"`;
  await vi.waitFor(async () => {
    expect(await found(`${ofConnection} AND ExecutionStatus != "ContinuedAsNew"`)).toEqual([
      'mimecastConnection connected',
      'mimecastPollAccount collected',
      'mimecastPollAccount forbidden',
      'mimecastPollPolicies collected',
      'mimecastPollPolicies unusable-answer',
    ]);
  }, 60_000);
  expect(await found(`${ofConnection} AND ${stream} = "account"`)).toEqual([
    'mimecastPollAccount collected',
    'mimecastPollAccount forbidden',
  ]);
  expect(await found(`${ofConnection} AND ${outcome} = "unusable-answer"`)).toEqual([
    'mimecastPollPolicies unusable-answer',
  ]);
  const connections = `WorkflowId = "${connectionWorkflowId(id)}" AND ${outcome} = "connected"`;
  expect(await found(`${connections} AND ExecutionStatus = "Running"`)).toEqual(['mimecastConnection connected']);
});
