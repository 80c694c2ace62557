import { describe, expect, test } from 'vitest';
import { proveKeys } from '../../../../activities/keys/prove-keys.js';
import { testConnection } from '../../../../activities/probe/test-connection.js';
import { placesToTest } from '../../../../activities/stream-endpoints.js';
import type { Fault, Simulator } from '../../../../sandbox/index.js';
import { apiWithToken, rowFor, startRegion, tenantOf } from '../../../support/activities/tenant-under-test.js';

const tenant = tenantOf();
const TOKEN = '/oauth/token';

const region = (known: boolean): Promise<Simulator> =>
  startRegion({ tenants: known ? [tenant] : [], apiVersions: ['2.0'] });

const rowAt = ({ url }: Simulator) => rowFor(url, {}, { apiVersion: '2.0' });
const paths = ({ requests }: Simulator): string[] => requests.map(({ path }) => path);

test('keys of API 2.0 are proved by the account that their token opens, and tested at the same endpoints', async () => {
  const simulator = await region(true);
  const api = apiWithToken(simulator.url, tenant.client);
  expect(await proveKeys(api, rowAt(simulator))).toMatchObject({
    ok: true,
    authentication: 'accepted',
    apiVersion: '2.0',
    account: { code: tenant.accountCode },
  });
  expect(await testConnection(api, rowAt(simulator))).toMatchObject({ ok: true });
  expect(paths(simulator).filter((path) => path === TOKEN)).toHaveLength(1);
  expect(new Set(paths(simulator)).size).toBe(1 + placesToTest(rowAt(simulator).settings).length);
});

describe('what is said about the keys', () => {
  test.each<[string, string, Fault, string, RegExp]>([
    [
      'a token is refused, twice',
      '/api',
      { kind: 'gateway', code: 'unauthorized' },
      'rejected',
      /^Mimecast gave a token/,
    ],
    [
      'a token could not be verified',
      '/api',
      { kind: 'gateway', code: 'token_verification_failed' },
      'unreachable',
      /^Mimecast could not verify a token that it had given itself\. Test again/,
    ],
    ['the token endpoint has a fault', TOKEN, { kind: 'status', status: 503 }, 'unreachable', /fault of its own/],
    ['it is not there', TOKEN, { kind: 'html', status: 404 }, 'unreachable', /gave no token for the keys/],
    ['it is asked too often', TOKEN, { kind: 'too-many-requests', resetMs: 60_000 }, 'unreachable', /rate limit/],
  ])('%s', async (_, path, problem, authentication, action) => {
    const simulator = await region(true);
    const everywhere = path === TOKEN ? [TOKEN] : ['/api/account/get-account', '/api/audit/get-audit-events'];
    for (const struck of everywhere) simulator.faults.add({ fault: problem, path: struck });
    const report = await testConnection(apiWithToken(simulator.url, tenant.client), rowAt(simulator));
    expect(report).toMatchObject({ ok: false, authentication });
    expect(report.action).toMatch(action);
    // Nothing is said about what the keys were not let in to.
    for (const { outcome } of report.endpoints.slice(0, 1)) expect(outcome).toBe('failed');
  });

  test('a wrong secret is told once, with what to do and without the keys', async () => {
    const simulator = await region(true);
    const wrong = { ...tenant.client, clientSecret: 'wrong-secret' };
    const report = await testConnection(apiWithToken(simulator.url, wrong), rowAt(simulator));
    expect(report).toMatchObject({ ok: false, authentication: 'rejected' });
    expect(report.action).toMatch(
      /^Mimecast refused the Client ID or the Client Secret\. .*"rotate acme"; or look for the/,
    );
    expect(JSON.stringify(report)).not.toMatch(new RegExp(`wrong-secret|${tenant.client.clientId}`));
    expect(paths(simulator)).toEqual([TOKEN]);
  });
});

test('refused keys are looked for at the other hosts, each with a token of its own', async () => {
  const [home, strange, right] = await Promise.all([region(false), region(false), region(true)]);
  const api = apiWithToken(home.url, tenant.client);
  const report = await testConnection(api, rowAt(home), { regions: [home.url, strange.url, right.url] });
  expect(report).toMatchObject({ authentication: 'wrong-region', suggestedBaseUrl: right.url, baseUrl: home.url });
  expect(report.action).toContain(`"edit acme --base-url ${right.url}"`);
  expect([home, strange, right].map(paths)).toEqual([[TOKEN], [TOKEN], [TOKEN, '/api/account/get-account']]);

  const nowhere = await testConnection(api, rowAt(home), { regions: [home.url, strange.url] });
  expect(nowhere).toMatchObject({ authentication: 'rejected' });
  expect(nowhere.action).toContain('Enter both keys again: "rotate acme".');
});
