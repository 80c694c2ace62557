import { describe, expect, test } from 'vitest';
import { testConnection } from '../../../../activities/probe/test-connection.js';
import { ENDPOINT_PATHS, randomKeys, type BelievableTenant, type Simulator } from '../../../../sandbox/index.js';
import { apiFor, nobody, reach, rowFor, startRegion, tenantOf } from '../../../support/activities/tenant-under-test.js';

const tenant = tenantOf();
const stranger = tenantOf({ seed: 2 });

/** Regions with the tenants that each of them knows. */
async function regions<Tenants extends readonly (readonly BelievableTenant[])[]>(...tenants: Tenants) {
  const started = await Promise.all(tenants.map((known) => startRegion({ tenants: known })));
  return started as { readonly [Region in keyof Tenants]: Simulator };
}

const urls = (simulators: readonly Simulator[]): string[] => simulators.map(({ url }) => url);
const calls = (simulators: readonly Simulator[]): number[] => simulators.map(({ requests }) => requests.length);

/** Tests keys at the first of the base URLs. */
async function testAt(home: Simulator, baseUrls: readonly string[] | undefined, row = {}, keys = tenant.keys) {
  const options = baseUrls === undefined ? {} : { regions: baseUrls };
  return await testConnection(apiFor(home.url, keys, { totalTimeoutMs: 3_000 }), rowFor(home.url, row), options);
}

test('keys that are refused here are found at home: the first region that takes them, each asked once', async () => {
  const all = await regions([], [stranger], [tenant], []);
  const [home, , right] = all;
  const report = await testAt(home, urls(all));
  expect(report).toMatchObject({ ok: false, authentication: 'wrong-region', suggestedBaseUrl: right.url });
  expect(report.baseUrl).toBe(home.url);
  expect(report.action).toBe(
    `${right.url} takes these keys. Change the base URL: "edit acme --base-url ${right.url}"; the change is tested before it is taken.`,
  );
  expect(report.endpoints).toMatchObject([{ endpoint: 'account', outcome: 'failed', action: report.action }]);
  expect(calls(all)).toEqual([1, 1, 1, 0]);
});

test('without being asked, nobody else is called', async () => {
  const all = await regions([], [tenant]);
  const report = await testAt(all[0], undefined);
  expect(report).toMatchObject({ authentication: 'rejected' });
  expect(report).not.toHaveProperty('suggestedBaseUrl');
  expect(report.action).toContain('test acme --find-region');
  expect(calls(all)).toEqual([1, 0]);
});

describe('no other region is called for what is not about the region', () => {
  test('keys that are accepted', async () => {
    const all = await regions([tenant], [tenant]);
    expect(await testAt(all[0], urls(all))).toMatchObject({ ok: true });
    expect(calls(all)).toEqual([11, 0]);
  });

  test('keys that have expired', async () => {
    const all = await regions([tenant], [tenant]);
    for (const running of all[0].tenants) running.expired = true;
    expect(await testAt(all[0], urls(all))).toMatchObject({ authentication: 'expired' });
    expect(calls(all)).toEqual([1, 0]);
  });

  test('a Mimecast that is not reached, and a clock that is off', async () => {
    const all = await regions([], [tenant]);
    const [home] = all;
    home.configure({ clockSkewMs: 3_600_000 });
    expect(await testAt(home, urls(all))).toMatchObject({ authentication: 'unreachable' });
    await home.stop();
    expect(await testAt(home, urls(all))).toMatchObject({ authentication: 'unreachable' });
    expect(calls(all)[1]).toBe(0);
  });
});

test('a region that is not reached is passed over, also one that never answers or answers something else', async () => {
  const all = await regions([], [], [], [tenant]);
  const [home, silent, page, right] = all;
  silent.faults.add({ fault: { kind: 'hang' } });
  page.faults.add({ fault: { kind: 'html', status: 200 } });
  const report = await testAt(home, [await nobody(), ...urls(all)]);
  expect(report).toMatchObject({ authentication: 'wrong-region', suggestedBaseUrl: right.url });
});

test('a silent region leaves time for those after it', async () => {
  const all = await regions([], [], [tenant]);
  const [home, silent, right] = all;
  silent.faults.add({ fault: { kind: 'hang' } });
  const api = apiFor(home.url, tenant.keys);
  const report = await testConnection(api, rowFor(home.url), { regions: urls(all), limitMs: 12_000 });
  expect(report).toMatchObject({ suggestedBaseUrl: right.url });
});

test('where no region takes the keys, that is said, with those that were not reached', async () => {
  const all = await regions([], [stranger], []);
  const gone = await nobody();
  const report = await testAt(all[0], [...urls(all), gone]);
  expect(report).toMatchObject({ ok: false, authentication: 'rejected' });
  expect(report).not.toHaveProperty('suggestedBaseUrl');
  expect(report.action).toMatch(/^Mimecast refused the keys\. /);
  expect(report.action).toContain('No other region takes the keys (2 tried).');
  expect(report.action).toContain(`Not reached: ${new URL(gone).host}.`);
  expect(report.action).toContain('Enter all four keys again: "rotate acme".');
  expect(report.action).not.toContain('--find-region');
  expect(calls(all)).toEqual([1, 1, 1]);
});

test('what there was no time for is said too', async () => {
  const all = await regions([], [], []);
  const [home, slow, never] = all;
  slow.faults.add({ fault: { kind: 'hang' } });
  const api = apiFor(home.url, tenant.keys);
  const report = await testConnection(api, rowFor(home.url), { regions: urls(all), limitMs: 500 });
  expect(report).toMatchObject({ authentication: 'rejected' });
  expect(report.action).toContain(`Not reached: ${new URL(slow.url).host}.`);
  expect(report.action).toContain(`Not tried for lack of time: ${new URL(never.url).host}.`);
  expect(calls(all)).toEqual([1, 1, 0]);
});

test('a region whose audit log sends the tenant away is left for one whose audit log answers', async () => {
  const shared = tenantOf();
  const elsewhere = { ...shared, access: { 'audit-events': 'wrong-region' as const } };
  const all = await regions([elsewhere], [elsewhere], [shared]);
  const [home, , right] = all;
  expect(await testAt(home, undefined)).toMatchObject({ ok: false, authentication: 'wrong-region' });
  home.forgetRequests();

  const report = await testAt(home, urls(all));
  expect(report).toMatchObject({ ok: false, authentication: 'wrong-region', suggestedBaseUrl: right.url });
  expect(report.endpoints.find(({ endpoint }) => endpoint === 'audit-events')?.action).toBe(report.action);
  expect(calls(all)).toEqual([11, 1, 1]);
});

test('a region that Mimecast names is suggested without looking', async () => {
  const { api, row, running, simulator } = await reach({ tenant });
  const message = 'Incorrect region, use https://us-api.mimecast.com';
  simulator.faults.add({
    path: ENDPOINT_PATHS.account,
    fault: { kind: 'fail', code: 'err_audit_log_incorrect_region', message },
  });
  const [other] = await regions([tenant]);
  const report = await testConnection(api, row, { regions: [other.url] });
  expect(running.expired).toBe(false);
  expect(report).toMatchObject({ authentication: 'wrong-region', suggestedBaseUrl: 'https://us-api.mimecast.com' });
  expect(report.action).toContain('"edit acme --base-url https://us-api.mimecast.com"');
  expect(other.requests).toHaveLength(0);
});

test('a wrong region that is found nowhere says where to look it up', async () => {
  const { api, row, simulator } = await reach({ tenant });
  simulator.faults.add({ fault: { kind: 'fail', code: 'err_audit_log_incorrect_region' } });
  const [other] = await regions([]);
  const report = await testConnection(api, row, { regions: [other.url] });
  expect(report).toMatchObject({ authentication: 'wrong-region' });
  expect(report.action).toMatch(
    /another region\. No other region takes the keys \(1 tried\)\. Find the account's region in/,
  );
});

test('keys of another account are not sent home', async () => {
  const all = await regions([], [tenant]);
  const report = await testAt(all[0], urls(all), { accountCode: 'CUK99A999' });
  expect(report).toMatchObject({ ok: false, authentication: 'rejected' });
  expect(report).not.toHaveProperty('suggestedBaseUrl');
  expect(report.action).toContain(`These keys open account ${tenant.accountCode}, but acme is about CUK99A999.`);
});

test('keys that have expired at home are told with both things that have to change', async () => {
  const all = await regions([], [tenant]);
  const [home, right] = all;
  for (const running of right.tenants) running.expired = true;
  const report = await testAt(home, urls(all));
  expect(report).toMatchObject({ authentication: 'wrong-region', suggestedBaseUrl: right.url });
  expect(report.action).toContain(`have expired there. Request new ones, then "rotate acme --base-url ${right.url}".`);
});

test('an account that may not be read at home does not hide the region', async () => {
  const all = await regions([], [{ ...tenant, access: { account: 'forbidden' } }]);
  const [home, right] = all;
  expect(await testAt(home, urls(all))).toMatchObject({ suggestedBaseUrl: right.url });
});

test('an Application ID that nobody knows is looked for, and told as such', async () => {
  const all = await regions([tenant], [stranger]);
  const keys = { ...tenant.keys, applicationId: randomKeys().applicationId };
  const report = await testAt(all[0], urls(all), {}, keys);
  expect(report.action).toMatch(
    /^The Application ID is not known to Mimecast .* No other region takes the keys \(1 tried\)/,
  );
});
