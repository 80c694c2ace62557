import { describe, expect, test } from 'vitest';
import { mayUse, proveKeys } from '../../../../activities/keys/prove-keys.js';
import { ENDPOINT_PATHS, type EndpointAccess, type Fault } from '../../../../sandbox/index.js';
import { reach, tenantOf, type Reached } from '../../../support/activities/tenant-under-test.js';

const calls = ({ simulator }: Reached): string[] =>
  simulator.requests.map(({ path }) => Object.entries(ENDPOINT_PATHS).find(([, known]) => known === path)?.[0] ?? path);

const tell = (report: Awaited<ReturnType<typeof proveKeys>>) =>
  report.endpoints.map(({ endpoint, outcome }) => [endpoint, outcome]);

test('keys that may read the account are proved by that one call', async () => {
  const reached = await reach();
  const report = await proveKeys(reached.api, reached.row);
  expect(report).toMatchObject({
    ok: true,
    authentication: 'accepted',
    account: { code: reached.tenant.accountCode },
    clockSkewMs: 0,
    rateLimit: { limit: 800, remaining: 799 },
  });
  expect(calls(reached)).toEqual(['account']);
  expect(mayUse(report, reached.row)).toBe(true);
});

describe('an account that may not be read', () => {
  test.each<[EndpointAccess, boolean, string]>([
    ['forbidden', false, 'forbidden'],
    ['missing', true, 'unavailable'],
    ['app-forbidden', true, 'unavailable'],
  ])('%s: another endpoint proves the keys, and no account is named', async (access, ok, outcome) => {
    const reached = await reach();
    reached.running.setAccess('account', access);
    const report = await proveKeys(reached.api, reached.row);
    expect(report).toMatchObject({ ok, authentication: 'accepted' });
    expect(report).not.toHaveProperty('account');
    expect(tell(report)).toEqual([
      ['account', outcome],
      ['audit-events', 'collected'],
    ]);
    expect(mayUse(report, reached.row)).toBe(true);
  });

  test('endpoints are tried one by one until one answers, and an empty answer is one', async () => {
    const reached = await reach();
    for (const name of ['account', 'audit-events', 'blocked-senders'] as const) {
      reached.running.setAccess(name, 'forbidden');
    }
    reached.simulator.faults.next(1, ENDPOINT_PATHS['content-examination'], { kind: 'html', status: 200 });
    reached.running.data['url-protect'] = [];
    const report = await proveKeys(reached.api, reached.row);
    expect(report).toMatchObject({ ok: false, authentication: 'accepted' });
    expect(tell(report).slice(2)).toEqual([
      ['blocked-senders', 'forbidden'],
      ['content-examination', 'failed'],
      ['url-protect', 'empty'],
    ]);
  });

  test('where nothing may be read, nothing is proved: the keys are neither accepted nor refused', async () => {
    const reached = await reach();
    reached.simulator.faults.add({ fault: { kind: 'status', status: 403 } });
    const report = await proveKeys(reached.api, reached.row);
    expect(report).toMatchObject({ ok: false, authentication: 'unreachable' });
    expect(report.action).toMatch(/^Nothing can be read with these keys, so they are not proved\. Grant "/);
    expect(report.endpoints).toHaveLength(11);
    expect(mayUse(report, reached.row)).toBe(false);
  });
});

describe('an account that failed is not passed over: it may say later that the keys are those of another tenant', () => {
  test.each<[string, Fault]>([
    ['a web page', { kind: 'html', status: 200 }],
    ['failures in a 200', { kind: 'fail', code: 'err_validation_null' }],
    ['no data', { kind: 'without-data' }],
    ['a fault of the vendor', { kind: 'status', status: 503 }],
  ])('%s', async (_, problem) => {
    const reached = await reach();
    reached.simulator.faults.next(1, ENDPOINT_PATHS.account, problem);
    const report = await proveKeys(reached.api, reached.row);
    expect(report).toMatchObject({ ok: false, authentication: 'unreachable' });
    expect(calls(reached)).toEqual(['account']);
    expect(mayUse(report, reached.row)).toBe(false);
  });
});

describe('only refused and expired keys are told as such, because only they may pause anything', () => {
  const REFUSED: Fault = { kind: 'status', status: 401 };
  const DAY_MS = 86_400_000;

  test.each<[string, readonly Fault[], string]>([
    ['401', [REFUSED], 'rejected'],
    ['401 and clocks that differ by a minute or less', [REFUSED, { kind: 'date', skewMs: 50_000 }], 'rejected'],
    ['401 and a clock that is behind', [REFUSED, { kind: 'date', skewMs: DAY_MS }], 'unreachable'],
    ['401 and a clock that is ahead', [REFUSED, { kind: 'date', skewMs: -DAY_MS }], 'unreachable'],
    ['an unknown Application ID', [{ kind: 'fail', code: 'err_developer_key' }], 'rejected'],
    ['418', [{ kind: 'status', status: 418 }], 'expired'],
    ['429', [{ kind: 'too-many-requests', resetMs: 100 }], 'unreachable'],
    ['a reset', [{ kind: 'reset' }], 'unreachable'],
    ['a wrong region', [{ kind: 'fail', code: 'err_audit_log_incorrect_region' }], 'wrong-region'],
  ])('%s', async (_, problems, authentication) => {
    const reached = await reach();
    for (const problem of problems) reached.simulator.faults.add({ fault: problem });
    const report = await proveKeys(reached.api, reached.row);
    expect(report).toMatchObject({ ok: false, authentication });
    expect(report.action).toBeTruthy();
    expect(mayUse(report, reached.row)).toBe(false);
  });

  test('a clock that is off names itself and how far it is off', async () => {
    const { api, row } = await reach({ clockSkewMs: DAY_MS, maxDateSkewMs: 60_000 });
    const report = await proveKeys(api, row);
    expect(report.clockSkewMs).toBeGreaterThan(DAY_MS - 2_000);
    expect(report.action).toMatch(
      /^Calls are dated by this machine, and its clock is (1 d|23 h 59 min) behind Mimecast's; the keys were not judged\. Check NTP on this machine/,
    );
  });
});

test('keys of another account than the pinned one are accepted by Mimecast and may not be used', async () => {
  const tenant = tenantOf();
  const reached = await reach({ tenant, row: { accountCode: 'CUK99A999' } });
  const report = await proveKeys(reached.api, reached.row);
  expect(report).toMatchObject({ ok: false, authentication: 'accepted', account: { code: tenant.accountCode } });
  expect(mayUse(report, reached.row)).toBe(false);
});

test('a proof that is cancelled ends at once, with the reason', async () => {
  const { api, row, simulator } = await reach();
  simulator.faults.add({ fault: { kind: 'hang' } });
  const cancellation = new AbortController();
  const proof = proveKeys(api, row, cancellation.signal);
  setTimeout(() => {
    cancellation.abort(new Error('cancelled'));
  }, 50);
  await expect(proof).rejects.toThrow('cancelled');
});
