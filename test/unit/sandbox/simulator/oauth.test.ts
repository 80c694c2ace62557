import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { request } from 'undici';
import { believableTenant, startSimulator, type ClientKeys, type Simulator } from '../../../../sandbox/index.js';
import { until } from '../../../support/until.js';
import { ACCOUNT, AUDIT, auditBody, call, envelope } from '../../../support/sandbox/simulator-caller.js';

const tenant = believableTenant({ seed: 3, events: 40 });
const { client } = tenant;

let simulator: Simulator;
beforeEach(async () => {
  simulator = await startSimulator({ tenants: [tenant] });
});
afterEach(() => simulator.stop());

interface Reply {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

async function send(path: string, headers: Record<string, string>, body: string, method = 'POST'): Promise<Reply> {
  const reply = await request(simulator.url + path, { method: method as 'POST', headers, body });
  const text = await reply.body.text();
  return { status: reply.statusCode, body: (text.startsWith('{') ? JSON.parse(text) : { text }) as Reply['body'] };
}

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

const ask = (form: Record<string, string>, headers: Record<string, string> = FORM): Promise<Reply> =>
  send('/oauth/token', headers, new URLSearchParams(form).toString());

const formFor = ({ clientId, clientSecret }: ClientKeys) => ({
  grant_type: 'client_credentials',
  client_id: clientId,
  client_secret: clientSecret,
});

async function token(keys = client): Promise<string> {
  const { body } = await ask(formFor(keys));
  return String(body['access_token']);
}

const withToken = (bearer: string, path: string = ACCOUNT, body: unknown = { data: [] }): Promise<Reply> =>
  send(path, { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' }, JSON.stringify(body));

const code = ({ body }: Reply): unknown => (body['fail'] as { code?: string }[] | undefined)?.[0]?.code;

async function control(path: string, body: unknown = {}): Promise<Reply> {
  return await send(`/simulator/${path}`, { 'content-type': 'application/json' }, JSON.stringify(body));
}

describe('the token endpoint', () => {
  test('gives a token for the keys of an application, as the vendor is recorded to', async () => {
    const { status, body } = await ask(formFor(client));
    expect(status).toBe(200);
    expect(body).toEqual({
      access_token: expect.any(String) as string,
      token_type: 'Bearer',
      expires_in: 1799,
      scope: '',
    });
  });

  test.each<[string, Record<string, string>, number, string]>([
    ['another secret', { client_secret: 'wrong' }, 401, 'invalid_client'],
    ['a secret that is longer', { client_secret: `${client.clientSecret}x` }, 401, 'invalid_client'],
    ['an unknown client', { client_id: 'nobody' }, 401, 'invalid_client'],
    ['another grant', { grant_type: 'password' }, 400, 'unsupported_grant_type'],
  ])('refuses %s', async (_, change, status, error) => {
    expect(await ask({ ...formFor(client), ...change })).toMatchObject({ status, body: { error } });
  });

  test('refuses keys that do not come in a form', async () => {
    const reply = await ask(formFor(client), { 'content-type': 'application/json' });
    expect(reply).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
  });

  test('is not there where API 2.0 is not served', async () => {
    await control('settings', { apiVersions: ['1.0'] });
    expect((await ask(formFor(client))).status).not.toBe(200);
  });
});

describe('calls with a token', () => {
  test('are answered by the same paths with the same data as signed ones', async () => {
    const bearer = await token();
    const range = auditBody({ from: new Date(Date.now() - 60 * 86_400_000), to: new Date() });
    for (const [path, body] of [
      [AUDIT, range],
      ['/api/policy/blockedsenders/get-policy', { data: [] }],
    ] as const) {
      const signed = await call(simulator.url, tenant.keys, path, body);
      expect((await withToken(bearer, path, body)).body['data']).toEqual(envelope(signed).data);
    }
  });

  test.each<[string, () => Promise<string>, unknown]>([
    ['that nobody gave', () => Promise.resolve('made-up'), 'token_verification_failed'],
    [
      'that was ended',
      async () => {
        const bearer = await token();
        await control('tenants/0/expire-tokens');
        return bearer;
      },
      'token_expired',
    ],
  ])('%s are refused in the form of the gateway', async (_, bearer, expected) => {
    const reply = await withToken(await bearer());
    expect(reply.status).toBe(401);
    expect(reply.body).not.toHaveProperty('meta');
    expect(code(reply)).toBe(expected);
  });

  test('end by themselves after the life that is set', async () => {
    await control('settings', { tokenLifeS: 1 });
    const bearer = await token();
    await until(async () => (await withToken(bearer)).status === 401);
    expect(code(await withToken(bearer))).toBe('token_expired');
  });

  test('to what no product has are forbidden, and not missing', async () => {
    const reply = await withToken(await token(), '/api/nothing');
    expect([reply.status, code(reply)]).toEqual([403, 'app_forbidden']);
  });

  test('are refused where API 1.0 alone is served, and signed ones where API 2.0 is', async () => {
    const bearer = await token();
    simulator.configure({ apiVersions: ['1.0'] });
    expect((await withToken(bearer)).status).toBe(401);
    simulator.configure({ apiVersions: ['2.0'] });
    const signed = await call(simulator.url, tenant.keys, ACCOUNT);
    expect([signed.status, JSON.parse(signed.text)]).toEqual([
      401,
      { fail: [{ code: 'unauthorized', message: 'unauthorized' }] },
    ]);
    expect((await withToken(bearer)).status).toBe(200);
  });

  test('meet the faults that are meant for their client', async () => {
    const fault = { kind: 'gateway', code: 'Unauthorized Request' };
    await control('faults', { fault, clientId: 'another', path: ACCOUNT });
    await control('faults', { fault, clientId: client.clientId, path: ACCOUNT, times: 1 });
    const bearer = await token();
    const refused = await withToken(bearer);
    expect([refused.status, code(refused)]).toEqual([401, 'Unauthorized Request']);
    expect((await withToken(bearer)).status).toBe(200);
    expect(simulator.requests.map(({ path, clientId }) => [path, clientId])).toEqual([
      ['/oauth/token', client.clientId],
      [ACCOUNT, client.clientId],
      [ACCOUNT, client.clientId],
    ]);
  });

  test('count against the same rate limit as signed ones', async () => {
    simulator.configure({ rateLimit: { calls: 3, windowMs: 3_600_000 } });
    const bearer = await token();
    await call(simulator.url, tenant.keys, ACCOUNT);
    await withToken(bearer);
    expect((await withToken(bearer)).status).toBe(429);
  });
});

test('a new client secret replaces the old one; tokens that were given live out their time', async () => {
  const bearer = await token();
  const { body } = await control('tenants/0/rotate-client-secret');
  const next = body['client'] as ClientKeys;
  expect(next.clientId).toBe(client.clientId);
  expect(await ask(formFor(client))).toMatchObject({ status: 401 });
  expect((await withToken(await token(next))).status).toBe(200);
  expect((await withToken(bearer)).status).toBe(200);
});

test('every tenant has keys of both generations, and the same seed the same ones', async () => {
  const { body } = await control('tenants', { events: 1 });
  const made = body as { client: ClientKeys };
  expect((await withToken(await token(made.client))).status).toBe(200);
  expect(believableTenant({ seed: 3 }).client).toEqual(client);
  expect(believableTenant({ seed: 4 }).client).not.toEqual(client);
});
