import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRateBudget } from '../../../mimecast/rate-budget.js';
import { createMimecastApi, type MimecastApi } from '../../../mimecast/api.js';
import { ENDPOINTS } from '../../../mimecast/endpoints.js';
import { hmacAuthenticator } from '../../../mimecast/hmac-authenticator.js';
import { MimecastRequestError } from '../../../mimecast/errors.js';
import { baseUrlOf, REGIONS } from '../../../mimecast/regions.js';
import { requestUrl } from '../../../mimecast/request-url.js';
import { createDispatcher } from '../../../mimecast/transport.js';
import { hostilePaths, PASSWORD } from '../../support/hostile.js';
import { KEYS } from '../../support/mimecast/server.js';

const OWN = 'eu-api.mimecast.com';
const now = (): Date => new Date('2026-11-23T02:58:00Z');
const dispatcher = createDispatcher();

const at = (baseUrl: string, allowLoopback = false): MimecastApi =>
  createMimecastApi({
    baseUrl,
    allowLoopback,
    authenticator: hmacAuthenticator(KEYS, now),
    dispatcher,
    budget: createRateBudget({ now }),
    now,
  });
const build = (path: string, api = at(`https://${OWN}`)): URL => requestUrl(api, { path, requestId: 'r-1' });

/** Returns the error that rejects a URL. */
function refusal(path: string, api?: MimecastApi): MimecastRequestError {
  try {
    throw new Error(`not refused: ${build(path, api).href}`);
  } catch (error) {
    if (error instanceof MimecastRequestError) return error;
    throw error;
  }
}

describe('a request goes to its endpoint at the base URL', () => {
  const paths = ['/oauth/token', ...Object.values(ENDPOINTS).map(({ path }) => path)];

  test.each(REGIONS)('$host', (region) => {
    for (const path of paths) {
      expect(build(path, at(baseUrlOf(region))).href).toBe(`https://${region.host}${path}`);
    }
  });

  test('with its query behind the path', () => {
    const query = { start: '2026-01-05T09:00:07+0000', pageToken: 'a&b=c#d?e/../@x' };
    const url = requestUrl(at(`https://${OWN}`), { path: '/threats/v1/x', query, requestId: 'r-1' });
    expect([url.origin, url.pathname, url.hash]).toEqual([`https://${OWN}`, '/threats/v1/x', '']);
    expect(Object.fromEntries(url.searchParams)).toEqual(query);
  });

  test.each(['http://127.0.0.1:8080', 'http://localhost', 'https://[::1]:9'])(
    'on this machine with the sandbox switch alone: %s',
    (baseUrl) => {
      expect(build('/api/x', at(baseUrl, true)).href).toBe(`${baseUrl}/api/x`);
      expect(refusal('/api/x', at(baseUrl)).what).toContain(`base URL: ${baseUrl}`);
    },
  );

  // Odd, but a path of this host and of no other.
  test.each(['/@evil.example/x', '/api//evil.example/x', '/api/x:8443/y', '/https://evil.example', '/a%2f..%2fx'])(
    'however odd its path: %s',
    (path) => {
      expect(build(path).href).toBe(`https://${OWN}${path}`);
    },
  );
});

describe('a path that is not one of the host is refused, and not repeated', () => {
  test.each(hostilePaths({ own: OWN, foreign: 'evil.example' }))('%s: %j', (_, path) => {
    const error = refusal(path);
    expect(error).toMatchObject({ reason: 'address', retryable: false, host: OWN, requestId: 'r-1' });
    expect(error.message).toContain('Nothing was sent');
    expect(`${error.message} ${JSON.stringify(error)}`).not.toContain(PASSWORD);
  });

  test.each([
    ['//evil.example/api', 'path leads to https://evil.example'],
    ['http://user:pw@evil.example:8080/api', 'path leads to http://evil.example:8080'],
    [`https://${OWN}:8443/api`, `path leads to https://${OWN}:8443`],
    [`//${OWN}./api`, `path leads to https://${OWN}.`],
    [`http://${OWN}/api`, `path leads to http://${OWN}`],
    [`https://${OWN}/api`, 'path is not in its normal form'],
    ['/api/../x', 'path is not in its normal form'],
    ['javascript:alert(1)', 'path leads to no host'],
    [`//${'x'.repeat(300)}/`, 'path leads to https://xxx'],
  ])('%s is told as: %s', (path, told) => {
    const [firstLine = '', place] = refusal(path).message.split('\n');
    expect(firstLine).toContain(`Nothing was sent: the address is not allowed (${told}`);
    expect(firstLine.length).toBeLessThanOrEqual(200);
    expect(place).toBe(`POST ${OWN}/… · request r-1 · 2026-11-23T02:58:00.000Z`);
  });
});

describe('a base URL that keys may not be sent to is refused with its host', () => {
  test.each([
    ['https://evil.example', 'https://evil.example'],
    [`https://user:${PASSWORD}@evil.example`, 'https://evil.example'],
    [`https://${OWN}@evil.example`, 'https://evil.example'],
    [`https://${OWN}.evil.example`, `https://${OWN}.evil.example`],
    [`https://${OWN}.`, `https://${OWN}.`],
    [`https://${OWN}:8443`, `https://${OWN}:8443`],
    [`https://user:${PASSWORD}@${OWN}`, `https://${OWN}`],
    [`http://${OWN}`, `http://${OWN}`],
    ['http://10.0.0.1', 'http://10.0.0.1'],
    ['https://127.0.0.1.evil.example', 'https://127.0.0.1.evil.example'],
    [PASSWORD, 'no host'],
    ['', 'no host'],
  ])('%j', (baseUrl, told) => {
    const error = refusal('/api/account/get-account', at(baseUrl, true));
    expect(error).toMatchObject({ reason: 'address', retryable: false });
    expect(error.what).toContain(`(base URL: ${told}).`);
    expect(`${error.message} ${JSON.stringify(error)}`).not.toContain(PASSWORD);
  });
});

/** Texts of what URL parsers look at, and of anything else. */
const anyPath = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.webUrl({ withFragments: true, withQueryParameters: true }),
  fc
    .array(
      fc.constantFrom(
        ...['/', '\\', '@', ':', '?', '#', '.', '..', '%2e', '%2F', '%5c', '\t', '\n', '\r', '\0', ' ', ';', '[', ']'],
        ...['//', 'https:', 'http:', 'file:', 'evil.example', OWN, '8443', 'user', 'api', '。', 'ſ'],
      ),
      { maxLength: 8 },
    )
    .map((parts) => parts.join('')),
);

test('whatever the path: it is sent as it is to the base URL, or refused', () => {
  const api = at(`https://${OWN}`);
  fc.assert(
    fc.property(anyPath, (path) => {
      try {
        const url = build(path, api);
        expect([url.origin, url.pathname, url.search, url.hash]).toEqual([`https://${OWN}`, path, '', '']);
        expect([url.username, url.password]).toEqual(['', '']);
      } catch (error) {
        if (!(error instanceof MimecastRequestError)) throw error;
        expect(error).toMatchObject({ reason: 'address', retryable: false, host: OWN });
      }
    }),
    { numRuns: 2_000 },
  );
});
