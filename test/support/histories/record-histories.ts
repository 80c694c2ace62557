/**
 * Runs the product through everything that can happen to a run, on the real servers, and keeps the histories. A
 * recording's name is the sentence that its file is named for.
 */
import type { WorkflowHandle } from '@temporalio/client';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { ConnectionSettings } from '../../../model/connection.js';
import type {
  BelievableTenant,
  BelievableTenantOptions,
} from '../../../sandbox/simulator/fixtures/believable-tenant.js';
import type { RunningTenant } from '../../../sandbox/simulator/running-tenant.js';
import { ENDPOINT_PATHS, randomKeys } from '../../../sandbox/simulator/tenant.js';
import { connectionWorkflowId } from '../../../contract/ids.js';
import { defaultSettings } from '../../../model/settings.js';
import type { PolledStream } from '../../../model/streams.js';
import { startEngine, type Engine } from '../engine.js';
import { recordBackfills } from './record-backfills.js';
import { recordLogPolls } from './record-log-polls.js';
import { recordVerdicts } from './record-verdicts.js';
import { record, startRecording } from './recorded-histories.js';

await startRecording({ overwrite: process.env['OVERWRITE_HISTORIES'] === '1' });

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine({ statistics: true });
});
afterAll(() => engine.stop());

/** @param run makes something happen. @returns the run whose history is kept */
function recording(name: string, run: () => Promise<WorkflowHandle>): void {
  test(name, async () => {
    const handle = await run();
    await record(name, await handle.fetchHistory());
  });
}

interface Tenant extends BelievableTenant {
  readonly id: string;
  readonly running: RunningTenant;
  /** Strikes the next call of this tenant to an endpoint. */
  fault(endpoint: keyof typeof ENDPOINT_PATHS, kind: 'hang' | 'reset' | 'token-refused'): void;
}

function newTenant(options: BelievableTenantOptions = {}): Tenant {
  const tenant = engine.addTenant({ events: 40, ...options });
  const { accessKey } = tenant.keys;
  return {
    ...tenant,
    id: engine.newId(),
    fault: (endpoint, kind) => {
      engine.simulator.faults.add({ fault: { kind }, path: ENDPOINT_PATHS[endpoint], accessKey, times: 1 });
    },
  };
}

async function connect(tenant: Tenant, settings: Partial<ConnectionSettings> = {}): Promise<void> {
  const report = await engine.connections.connect(tenant.id, {
    baseUrl: engine.simulator.url,
    credentials: tenant.keys,
    settings,
  });
  expect(report.ok).toBe(true);
}

async function connected(options?: BelievableTenantOptions, pageSize = 500): Promise<Tenant> {
  const tenant = newTenant(options);
  await connect(tenant, { pagination: { ...defaultSettings(engine.simulator.url).pagination, pageSize } });
  return tenant;
}

/** The whole poll of one stream. */
async function poll(tenant: Tenant, stream: PolledStream, outcome: string): Promise<WorkflowHandle> {
  const [polled] = await engine.connections.poll(tenant.id, [stream]);
  expect(polled?.outcome).toBe(outcome);
  return engine.client.workflow.getHandle(polled?.workflowId ?? '', polled?.runId);
}

/** A poll that begins and is not waited for. */
async function begin(tenant: Tenant, stream: PolledStream): Promise<WorkflowHandle> {
  const [started] = await engine.connections.pollNow(tenant.id, [stream]);
  return engine.client.workflow.getHandle(started?.workflowId ?? '', started?.runId);
}

async function startByHand(workflowType: string, tenant: Tenant, input: object = {}): Promise<WorkflowHandle> {
  const handle = await engine.client.workflow.start(workflowType, {
    taskQueue: engine.taskQueue,
    workflowId: `${connectionWorkflowId(tenant.id)}/by-hand`,
    args: [{ connectionId: tenant.id, ...input }],
  });
  await handle.result();
  return handle;
}

const entity = (tenant: Tenant, runId?: string): WorkflowHandle =>
  engine.client.workflow.getHandle(connectionWorkflowId(tenant.id), runId);

/** The first run of a connection, when the one after it has begun. */
async function firstRun(tenant: Tenant): Promise<WorkflowHandle> {
  const { raw } = await entity(tenant).describe();
  const first = entity(tenant, raw.workflowExecutionInfo?.firstRunId ?? '');
  await goesOnAsNewRun(first);
  return first;
}

recording('connection/good keys are saved and the connection goes on as a new run', async () => {
  return await firstRun(await connected());
});

recording('connection/refused keys are saved and the connection goes on as a new run', async () => {
  const tenant = newTenant();
  const report = await engine.connections.connect(tenant.id, {
    baseUrl: engine.simulator.url,
    credentials: randomKeys(),
  });
  expect(report.authentication).toBe('rejected');
  return await firstRun(tenant);
});

recording('connection/a second connect that comes during the first is refused', async () => {
  const tenant = newTenant();
  const both = await Promise.allSettled([connect(tenant), connect(tenant)]);
  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  return await firstRun(tenant);
});

recording('connection/it is asked tested and polled and lives on', async () => {
  const tenant = await connected();
  await engine.connections.test(tenant.id);
  await engine.connections.status(tenant.id);
  await poll(tenant, 'account', 'collected');
  return entity(tenant);
});

recording('connection/it is polled and then disconnected', async () => {
  const tenant = await connected();
  await poll(tenant, 'account', 'collected');
  await engine.connections.disconnect(tenant.id, 'the contract ended');
  return entity(tenant);
});

recording('connection/a disconnect cuts a connect short', async () => {
  const tenant = newTenant();
  tenant.fault('account', 'hang');
  const connecting = expect(connect(tenant)).rejects.toMatchObject({ code: 'interrupted' });
  await calls(tenant, 'account');
  await engine.connections.disconnect(tenant.id);
  await connecting;
  return entity(tenant);
});

recording('connection/one that was disconnected is connected again', async () => {
  const tenant = await connected();
  await engine.connections.disconnect(tenant.id);
  await connect(tenant);
  return await firstRun(tenant);
});

recording('connection/a start without a connect ends by itself', async () => {
  return await startByHand('mimecastConnection', newTenant());
});

/** Waits until a check passes, at most 20 s. */
const eventually = (check: () => Promise<void>): Promise<void> => vi.waitFor(check, { timeout: 20_000 });

const goesOnAsNewRun = (run: WorkflowHandle): Promise<void> =>
  eventually(async () => {
    expect((await run.describe()).status.name).toBe('CONTINUED_AS_NEW');
  });

/** The run of a connection that something happens in, once it has ended or the thing is done. */
async function runIn(tenant: Tenant, happen: () => Promise<unknown>, endsWithIt: boolean): Promise<WorkflowHandle> {
  await firstRun(tenant);
  const { runId } = await entity(tenant).describe();
  const run = entity(tenant, runId);
  await happen();
  if (endsWithIt) await goesOnAsNewRun(run);
  return run;
}

const stateIs = (tenant: Tenant, state: string): Promise<void> =>
  eventually(async () => {
    expect(await engine.connections.status(tenant.id)).toMatchObject({ state });
  });

recording('connection/its keys are rotated', async () => {
  const tenant = await connected();
  const rotate = () => engine.connections.rotate(tenant.id, { credentials: tenant.running.rotateKeys() });
  return await runIn(
    tenant,
    async () => {
      expect((await rotate()).accepted).toBe(true);
    },
    true,
  );
});

recording('connection/new keys are refused and the old ones stay', async () => {
  const tenant = await connected();
  const rotate = () => engine.connections.rotate(tenant.id, { credentials: randomKeys() });
  return await runIn(
    tenant,
    async () => {
      expect((await rotate()).accepted).toBe(false);
    },
    true,
  );
});

recording('connection/new keys are announced', async () => {
  const tenant = await connected();
  const announce = () => engine.connections.announceRotation(tenant.id, { credentials: tenant.running.rotateKeys() });
  return await runIn(tenant, announce, true);
});

recording('connection/what is announced is malformed', async () => {
  const tenant = await connected();
  return await runIn(tenant, () => entity(tenant).signal('credentialsRotated', { sealed: 'no keys' }), true);
});

recording('connection/its keys are refused and tried again until they are good', async () => {
  const tenant = newTenant();
  await connect(tenant, { refusals: { confirmAfterMs: 100, probeAfterMs: [2_000], probeEveryMs: 2_000 } });
  const { accessKey } = tenant.keys;
  const refusing = engine.simulator.faults.add({ fault: { kind: 'status', status: 401 }, accessKey });
  const healed = async (): Promise<void> => {
    await poll(tenant, 'account', 'failed');
    await stateIs(tenant, 'refused');
    engine.simulator.faults.remove(refusing);
    await stateIs(tenant, 'connected');
  };
  return await runIn(tenant, healed, false);
});

recording('connection/it is edited paused and resumed', async () => {
  const tenant = await connected();
  const { id } = tenant;
  const changes = async (): Promise<void> => {
    await engine.connections.updateSettings(id, { streams: { account: { everyMs: 7_200_000 } } });
    await engine.connections.updateSettings(id, { baseUrl: 'http://127.0.0.1:9' });
    await engine.connections.pause(id, { streams: ['policies'], note: 'change freeze' });
    await engine.connections.resume(id);
  };
  return await runIn(tenant, changes, false);
});

recording('connection/its keys become due for rotation', async () => {
  const tenant = newTenant();
  const issuedAt = new Date(Date.now() - 75 * 86_400_000 + 4_000);
  await engine.connections.connect(tenant.id, { baseUrl: engine.simulator.url, credentials: tenant.keys, issuedAt });
  const due = (): Promise<void> =>
    eventually(async () => {
      expect(await entity(tenant).query('status')).toMatchObject({ credentials: { age: 'due' } });
    });
  return await runIn(tenant, due, false);
});

recording('audit-events/a poll takes several batches', async () => {
  const handle = await poll(await connected({ events: 420 }, 1), 'audit-events', 'collected');
  const { events } = await handle.fetchHistory();
  const batches = events?.filter(({ activityTaskScheduledEventAttributes: scheduled }) => {
    return scheduled?.activityType?.name === 'mimecast.collectAuditPages';
  });
  expect(batches?.length).toBeGreaterThan(1);
  return handle;
});

for (const [name, kind] of [
  ['reads a window again because its token is refused', 'token-refused'],
  ['goes on after the connection was reset', 'reset'],
] as const) {
  recording(`audit-events/a poll ${name}`, async () => {
    const tenant = await connected({ events: 200 }, 2);
    tenant.fault('audit-events', kind);
    return await poll(tenant, 'audit-events', 'collected');
  });
}

recording('audit-events/a poll may not read', async () => {
  return await poll(await connected({ access: { 'audit-events': 'forbidden' } }), 'audit-events', 'forbidden');
});

recording('audit-events/a poll finds no such endpoint', async () => {
  return await poll(await connected({ access: { 'audit-events': 'missing' } }), 'audit-events', 'unavailable');
});

recording('audit-events/a poll goes on from the run before', async () => {
  const startedAt = new Date().toISOString();
  const progress = { state: 'more', path: '', windowOpened: true, pages: 0, events: 0, newEvents: 0 };
  return await startByHand('mimecastPollAuditEvents', await connected(), { carried: { startedAt, progress } });
});

recording('audit-events/a poll that has lasted too long leaves the rest to the next', async () => {
  const startedAt = new Date(Date.now() - 6 * 3_600_000).toISOString();
  const progress = { state: 'more', path: '', windowOpened: true, pages: 0, events: 0, newEvents: 0 };
  return await startByHand('mimecastPollAuditEvents', await connected(), { carried: { startedAt, progress } });
});

recording('audit-events/a poll is cancelled', async () => {
  const tenant = await connected();
  tenant.fault('audit-events', 'hang');
  return await cancelled(await begin(tenant, 'audit-events'), calls(tenant, 'audit-events'));
});

recording('policies/a poll collects all four lists', async () => {
  return await poll(await connected(), 'policies', 'collected');
});

recording('policies/a poll finds nothing', async () => {
  const tenant = await connected();
  const { data } = tenant.running;
  data['blocked-senders'] = data['content-examination'] = data['url-protect'] = data['attachment-management'] = [];
  return await poll(tenant, 'policies', 'empty');
});

const POLICY_LISTS = ['blocked-senders', 'content-examination', 'url-protect', 'attachment-management'] as const;

recording('policies/a poll finds none of the endpoints', async () => {
  const access = Object.fromEntries(POLICY_LISTS.map((list) => [list, 'missing' as const]));
  return await poll(await connected({ access }), 'policies', 'unavailable');
});

recording('policies/a poll may read none of the lists', async () => {
  const access = Object.fromEntries(POLICY_LISTS.map((list) => [list, 'forbidden' as const]));
  return await poll(await connected({ access }), 'policies', 'forbidden');
});

recording('policies/a poll reads some of the lists', async () => {
  const access = { 'url-protect': 'forbidden', 'content-examination': 'app-forbidden' } as const;
  return await poll(await connected({ access }), 'policies', 'partial');
});

recording('policies/a poll fails because the keys are refused', async () => {
  const tenant = await connected();
  tenant.running.rotateKeys();
  return await poll(tenant, 'policies', 'failed');
});

recording('policies/a poll goes on after the connection was reset', async () => {
  const tenant = await connected();
  tenant.fault('url-protect', 'reset');
  return await poll(tenant, 'policies', 'collected');
});

recording('policies/a poll is cancelled', async () => {
  const tenant = await connected();
  tenant.fault('url-protect', 'hang');
  return await cancelled(await begin(tenant, 'policies'), calls(tenant, 'url-protect'));
});

recording('policies/a poll of a disconnected connection stores nothing', async () => {
  const tenant = await connected();
  await engine.connections.disconnect(tenant.id);
  return await startByHand('mimecastPollPolicies', tenant);
});

recording('archive-settings/a poll collects them', async () => {
  return await poll(await connected(), 'archive-settings', 'collected');
});

recording('archive-settings/a poll finds no such endpoint', async () => {
  return await poll(
    await connected({ access: { 'archive-settings': 'app-forbidden' } }),
    'archive-settings',
    'unavailable',
  );
});

recording('account/a poll collects it', async () => {
  return await poll(await connected(), 'account', 'collected');
});

recording('account/a poll fails because the account is another one', async () => {
  const tenant = await connected();
  const [account] = tenant.running.data.account as [object];
  tenant.running.data.account = [{ ...account, accountCode: 'CUS1A1' }];
  return await poll(tenant, 'account', 'failed');
});

recording('account/a poll fails because there is no such connection', async () => {
  const handle = await engine.client.workflow.start('mimecastPollAccount', {
    taskQueue: engine.taskQueue,
    workflowId: `${connectionWorkflowId(engine.newId())}/by-hand`,
    args: [{ connectionId: 'nobody' }],
  });
  await expect(handle.result()).rejects.toThrow();
  return handle;
});

/** Ends when the vendor has a call of this tenant to an endpoint. */
async function calls({ keys: { accessKey } }: Tenant, endpoint: keyof typeof ENDPOINT_PATHS): Promise<void> {
  await vi.waitFor(() => {
    const path = ENDPOINT_PATHS[endpoint];
    expect(engine.simulator.requests).toContainEqual(expect.objectContaining({ path, accessKey }));
  });
}

/** Cancels a run when its call to Mimecast hangs, and waits for its end. */
async function cancelled(handle: WorkflowHandle, hangs: Promise<void>): Promise<WorkflowHandle> {
  await hangs;
  await handle.cancel();
  await expect(handle.result()).rejects.toThrow();
  expect((await handle.describe()).status.name).toBe('CANCELLED');
  return handle;
}

recordBackfills({ engine: () => engine, recording, connected, startByHand, cancelled, calls });
recordVerdicts({ engine: () => engine, recording, connected });
recordLogPolls({ engine: () => engine, recording, connected, poll, startByHand });
