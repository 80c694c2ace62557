import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { believableTenant, startSimulator, type Fault, type Simulator } from '../../../../sandbox/index.js';
import { PROTOTYPE_NAMES } from '../../../support/hostile.js';
import { ACCOUNT, AUDIT, auditBody, call, codes, envelope } from '../../../support/sandbox/simulator-caller.js';

const to = new Date(Date.now() - 60_000);
const from = new Date(to.getTime() - 86_400_000);
const tenant = believableTenant({ events: 1_200, from, to });
const { keys } = tenant;

let simulator: Simulator;
beforeEach(async () => {
  simulator = await startSimulator({ tenants: [tenant] });
});
afterEach(() => simulator.stop());

const account = (): ReturnType<typeof call> => call(simulator.url, keys, ACCOUNT);
const page = (token?: string): ReturnType<typeof call> =>
  call(simulator.url, keys, AUDIT, auditBody({ from, to, token }));

describe('a fault', () => {
  test('strikes the next calls to its path alone, and is gone after that', async () => {
    simulator.faults.next(2, ACCOUNT, { kind: 'status', status: 503 });
    expect((await page()).status).toBe(200);
    const replies = [await account(), await account(), await account()];
    expect(replies.map(({ status }) => status)).toEqual([503, 503, 200]);
    expect(simulator.faults.list()).toEqual([]);
  });

  test('may let some calls pass before it strikes', async () => {
    simulator.faults.add({ fault: { kind: 'status', status: 500 }, after: 1, times: 1 });
    const replies = [await account(), await account(), await account()];
    expect(replies.map(({ status }) => status)).toEqual([200, 500, 200]);
  });

  test('stays until it is removed when it has no limit', async () => {
    const id = simulator.faults.add({ fault: { kind: 'status', status: 500 } });
    expect([(await account()).status, (await account()).status]).toEqual([500, 500]);
    simulator.faults.remove(id);
    expect((await account()).status).toBe(200);
  });

  test('may strike one tenant only', async () => {
    const other = believableTenant({ seed: 2 });
    simulator.addTenant(other);
    simulator.faults.add({ fault: { kind: 'status', status: 500 }, accessKey: keys.accessKey });
    expect((await account()).status).toBe(500);
    expect((await call(simulator.url, other.keys, ACCOUNT)).status).toBe(200);
  });
});

describe('what goes wrong', () => {
  const meet = async (fault: Fault): ReturnType<typeof call> => {
    simulator.faults.add({ fault, times: 1 });
    return account();
  };

  test.each([
    [401, 'err_xdk_invalid_signature'],
    [403, 'err_xdk_operation_forbidden_for_address'],
    [418, 'err_xdk_binding_expired'],
  ])('status %i comes with %s', async (status, code) => {
    const reply = await meet({ kind: 'status', status });
    expect([reply.status, codes(reply)]).toEqual([status, [code]]);
  });

  test.each(['err_developer_key', 'err_audit_log_incorrect_region'])('%s comes with HTTP 200', async (code) => {
    const reply = await meet({ kind: 'fail', code });
    expect([reply.status, codes(reply)]).toEqual([200, [code]]);
  });

  test.each(PROTOTYPE_NAMES)('a code called %s has itself as its message', async (code) => {
    const { text } = await meet({ kind: 'fail', code });
    expect(JSON.parse(text)).toMatchObject({ fail: [{ errors: [{ code, message: code }] }] });
  });

  test('too many requests tell when to come back, in milliseconds', async () => {
    const reply = await meet({ kind: 'too-many-requests', resetMs: 1_234 });
    expect([reply.status, reply.headers['x-ratelimit-reset']]).toEqual([429, '1234']);
  });

  test('a bad gateway answers HTML', async () => {
    const reply = await meet({ kind: 'html', status: 200 });
    expect(reply.headers['content-type']).toContain('text/html');
    expect(reply.text).toContain('<html>');
  });

  test('a redirect names another place', async () => {
    const reply = await meet({ kind: 'redirect', location: 'https://elsewhere.example/' });
    expect([reply.status, reply.headers['location']]).toEqual([302, 'https://elsewhere.example/']);
  });

  test('meta.status tells another story than HTTP', async () => {
    const reply = await meet({ kind: 'meta-status', status: 403 });
    expect([reply.status, envelope(reply).meta.status, envelope(reply).fail]).toEqual([200, 403, []]);
  });

  test('a failure says what it is told to say', async () => {
    const reply = await meet({ kind: 'fail', code: 'err_x', message: 'see us-api.mimecast.com' });
    expect(envelope(reply).fail).toMatchObject([{ errors: [{ code: 'err_x', message: 'see us-api.mimecast.com' }] }]);
  });

  test('an answer that looks well has no data, or no body at all', async () => {
    const withoutData = await meet({ kind: 'without-data' });
    expect([withoutData.status, JSON.parse(withoutData.text)]).toEqual([200, { meta: { status: 200 }, fail: [] }]);
    const emptyBody = await meet({ kind: 'empty-body' });
    expect([emptyBody.status, emptyBody.text]).toEqual([200, '']);
  });

  test('app_forbidden comes in the gateway’s own shape', async () => {
    const reply = await meet({ kind: 'app-forbidden' });
    expect([reply.status, JSON.parse(reply.text)]).toMatchObject([403, { fail: [{ code: 'app_forbidden' }] }]);
  });

  test('JSON ends in the middle', async () => {
    const reply = await meet({ kind: 'truncated-json' });
    expect(reply.status).toBe(200);
    expect(() => envelope(reply)).toThrow(SyntaxError);
  });

  test.each(['reset', 'reset-in-body'] as const)('the connection breaks: %s', async (kind) => {
    await expect(meet({ kind })).rejects.toThrow();
  });

  test('the clock in the answer is off', async () => {
    const reply = await meet({ kind: 'date', skewMs: -3_600_000 });
    expect(Date.now() - Date.parse(String(reply.headers['date']))).toBeGreaterThan(3_590_000);
  });

  test('an answer comes late', async () => {
    const started = performance.now();
    expect((await meet({ kind: 'delay', delayMs: 60 })).status).toBe(200);
    expect(performance.now() - started).toBeGreaterThanOrEqual(55);
  });

  test('an answer never comes, and stopping does not wait for it', async () => {
    const hanging = expect(meet({ kind: 'hang' })).rejects.toThrow();
    await expect.poll(() => simulator.requests.length).toBe(1);
    await simulator.stop();
    await hanging;
    simulator = await startSimulator();
  });
});

describe('page tokens', () => {
  test('can be refused, on calls that send one', async () => {
    simulator.faults.add({ fault: { kind: 'token-refused' } });
    const next = envelope(await page()).meta.pagination?.next;
    expect(codes(await page(next))).toEqual(['err_validation_invalid_page_token']);
  });

  test('can be repeated, on calls that send one', async () => {
    simulator.faults.add({ fault: { kind: 'token-repeated' } });
    const next = envelope(await page()).meta.pagination?.next;
    expect(envelope(await page(next)).meta.pagination?.next).toBe(next);
  });
});

describe('another process', () => {
  const steer = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const reply = await fetch(`${simulator.url}/simulator${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return reply.json();
  };

  test('steers faults and settings', async () => {
    await steer('POST', '/faults', { fault: { kind: 'status', status: 500 }, times: 1 });
    expect((await account()).status).toBe(500);
    await steer('POST', '/settings', { clockSkewMs: 1_000 });
    expect(await steer('GET', '')).toMatchObject({ settings: { clockSkewMs: 1_000 }, faults: [] });
    expect(await steer('GET', '/requests')).toMatchObject([{ path: ACCOUNT, status: 500 }]);
  });

  test('rotates keys, adds tenants and late events', async () => {
    const { keys: rotated } = (await steer('POST', '/tenants/0/rotate-keys')) as { keys: typeof keys };
    expect((await account()).status).toBe(401);
    expect((await call(simulator.url, rotated, ACCOUNT)).status).toBe(200);

    const { keys: added } = (await steer('POST', '/tenants', { events: 5 })) as { keys: typeof keys };
    await steer('POST', '/tenants/1/late-events', { count: 2, ageMs: 1_000 });
    await steer('POST', '/tenants/1/access', { endpoint: 'account', access: 'missing' });
    expect((await call(simulator.url, added, ACCOUNT)).status).toBe(404);
    const range = { from: new Date(Date.now() - 59 * 86_400_000), to: new Date() };
    expect(envelope(await call(simulator.url, added, AUDIT, auditBody(range))).data.length).toBeGreaterThanOrEqual(6);
  });

  test('is told what is wrong with its call, and web pages are refused', async () => {
    expect(await steer('POST', '/faults', { fault: { kind: 'htm' } })).toHaveProperty('error');
    expect(await steer('POST', '/settings', { latency: 5 })).toHaveProperty('error');
    expect(await steer('POST', '/tenants/0/access', { endpoint: 'acount', access: 'missing' })).toHaveProperty('error');
    expect(await steer('POST', '/tenants/9/rotate-keys')).toHaveProperty('error');
    expect(await steer('POST', '/nothing')).toHaveProperty('functions');
    const page = await fetch(`${simulator.url}/simulator`, { headers: { origin: 'https://page.example' } });
    expect(page.status).toBe(403);
  });
});
