import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  believableTenant,
  ENDPOINT_PATHS,
  startSimulator,
  type Simulator,
  type TenantKeys,
} from '../../../../sandbox/index.js';
import { isValidSignature, signedHeaders } from '../../../../sandbox/simulator/signature.js';
import { ACCOUNT, AUDIT, call, codes, envelope } from '../../../support/sandbox/simulator-caller.js';

interface Vector extends Omit<TenantKeys, 'applicationId'> {
  readonly name: string;
  readonly date: string;
  readonly requestId: string;
  readonly path: string;
  readonly signature: string;
}

interface Mistakes {
  readonly of: string;
  readonly signatures: readonly { readonly mistake: string; readonly signature: string }[];
}

const { right: vectors, wrong } = JSON.parse(
  readFileSync(new URL('../../../fixtures/signing-vectors.json', import.meta.url), 'utf8'),
) as { readonly right: readonly Vector[]; readonly wrong: Mistakes };

const holds = (vector: Vector): boolean | undefined => {
  const { accessKey, applicationKey, secretKey, signature, date, requestId, path } = vector;
  const signed = signedHeaders({
    authorization: `MC ${accessKey}:${signature}`,
    'x-mc-date': date,
    'x-mc-req-id': requestId,
    'x-mc-app-id': 'any',
  });
  return signed && isValidSignature(signed, path, { applicationId: 'any', accessKey, applicationKey, secretKey });
};

describe('signatures', () => {
  test.each(vectors)('the published vector $name holds', (vector) => {
    expect(holds(vector)).toBe(true);
  });

  test.each(wrong.signatures)('made with $mistake does not hold', ({ signature }) => {
    const vector = vectors.find(({ name }) => name === wrong.of);
    expect(vector).toBeDefined();
    expect(vector && holds({ ...vector, signature })).not.toBe(true);
  });

  test.each(vectors)('$name does not hold for another path, date or key', (vector) => {
    expect(holds({ ...vector, path: `${vector.path}/` })).toBe(false);
    expect(holds({ ...vector, date: vector.date.replace('UTC', 'GMT') })).toBe(false);
    expect(holds({ ...vector, applicationKey: `${vector.applicationKey}x` })).toBe(false);
  });
});

const tenant = believableTenant({ events: 10 });
const { keys } = tenant;
let simulator: Simulator;
beforeEach(async () => {
  simulator = await startSimulator({ tenants: [tenant] });
});
afterEach(() => simulator.stop());

describe('keys', () => {
  test.each<[string, Partial<TenantKeys>]>([
    ['application key', { applicationKey: 'other' }],
    ['access key', { accessKey: 'other' }],
    ['secret key', { secretKey: 'b3RoZXI=' }],
  ])('a wrong %s is refused with the one code for all three', async (_, wrong) => {
    const reply = await call(simulator.url, { ...keys, ...wrong }, ACCOUNT);
    expect([reply.status, codes(reply)]).toEqual([401, ['err_xdk_invalid_signature']]);
    expect(reply.headers).toHaveProperty('x-ratelimit-reset');
  });

  test('a wrong application id is refused with HTTP 200 and an empty answer', async () => {
    const reply = await call(simulator.url, { ...keys, applicationId: 'other' }, ACCOUNT);
    expect([reply.status, envelope(reply).meta.status, envelope(reply).data]).toEqual([200, 200, []]);
    expect(codes(reply)).toEqual(['err_developer_key']);
  });

  test('that were rotated are refused, and the new ones accepted', async () => {
    const fresh = simulator.tenants[0]?.rotateKeys() ?? keys;
    expect((await call(simulator.url, keys, ACCOUNT)).status).toBe(401);
    expect((await call(simulator.url, fresh, ACCOUNT)).status).toBe(200);
  });

  test('that have expired are answered with 418', async () => {
    for (const running of simulator.tenants) running.expired = true;
    const reply = await call(simulator.url, keys, ACCOUNT);
    expect([reply.status, codes(reply)]).toEqual([418, ['err_xdk_binding_expired']]);
  });

  test('signed with a clock that is off are refused, when a limit is set', async () => {
    const early = new Date(Date.now() - 600_000).toUTCString().replace('GMT', 'UTC');
    expect((await call(simulator.url, keys, ACCOUNT, undefined, early)).status).toBe(200);
    simulator.configure({ maxDateSkewMs: 300_000 });
    expect((await call(simulator.url, keys, ACCOUNT, undefined, early)).status).toBe(401);
  });
});

describe('endpoints', () => {
  test.each(Object.entries(ENDPOINT_PATHS).filter(([name]) => !/logs$|^audit-events|^stats/.test(name)))(
    '%s answers',
    async (_, path) => {
      const { data, fail, meta } = envelope(await call(simulator.url, keys, path));
      expect(data.length).toBeGreaterThan(0);
      expect([fail, meta]).toEqual([[], { status: 200 }]);
    },
  );

  test('the account holds the values that must be kept nowhere, and its packages change their order', async () => {
    const replies = await Promise.all(Array.from({ length: 12 }, () => call(simulator.url, keys, ACCOUNT)));
    for (const canary of tenant.canaries) expect(replies[0]?.text).toContain(canary);
    const orders = replies.map((reply) => envelope(reply).data[0]?.['packages'] as string[]);
    expect(new Set(orders.map((packages) => packages.join())).size).toBeGreaterThan(1);
    expect(new Set(orders.map((packages) => packages.toSorted().join())).size).toBe(1);
  });

  test.each([
    ['missing', 404],
    ['app-forbidden', 403],
    ['forbidden', 403],
    ['wrong-region', 200],
  ] as const)('one that is %s answers %i', async (access, status) => {
    simulator.tenants[0]?.setAccess('url-protect', access);
    const reply = await call(simulator.url, keys, ENDPOINT_PATHS['url-protect']);
    expect(reply.status).toBe(status);
    expect(reply.text.includes('app_forbidden')).toBe(access === 'app-forbidden');
  });

  test('a path that nobody knows answers 404, and GET 405', async () => {
    expect((await call(simulator.url, keys, '/api/policy/other/get-policy')).status).toBe(404);
    expect((await fetch(simulator.url + ACCOUNT)).status).toBe(405);
  });
});

describe('every answer', () => {
  test('tells the rate limit in milliseconds, and the call over it is refused', async () => {
    simulator.configure({ rateLimit: { calls: 2, windowMs: 60_000 } });
    const replies = [];
    for (let calls = 0; calls < 3; calls++) replies.push(await call(simulator.url, keys, ACCOUNT));
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 429]);
    expect(replies.map(({ headers }) => headers['x-ratelimit-remaining'])).toEqual(['1', '0', '0']);
    const resetMs = Number(replies.at(-1)?.headers['x-ratelimit-reset']);
    expect(resetMs).toBeGreaterThan(5_000);
    expect(resetMs).toBeLessThanOrEqual(60_000);
  });

  test("has the vendor's date, which may be off", async () => {
    simulator.configure({ clockSkewMs: 432_000 });
    const { headers } = await call(simulator.url, keys, ACCOUNT);
    expect(Date.parse(String(headers['date'])) - Date.now()).toBeGreaterThan(420_000);
  });

  test('is written down with what was asked', async () => {
    await call(simulator.url, keys, AUDIT);
    expect(simulator.requests).toMatchObject([{ path: AUDIT, accessKey: keys.accessKey, status: 200 }]);
    simulator.forgetRequests();
    expect(simulator.requests).toEqual([]);
  });

  test('is compressed for callers that accept it, until that is switched off', async () => {
    const to = new Date();
    const body = { data: [{ startDateTime: vendorText(to, -86_400_000), endDateTime: vendorText(to, 0) }] };
    const compressed = await signedFetch(body);
    expect(compressed.headers.get('content-encoding')).toBe('gzip');
    simulator.configure({ gzip: false });
    const plain = await signedFetch(body);
    expect(plain.headers.get('content-encoding')).toBeNull();
    expect(await compressed.text()).toBe(await plain.text());
  });
});

const vendorText = (at: Date, shiftMs: number): string =>
  `${new Date(at.getTime() + shiftMs).toISOString().slice(0, 19)}+0000`;

/** `fetch` accepts compressed answers and unpacks them, unlike `request`. */
async function signedFetch(body: unknown): Promise<Response> {
  const { createHmac, randomUUID } = await import('node:crypto');
  const date = new Date().toUTCString();
  const requestId = randomUUID();
  const text = `${date}:${requestId}:${AUDIT}:${keys.applicationKey}`;
  const signature = createHmac('sha1', Buffer.from(keys.secretKey, 'base64')).update(text).digest('base64');
  return fetch(simulator.url + AUDIT, {
    method: 'POST',
    headers: {
      authorization: `MC ${keys.accessKey}:${signature}`,
      'x-mc-app-id': keys.applicationId,
      'x-mc-date': date,
      'x-mc-req-id': requestId,
    },
    body: JSON.stringify(body),
  });
}
