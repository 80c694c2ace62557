import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { testConnection } from '../../../../activities/probe/test-connection.js';
import type { VendorStatistics } from '../../../../model/connection.js';
import { ENDPOINTS, type EndpointName } from '../../../../mimecast/endpoints.js';
import {
  ENDPOINT_PATHS,
  randomKeys,
  type Fault,
  type SimulatedEndpoint,
  type TenantKeys,
} from '../../../../sandbox/index.js';
import type { ConnectionTest, EndpointReport } from '../../../../contract/reports.js';
import { nobody, reach, tenantOf, type Reached } from '../../../support/activities/tenant-under-test.js';

/** Without the statistics of API 2.0. */
const NAMES = (Object.keys(ENDPOINTS) as EndpointName[]).filter((name) => !name.startsWith('stats-')) as Exclude<
  EndpointName,
  VendorStatistics
>[];
/** That nothing happened is no finding. */
const isLog = (name: string): boolean => /logs$|^audit-events$/.test(name);
const OTHERS = NAMES.filter((name) => name !== 'account');
const MINUTE_MS = 60_000;

const testOf = ({ api, row }: Reached): Promise<ConnectionTest> => testConnection(api, row);

const outcomes = ({ endpoints }: ConnectionTest): Record<string, string> =>
  Object.fromEntries(endpoints.map(({ endpoint, outcome }) => [endpoint, outcome]));

const of = (report: ConnectionTest, name: EndpointName): EndpointReport | undefined =>
  report.endpoints.find(({ endpoint }) => endpoint === name);

const spoil = ({ simulator }: Reached, name: SimulatedEndpoint, problem: Fault): number =>
  simulator.faults.add({ fault: problem, path: ENDPOINT_PATHS[name] });

test('a good connection: every endpoint collected, whose account it is, the clocks and the calls that are left', async () => {
  const reached = await reach();
  const report = await testOf(reached);
  expect(report).toMatchObject({
    connectionId: 'acme',
    ok: true,
    authentication: 'accepted',
    apiVersion: '1.0',
    baseUrl: reached.simulator.url,
    account: { code: reached.tenant.accountCode, name: 'Tenant 1' },
    clockSkewMs: 0,
    rateLimit: { limit: 800, remaining: 800 - NAMES.length },
  });
  expect(report).not.toHaveProperty('action');
  expect(report.endpoints.map(({ stream, endpoint }) => [stream, endpoint])).toEqual([
    ['account', 'account'],
    ['audit-events', 'audit-events'],
    ['policies', 'blocked-senders'],
    ['policies', 'content-examination'],
    ['policies', 'url-protect'],
    ['policies', 'attachment-management'],
    ['archive-settings', 'archive-settings'],
    ['threat-statistics', 'ttp-url-logs'],
    ['threat-statistics', 'ttp-attachment-logs'],
    ['threat-statistics', 'ttp-impersonation-logs'],
    ['threat-statistics', 'dlp-logs'],
  ]);
  for (const { endpoint, outcome, items, path, action } of report.endpoints) {
    expect([endpoint, outcome, path, action]).toEqual([endpoint, 'collected', ENDPOINTS[endpoint].path, undefined]);
    expect(items).toBeGreaterThan(0);
  }
  expect(of(report, 'account')).not.toHaveProperty('more');
  expect(reached.simulator.requests).toHaveLength(NAMES.length);
});

test.each(['audit-events', 'ttp-url-logs'] as const)(
  '%s is asked for one small page, however long it is',
  async (log) => {
    const reached = await reach({ tenant: tenantOf({ events: 50_000, clicks: 50_000 }) });
    expect(of(await testOf(reached), log)).toMatchObject({ outcome: 'collected', items: 10, more: true });
    expect(reached.simulator.requests.filter(({ path }) => path === ENDPOINT_PATHS[log])).toHaveLength(1);
  },
);

test('only the enabled streams are called, and the account always', async () => {
  const streams = { policies: { enabled: true, everyMs: 1 }, 'audit-events': { enabled: false, everyMs: 1 } };
  const report = await testOf(await reach({ settings: { streams } }));
  expect(report.ok).toBe(true);
  expect(Object.keys(outcomes(report))).toEqual([
    'account',
    'blocked-senders',
    'content-examination',
    'url-protect',
    'attachment-management',
  ]);
});

test('a path that the connection replaces is the one that is called and told', async () => {
  const path = '/api/policy/other/get-policy';
  const report = await testOf(await reach({ settings: { endpointPaths: { 'url-protect': path } } }));
  expect(of(report, 'url-protect')).toMatchObject({ outcome: 'unavailable', path });
});

describe('keys of which one is wrong are refused, and nothing is called after that', () => {
  const strange = randomKeys();
  test.each<[keyof TenantKeys, RegExp, number]>([
    ['applicationId', /^The Application ID is not known .* then "rotate acme"\.$/, 2],
    ['applicationKey', /^Mimecast refused the keys\. .*: "rotate acme"; .*"test acme --find-region"/, 1],
    ['accessKey', /^Mimecast refused the keys\. .*: "rotate acme"; .*"test acme --find-region"/, 1],
    ['secretKey', /^Mimecast refused the keys\. .*: "rotate acme"; .*"test acme --find-region"/, 1],
  ])('%s', async (name, action, calls) => {
    const reached = await reach({ keys: { [name]: strange[name] } });
    const report = await testOf(reached);
    expect(report).toMatchObject({ ok: false, authentication: 'rejected', clockSkewMs: 0 });
    expect(report.rateLimit).toHaveProperty('remaining');
    expect(outcomes(report)).toEqual({ account: 'failed' });
    expect(report.action).toMatch(action);
    expect(report.endpoints[0]?.action).toBe(report.action);
    expect(reached.simulator.requests).toHaveLength(calls);
  });

  test('expired keys are told apart', async () => {
    const reached = await reach();
    reached.running.expired = true;
    const report = await testOf(reached);
    expect(report).toMatchObject({ ok: false, authentication: 'expired' });
    expect(report.action).toMatch(/^The access key has expired\. Request new keys .* then "rotate acme"\./);
    expect(reached.simulator.requests).toHaveLength(1);
  });
});

describe('keys that were not judged', () => {
  test('a clock that is off: told as such, with how far it is off', async () => {
    const reached = await reach({ clockSkewMs: -20 * MINUTE_MS, maxDateSkewMs: MINUTE_MS });
    const report = await testOf(reached);
    expect(report).toMatchObject({ ok: false, authentication: 'unreachable' });
    expect(report.clockSkewMs).toBeLessThan(-19 * MINUTE_MS);
    expect(report.action).toMatch(
      /^Calls are dated by this machine, and its clock is (20 min|19 min 5\d s) ahead of .* then "test acme"; "doctor --test" compares the clocks\.$/,
    );
    expect(reached.simulator.requests).toHaveLength(1);
  });

  test('a clock that is off does not matter while the keys are taken, and is told', async () => {
    const report = await testOf(await reach({ clockSkewMs: 5 * MINUTE_MS }));
    expect(report).toMatchObject({ ok: true, authentication: 'accepted' });
    expect(report.clockSkewMs).toBeGreaterThan(4 * MINUTE_MS);
  });

  test('nobody listens', async () => {
    const reached = await reach();
    const report = await testConnection({ ...reached.api, baseUrl: await nobody() }, reached.row);
    expect(report).toMatchObject({ ok: false, authentication: 'unreachable' });
    expect(report.action).toMatch(/^The connection to Mimecast failed .* "test acme"; if it stays, check DNS/);
    expect(outcomes(report)).toEqual({ account: 'failed' });
  });

  test.each<[string, Fault, RegExp]>([
    ['a reset', { kind: 'reset' }, /connection to Mimecast failed/],
    ['no answer in time', { kind: 'hang' }, /did not answer in time/],
    ['no call left', { kind: 'too-many-requests', resetMs: 4_000 }, /rate limit .* "test acme" after that/],
  ])('%s, and no other endpoint is tried', async (_, problem, action) => {
    const reached = await reach({ limits: { totalTimeoutMs: 300 } });
    spoil(reached, 'account', problem);
    const report = await testOf(reached);
    expect(report).toMatchObject({ ok: false, authentication: 'unreachable' });
    expect(report.action).toMatch(action);
    expect(reached.simulator.requests).toHaveLength(1);
  });

  test.each<[string, Fault]>([
    ['web pages', { kind: 'html', status: 200 }],
    ['faults of the vendor', { kind: 'status', status: 503 }],
    ['failures in a 200', { kind: 'fail', code: 'err_validation_null' }],
    ['empty bodies', { kind: 'empty-body' }],
    ['good answers without data', { kind: 'without-data' }],
    ['half answers', { kind: 'truncated-json' }],
    ['redirects', { kind: 'redirect', location: 'https://elsewhere.example/' }],
    ['403 for everything', { kind: 'status', status: 403 }],
    ['404 for everything', { kind: 'status', status: 404 }],
    ['app_forbidden for everything', { kind: 'app-forbidden' }],
  ])('%s everywhere prove nothing', async (_, problem) => {
    const reached = await reach();
    reached.simulator.faults.add({ fault: problem });
    const report = await testOf(reached);
    expect(report).toMatchObject({ ok: false, authentication: 'unreachable' });
    expect(report.endpoints).toHaveLength(NAMES.length);
    expect(report.action).toBeTruthy();
  });

  test('a test ends in its time with what it knows', async () => {
    const reached = await reach();
    spoil(reached, 'url-protect', { kind: 'hang' });
    const report = await testConnection(reached.api, reached.row, { limitMs: 700 });
    expect(report).toMatchObject({ ok: false, authentication: 'accepted' });
    expect(outcomes(report)).toMatchObject({ account: 'collected', 'url-protect': 'failed' });
    expect(report.action).toContain('no answer in the time');
  });

  test('a test whose time is over calls nothing more', async () => {
    const reached = await reach();
    spoil(reached, 'account', { kind: 'hang' });
    const report = await testConnection(reached.api, reached.row, { limitMs: 200 });
    expect(report).toMatchObject({ ok: false, authentication: 'unreachable' });
    expect(outcomes(report)).toEqual({ account: 'failed' });
  });

  test('one that is cancelled ends with the reason', async () => {
    const reached = await reach();
    reached.simulator.faults.add({ fault: { kind: 'hang' } });
    const cancellation = new AbortController();
    const running = testConnection(reached.api, reached.row, { signal: cancellation.signal });
    setTimeout(() => {
      cancellation.abort(new Error('cancelled'));
    }, 50);
    await expect(running).rejects.toThrow('cancelled');
  });
});

describe('whose account', () => {
  test.each([
    ['pinned', { row: { accountCode: 'CUK99A999' } }],
    ['expected', { settings: { expectedAccount: 'CUK99A999' } }],
  ])('keys of another than the %s one are not ok, and nothing more of that tenant is read', async (_, options) => {
    const reached = await reach(options);
    const report = await testOf(reached);
    const { accountCode } = reached.tenant;
    expect(report).toMatchObject({ ok: false, authentication: 'accepted', account: { code: accountCode } });
    expect(report.action).toContain(`These keys open account ${accountCode}, but acme is about CUK99A999.`);
    expect(outcomes(report)).toEqual({ account: 'collected' });
    expect(reached.simulator.requests).toHaveLength(1);
  });

  test('the pinned one is fine', async () => {
    const tenant = tenantOf();
    expect(await testOf(await reach({ tenant, row: { accountCode: tenant.accountCode } }))).toMatchObject({ ok: true });
  });
});

describe.each(NAMES)('%s', (name) => {
  test('forbidden: not ok, with the permission to grant and what to run after that', async () => {
    const reached = await reach();
    reached.running.setAccess(name, 'forbidden');
    const report = await testOf(reached);
    const { permission } = ENDPOINTS[name];
    const stream = of(report, name)?.stream;
    const action = `Grant "${permission}" to the role of the API user, then "poll acme ${stream}".`;
    expect(report).toMatchObject({ ok: false, authentication: 'accepted', action });
    expect(of(report, name)).toMatchObject({ outcome: 'forbidden', permission, action });
    expect(report.endpoints.filter(({ outcome }) => outcome === 'collected')).toHaveLength(NAMES.length - 1);
  });

  test.each(['missing', 'app-forbidden'] as const)('%s: an answer', async (access) => {
    const reached = await reach();
    reached.running.setAccess(name, access);
    const report = await testOf(reached);
    expect(report).toMatchObject({ ok: true, authentication: 'accepted' });
    expect(report).not.toHaveProperty('action');
    expect(of(report, name)).toMatchObject({ outcome: 'unavailable' });
    expect(of(report, name)?.action).toMatch(/stays unknown\. Nothing to do, unless/);
    expect(name === 'account').toBe(report.account === undefined);
  });

  test.each<[string, Fault, RegExp]>([
    [
      'failures in a 200',
      { kind: 'fail', code: 'err_validation_null' },
      /rejected .*err_validation_null.* Request \w+-/,
    ],
    ['another status inside a 200', { kind: 'meta-status', status: 500 }, /fault of its own/],
    ['a web page', { kind: 'html', status: 200 }, /web page .* "test acme"; if it stays, look for a proxy/],
    ['an empty body', { kind: 'empty-body' }, /answer is empty/],
    ['half an answer', { kind: 'truncated-json' }, /broke off/],
    ['a good answer without data', { kind: 'without-data' }, /not in the documented form \(no list in data\)/],
    ['a status of its own', { kind: 'status', status: 502 }, /fault of its own \(status 502\)/],
  ])('%s: failed, not empty, and not ok', async (_, problem, action) => {
    const reached = await reach();
    spoil(reached, name, problem);
    const report = await testOf(reached);
    expect(report).toMatchObject({ ok: false, authentication: 'accepted' });
    expect(of(report, name)).toMatchObject({ outcome: 'failed' });
    expect(of(report, name)).not.toHaveProperty('items');
    expect(of(report, name)?.action).toMatch(action);
    expect(report.action).toBe(of(report, name)?.action);
    expect(report.endpoints).toHaveLength(NAMES.length);
  });
});

describe.each(OTHERS)('%s', (name) => {
  test('empty: an answer, told where it may be a finding', async () => {
    const reached = await reach({ tenant: tenantOf({ events: 0, clicks: 0 }) });
    const { data } = reached.running;
    if (Object.hasOwn(data, name)) data[name as keyof typeof data] = [];
    const report = await testOf(reached);
    expect(report).toMatchObject({ ok: true, authentication: 'accepted' });
    expect(report).not.toHaveProperty('action');
    expect(of(report, name)).toMatchObject({ outcome: 'empty', items: 0 });
    const told = isLog(name)
      ? undefined
      : `Mimecast has no ${ENDPOINTS[name].reads} for this tenant: none are set up, which may be a finding.`;
    expect(of(report, name)?.action).toBe(told);
  });

  test('refused after the account was read: the keys are good, this endpoint is not', async () => {
    const reached = await reach();
    spoil(reached, name, { kind: 'status', status: 401 });
    const report = await testOf(reached);
    expect(report).toMatchObject({ ok: false, authentication: 'accepted' });
    expect(of(report, name)?.action).toMatch(/^Mimecast refused the keys here, though/);
  });
});

test('an account without an account is failed, never empty', async () => {
  const reached = await reach();
  reached.running.data.account = [];
  const report = await testOf(reached);
  expect(report).toMatchObject({ ok: false, authentication: 'accepted' });
  expect(of(report, 'account')).toMatchObject({ outcome: 'failed' });
});

test('until the keys have proved good, endpoints are tried one by one, and a refusal ends that', async () => {
  const reached = await reach();
  reached.running.setAccess('account', 'forbidden');
  spoil(reached, 'audit-events', { kind: 'status', status: 401 });
  const report = await testOf(reached);
  expect(report).toMatchObject({ ok: false, authentication: 'rejected' });
  expect(outcomes(report)).toEqual({ account: 'forbidden', 'audit-events': 'failed' });
});

test('what is forbidden comes before what failed', async () => {
  const reached = await reach();
  spoil(reached, 'audit-events', { kind: 'html', status: 200 });
  reached.running.setAccess('archive-settings', 'forbidden');
  expect((await testOf(reached)).action).toMatch(/^Grant "Archive \| Settings \| Read"/);
});

const STATES = {
  collected: undefined,
  forbidden: { kind: 'status', status: 403 },
  missing: { kind: 'status', status: 404 },
  'app-forbidden': { kind: 'app-forbidden' },
  refused: { kind: 'status', status: 401 },
  expired: { kind: 'status', status: 418 },
  fail: { kind: 'fail', code: 'err_validation_null' },
  unknownApplication: { kind: 'fail', code: 'err_developer_key' },
  'wrong-region': { kind: 'fail', code: 'err_audit_log_incorrect_region' },
  html: { kind: 'html', status: 200 },
  'without-data': { kind: 'without-data' },
  'empty-body': { kind: 'empty-body' },
  'half-answer': { kind: 'truncated-json' },
  gateway: { kind: 'status', status: 503 },
  reset: { kind: 'reset' },
} as const satisfies Record<string, Fault | undefined>;

type State = keyof typeof STATES;
const GOOD: readonly State[] = ['collected', 'missing', 'app-forbidden'];

test('no combination with a failed or forbidden endpoint is ever ok, and what is not ok says what to do', async () => {
  const reached = await reach({ rateLimit: { calls: 100_000, windowMs: 5_000 } });
  const state = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...GOOD) },
    fc.constantFrom(...(Object.keys(STATES) as State[])),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(state, { minLength: NAMES.length, maxLength: NAMES.length }), async (states) => {
      reached.simulator.faults.clear();
      for (const [index, name] of NAMES.entries()) {
        const problem = STATES[states[index] ?? 'collected'];
        if (problem) spoil(reached, name, problem);
      }
      const report = await testOf(reached);
      const allGood = states.every((each) => GOOD.includes(each)) && states.includes('collected');
      expect(report.ok).toBe(allGood);
      expect(report.action === undefined).toBe(report.ok);
      expect(report.action).not.toBe('');
      if (report.endpoints.some(({ outcome }) => outcome === 'forbidden' || outcome === 'failed')) {
        expect(report.ok).toBe(false);
      }
      const answered = report.endpoints.some(({ outcome }) => outcome === 'collected' || outcome === 'empty');
      if (report.authentication === 'accepted') expect(answered).toBe(true);
      for (const { outcome, action } of report.endpoints) expect(action === undefined).toBe(outcome === 'collected');
    }),
    { numRuns: 150 },
  );
});
