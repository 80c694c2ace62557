import { WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { describe, expect } from 'vitest';
import type { PollReport } from '../../../../client/reports.js';
import type { EndpointName } from '../../../../model/connection.js';
import { ENDPOINTS } from '../../../../mimecast/endpoints.js';
import type { Fault } from '../../../../sandbox/simulator/faults.js';
import type { EndpointAccess } from '../../../../sandbox/simulator/tenant.js';
import { OUTCOME_ATTRIBUTE } from '../../../../contract/search-attributes.js';
import { heldIds, letTimePass, vendorIds, windowsOf } from '../../../support/audit-log.js';
import { DAY_MS, type Connected, type Engine, type Tenant } from '../../../support/engine.js';
import { test } from '../../../support/test.js';

const POLICIES = ['blocked-senders', 'content-examination', 'url-protect', 'attachment-management'] as const;
type Policy = (typeof POLICIES)[number];

const strike = (engine: Engine, { keys }: Tenant, name: EndpointName, fault: Fault): number =>
  engine.simulator.faults.add({ path: ENDPOINTS[name].path, accessKey: keys.accessKey, fault });

async function poll(
  engine: Engine,
  { id }: Connected,
  stream: 'audit-events' | 'policies' | 'account',
): Promise<PollReport> {
  const [report] = await engine.connections.poll(id, [stream]);
  if (!report) throw new Error('no poll');
  return report;
}

/** Returns the outcome of a run as its search attribute has it and, when the run failed, its failure. */
async function shownOf(
  engine: Engine,
  { workflowId, runId }: PollReport,
): Promise<{ outcome: unknown; failure?: ApplicationFailure }> {
  const handle = engine.client.workflow.getHandle(workflowId, runId);
  const outcome: unknown = (await handle.describe()).typedSearchAttributes.get(OUTCOME_ATTRIBUTE);
  try {
    await handle.result();
    return { outcome };
  } catch (error) {
    if (!(error instanceof WorkflowFailedError) || !(error.cause instanceof ApplicationFailure)) throw error;
    return { outcome, failure: error.cause };
  }
}

describe('the answer for one list of policies, with three others collected', () => {
  const allow =
    (access: EndpointAccess) =>
    (tenant: Tenant, name: Policy): void => {
      tenant.running.setAccess(name, access);
    };
  const answer =
    (data: readonly unknown[] | undefined) =>
    ({ running }: Tenant, name: Policy): void => {
      Object.assign(running.data, { [name]: data });
    };
  const fail =
    (fault: Fault) =>
    (tenant: Tenant, name: Policy, engine: Engine): void => {
      strike(engine, tenant, name, fault);
    };

  type Arrange = (tenant: Tenant, name: Policy, engine: Engine) => void;

  interface Expected {
    readonly said: Partial<PollReport['endpoints'][number]>;
    readonly outcome: string;
    readonly body: boolean;
  }
  const empty: Expected = { said: { outcome: 'empty', items: 0 }, outcome: 'collected', body: true };
  const unavailable: Expected = { said: { outcome: 'unavailable' }, outcome: 'collected', body: false };
  const forbidden: Expected = {
    said: { outcome: 'forbidden', permission: 'Gateway | Policies | Read' },
    outcome: 'partial',
    body: false,
  };

  /** All four in their order: one of them says something, the others are collected. */
  const eachPolicy = (name: Policy, said: Expected['said']): object[] =>
    POLICIES.map((endpoint) => ({
      endpoint,
      path: ENDPOINTS[endpoint].path,
      ...(endpoint === name ? said : { outcome: 'collected' }),
    }));

  test.for<[string, Policy, Arrange, Expected]>([
    ['an empty list is empty', 'url-protect', answer([]), empty],
    ['404 is unavailable', 'content-examination', allow('missing'), unavailable],
    ['app_forbidden is unavailable', 'attachment-management', allow('app-forbidden'), unavailable],
    ['403 is forbidden and names the permission', 'blocked-senders', allow('forbidden'), forbidden],
  ])('%s, and no failure', async ([, name, arrange, { said, outcome, body }], { engine }) => {
    const connected = await engine.connect();
    arrange(connected.tenant, name, engine);
    const report = await poll(engine, connected, 'policies');
    expect(report).toMatchObject({ outcome });
    expect(report.error).toBeUndefined();
    expect(report.endpoints).toMatchObject(eachPolicy(name, said));
    expect(await shownOf(engine, report)).toEqual({ outcome });
    const kept = (await engine.store.observations.latest(connected.id)).find(({ endpoint }) => endpoint === name);
    expect(kept).toMatchObject({ outcome: said.outcome });
    expect(kept?.digest !== undefined).toBe(body);
  });

  test.for<[string, Policy, Arrange, RegExp]>([
    [
      '200 with fail[]',
      'blocked-senders',
      fail({ kind: 'fail', code: 'err_policy_unknown' }),
      /^Mimecast rejected the request \(err_policy_unknown\)\./,
    ],
    [
      '200 without data',
      'url-protect',
      answer(undefined),
      /^The answer is not in the documented form \(no list in data\)\./,
    ],
    [
      '200 whose meta says 400',
      'attachment-management',
      fail({ kind: 'meta-status', status: 400 }),
      /^Mimecast rejected the request\./,
    ],
    [
      'an item that is not in the documented form',
      'blocked-senders',
      answer([{ option: 'block_sender' }]),
      /^The answer is not in the documented form \(data\[0\]\.policy\)\./,
    ],
    [
      'a redirect',
      'content-examination',
      fail({ kind: 'redirect', location: 'https://elsewhere.example/' }),
      /^A redirect was refused: keys go to no other address\./,
    ],
  ])(
    '%s is failed: the run fails with the cause as its first line, and the others are stored',
    async ([, name, arrange, line], { engine }) => {
      const connected = await engine.connect();
      arrange(connected.tenant, name, engine);
      const report = await poll(engine, connected, 'policies');
      expect(report.outcome).toBe('partial');
      expect(report.endpoints).toMatchObject(eachPolicy(name, { outcome: 'failed' }));
      const { outcome, failure } = await shownOf(engine, report);
      expect(outcome).toBe('unusable-answer');
      expectReadable(failure, line);
      expect(failure?.type).toBe('MimecastRequestError');

      const kept = await engine.store.observations.latest(connected.id);
      expect(kept.map(({ endpoint, digest }) => [endpoint, digest !== undefined]).sort()).toEqual(
        POLICIES.map((endpoint) => [endpoint, endpoint !== name]).sort(),
      );
      expect(await engine.connections.status(connected.id)).toMatchObject({
        streams: expect.arrayContaining([
          expect.objectContaining({ stream: 'policies', lastOutcome: 'partial' }),
        ]) as unknown,
      });
    },
  );
});

/** Checks the text that a list of runs shows: what happened and what to do, then the request, for the vendor's support. */
function expectReadable(failure: ApplicationFailure | undefined, line: RegExp): void {
  const [first = '', second = ''] = (failure?.message ?? '').split('\n');
  expect(first).toMatch(line);
  expect(first.length).toBeLessThanOrEqual(200);
  expect(second).toMatch(/^POST 127\.0\.0\.1:\d+\/api\/\S+ · request [\da-f-]{36} · \d{4}-\d\d-\d\dT[\d:.]+Z/);
  expect(failure?.nonRetryable).toBe(true);
}

describe('every run fails once the keys stop working', () => {
  test.for<[string, (tenant: Tenant, engine: Engine) => void, string, RegExp]>([
    [
      'refused',
      ({ running }) => {
        running.rotateKeys();
      },
      'auth-refused',
      /^Mimecast refused the keys/,
    ],
    [
      'expired',
      ({ running }) => {
        running.expired = true;
      },
      'keys-expired',
      /^The access key .*has expired\. Request new keys/,
    ],
    [
      'in another region',
      (tenant, engine) => {
        for (const name of POLICIES)
          strike(engine, tenant, name, { kind: 'fail', code: 'err_audit_log_incorrect_region' });
      },
      'wrong-region',
      /^Mimecast says that this account lives in another region\./,
    ],
  ])('%s', async ([, arrange, cause, line], { engine }) => {
    const connected = await engine.connect();
    await poll(engine, connected, 'policies');
    const before = await engine.store.observations.latest(connected.id);
    arrange(connected.tenant, engine);
    const report = await poll(engine, connected, 'policies');
    expect(report.outcome).toBe('failed');
    const { outcome, failure } = await shownOf(engine, report);
    expect(outcome).toBe(cause);
    expectReadable(failure, line);

    const after = await engine.store.observations.latest(connected.id);
    expect(after.map(({ endpoint, outcome: said }) => [endpoint, said])).toEqual(
      before.map(({ endpoint }) => [endpoint, 'failed']),
    );
  });
});

test('keys that open another account than before are refused, and its answer is not stored', async ({ engine }) => {
  const connected = await engine.connect();
  await poll(engine, connected, 'account');
  Object.assign(connected.tenant.running.data, {
    account: [{ accountCode: 'CUK00A000', accountName: 'Somebody else' }],
  });
  const report = await poll(engine, connected, 'account');
  expect(report.error).toMatch(/^These keys open account CUK00A000, but /);
  expect((await shownOf(engine, report)).outcome).toBe('other-account');
  const bodies = await engine.database.query('select from mimecast.bodies where body like $1', ['%CUK00A000%']);
  expect(bodies).toEqual([]);
});

describe('the audit log', () => {
  test('without any events is empty, which is a complete reading', async ({ engine }) => {
    const connected = await engine.connect(engine.addTenant({ events: 0 }));
    const report = await poll(engine, connected, 'audit-events');
    expect(report).toMatchObject({ outcome: 'empty', events: 0, endpoints: [{ outcome: 'empty' }] });
    expect(report.watermark).toBeDefined();
  });

  test('that may not be read is forbidden; once the permission is granted, days later, all that Mimecast still has is read', async ({
    engine,
  }) => {
    const connected = await engine.connect();
    const { id, tenant } = connected;
    tenant.running.setAccess('audit-events', 'forbidden');
    const forbidden = await poll(engine, connected, 'audit-events');
    expect(forbidden).toMatchObject({
      outcome: 'forbidden',
      endpoints: [{ outcome: 'forbidden', permission: 'Account | Logs | Read' }],
    });
    expect(forbidden.error).toBeUndefined();
    expect(forbidden.watermark).toBeUndefined();
    expect(await shownOf(engine, forbidden)).toEqual({ outcome: 'forbidden' });

    // First a part of the window that waits is gone at Mimecast, then all of it.
    for (const days of [0.5, 0.25, 3.25]) {
      await letTimePass(engine.database, id, days * DAY_MS);
      expect((await poll(engine, connected, 'audit-events')).outcome).toBe('forbidden');
    }
    tenant.running.setAccess('audit-events', 'available');
    expect(await poll(engine, connected, 'audit-events')).toMatchObject({ outcome: 'collected' });
    expect(await heldIds(engine.database, id)).toEqual(vendorIds(tenant));
    const [first] = await windowsOf(engine.database, id);
    const [gap, ...others] = await engine.store.ledger.gaps(id, 'audit-events');
    expect(others).toEqual([]);
    expect(gap?.end).toEqual(first?.start);
    expect(gap && gap.end.getTime() - gap.start.getTime()).toBeGreaterThanOrEqual(4 * DAY_MS);
    expect(await engine.store.proof.verify(id)).toMatchObject({ ok: true });
  });

  test.for<[string, EndpointAccess]>([
    ['404', 'missing'],
    ['app_forbidden', 'app-forbidden'],
  ])('that Mimecast does not offer (%s) is unavailable, not empty', async ([, access], { engine }) => {
    const connected = await engine.connect();
    connected.tenant.running.setAccess('audit-events', access);
    const report = await poll(engine, connected, 'audit-events');
    expect(report).toMatchObject({ outcome: 'unavailable', endpoints: [{ outcome: 'unavailable' }] });
    expect(report.watermark).toBeUndefined();
    expect(report.error).toBeUndefined();
  });
});
