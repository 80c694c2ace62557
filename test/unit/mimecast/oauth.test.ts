import type { ServerResponse } from 'node:http';
import { describe, expect, test } from 'vitest';
import { callEndpoint, type EndpointAnswer, type MimecastApi } from '../../../mimecast/api.js';
import { MimecastError } from '../../../mimecast/mimecast-error.js';
import { oauthAuthenticator } from '../../../mimecast/oauth-authenticator.js';
import { createTokenCache, type TokenCache } from '../../../mimecast/token-cache.js';
import {
  CLIENT,
  good,
  rejection,
  sendJson,
  serve,
  type Answer,
  type TestServer,
} from '../../support/mimecast/server.js';

const TOKEN_PATH = '/oauth/token';

/** As the vendor's answer is recorded, with a token that is known again. */
const tokenBody = (count: number, lifeS = 1799) => ({
  access_token: `token-canary-${count}`,
  token_type: 'Bearer',
  expires_in: lifeS,
  scope: '',
});
const gateway = (code: string) => ({ fail: [{ code, message: `message-canary ${CLIENT.clientSecret}` }] });

interface Vendor extends TestServer {
  /** Number of tokens that were requested. */
  readonly asked: () => number;
  /** The tokens that calls came with, in order. */
  readonly shown: () => (string | undefined)[];
  readonly client: (options?: ClientOptions) => MimecastApi;
}

interface ClientOptions {
  readonly tokens?: TokenCache;
  readonly owner?: string;
  readonly now?: () => Date;
}

type TokenAnswer = (response: ServerResponse, count: number) => void;

const giveToken: TokenAnswer = (response, count) => {
  sendJson(response, tokenBody(count));
};
const giveData: Answer = (response) => {
  sendJson(response, good([]));
};

/** A vendor of API 2.0; what it answers is counted for tokens and for calls apart. */
async function vendor(token: TokenAnswer = giveToken, endpoint: Answer = giveData): Promise<Vendor> {
  let [asked, called] = [0, 0];
  const server = await serve((response, request) => {
    if (request.path === TOKEN_PATH) token(response, (asked += 1));
    else endpoint(response, request, (called += 1));
  });
  return {
    ...server,
    asked: () => asked,
    shown: () =>
      server.seen
        .filter(({ path }) => path !== TOKEN_PATH)
        .map(({ headers }) => headers.authorization?.replace('Bearer ', '')),
    client: ({ now = () => new Date(), tokens = createTokenCache(now), owner = 'acme v1' } = {}) =>
      server.api({}, now, oauthAuthenticator(CLIENT, tokens, owner)),
  };
}

const call = (api: MimecastApi, signal?: AbortSignal): Promise<EndpointAnswer> =>
  callEndpoint(api, { path: '/api/x', reads: 'things', permission: 'A | B | Read', data: [], signal });

describe('a token', () => {
  test('is asked for with the client credentials in a form, and shown by calls that carry no key', async () => {
    const { client, seen } = await vendor();
    await call(client());
    const [asked, called] = seen;
    expect(asked).toMatchObject({
      method: 'POST',
      path: TOKEN_PATH,
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
    });
    expect(Object.fromEntries(new URLSearchParams(asked?.text))).toEqual({
      grant_type: 'client_credentials',
      client_id: CLIENT.clientId,
      client_secret: CLIENT.clientSecret,
    });
    expect(asked?.headers).not.toHaveProperty('authorization');
    expect(called).toMatchObject({ path: '/api/x', headers: { authorization: 'Bearer token-canary-1' } });
    expect(called?.headers).not.toHaveProperty('x-mc-app-id');
    expect(`${JSON.stringify(called?.headers)} ${called?.text ?? ''}`).not.toContain('client-secret-canary');
  });

  test('is used again by every call of its owner, and by nobody else', async () => {
    const { client, asked, shown } = await vendor();
    const tokens = createTokenCache(() => new Date());
    const mine = client({ tokens });
    await call(mine);
    await call(mine);
    await call(client({ tokens }));
    expect(asked()).toBe(1);
    await call(client({ tokens, owner: 'acme v2' }));
    expect(shown()).toEqual(['token-canary-1', 'token-canary-1', 'token-canary-1', 'token-canary-2']);
  });

  test('is not taken to another base URL', async () => {
    const [here, there] = [await vendor(), await vendor()];
    const api = here.client();
    await call(api);
    await call({ ...api, baseUrl: there.url });
    await call(api);
    expect([here.asked(), there.asked()]).toEqual([1, 1]);
  });

  test.each([
    ['60 s before it ends', 1799, 1738, 1739],
    ['at half its life, where that is longer', 90, 44, 45],
  ])('is replaced %s', async (_, lifeS, good, late) => {
    let nowMs = 0;
    const { client, shown } = await vendor((response, count) => {
      sendJson(response, tokenBody(count, lifeS));
    });
    const api = client({ now: () => new Date(nowMs) });
    for (const atS of [0, good, late]) {
      nowMs = atS * 1000;
      await call(api);
    }
    expect(shown()).toEqual(['token-canary-1', 'token-canary-1', 'token-canary-2']);
  });

  test.each([undefined, null, 'soon', -5, 0])('lives as usual where its life makes no sense: %j', async (lifeS) => {
    const { client, asked } = await vendor((response, count) => {
      sendJson(response, { ...tokenBody(count), expires_in: lifeS });
    });
    const api = client();
    await call(api);
    await call(api);
    expect(asked()).toBe(1);
  });
});

describe('calls that come at the same time', () => {
  /** Starts a vendor that holds requests for tokens until the test releases them. */
  async function holding(answer: TokenAnswer = giveToken) {
    const held: (() => void)[] = [];
    const closed: Promise<void>[] = [];
    let tell = (): void => undefined;
    const first = new Promise<void>((resolve) => {
      tell = resolve;
    });
    const server = await vendor((response, count) => {
      closed.push(
        new Promise((resolve) => {
          response.once('close', resolve);
        }),
      );
      held.push(() => {
        answer(response, count);
      });
      tell();
    });
    const release = (): void => {
      for (const one of held.splice(0)) one();
    };
    return { ...server, first, release, closed };
  }

  test('share one request for a token', async () => {
    const { client, first, release, asked } = await holding();
    const api = client();
    const calls = Array.from({ length: 20 }, () => call(api));
    await first;
    release();
    expect(await Promise.all(calls)).toHaveLength(20);
    expect(asked()).toBe(1);
  });

  test('share its failure too, and the next call asks again', async () => {
    const { client, first, release, asked } = await holding((response, count) => {
      if (count === 1) sendJson(response, {}, 503);
      else giveToken(response, count);
    });
    const api = client();
    const failures = Promise.all(Array.from({ length: 5 }, () => rejection(call(api))));
    await first;
    release();
    expect((await failures).map((error) => (error as MimecastError).name)).toEqual(
      Array.from({ length: 5 }, () => 'MimecastTransportError'),
    );
    expect(asked()).toBe(1);
    const next = call(api);
    while (asked() < 2) await new Promise(setImmediate);
    release();
    expect(await next).toMatchObject({ data: [] });
  });

  test('one that is aborted leaves the others their token; when all are, the request ends', async () => {
    const { client, first, release, closed, asked } = await holding();
    const api = client();
    const [one, other] = [new AbortController(), new AbortController()];
    const ended = rejection(call(api, one.signal));
    const goesOn = call(api, other.signal);
    await first;
    one.abort(new Error('mine'));
    expect(await ended).toMatchObject({ message: 'mine' });
    release();
    expect(await goesOn).toMatchObject({ data: [] });
    expect(asked()).toBe(1);

    const abandoned = client();
    const [alone, last] = [new AbortController(), new AbortController()];
    const both = [alone, last].map(({ signal }) => rejection(call(abandoned, signal)));
    while (asked() < 2) await new Promise(setImmediate);
    alone.abort(new Error('alone'));
    last.abort(new Error('last'));
    expect((await Promise.all(both)).map(String)).toEqual(['Error: alone', 'Error: last']);
    await closed[1];
  });
});

describe('a token that is refused', () => {
  const refusing =
    (times: number, body: unknown): Answer =>
    (response, _, count) => {
      if (count <= times) sendJson(response, body, 401);
      else sendJson(response, good([]));
    };

  test.each(['token_expired', 'token_verification_failed', 'Unauthorized Request', 'unauthorized', 'odd'])(
    '%s: is replaced, and the call made once again',
    async (code) => {
      const { client, shown } = await vendor(giveToken, refusing(1, gateway(code)));
      const api = client();
      expect(await call(api)).toMatchObject({ data: [] });
      await call(api);
      expect(shown()).toEqual(['token-canary-1', 'token-canary-2', 'token-canary-2']);
    },
  );

  test.each<[unknown, object]>([
    [gateway('unauthorized'), { name: 'MimecastAuthenticationError', refused: 'token', retryable: false }],
    [gateway('token_expired'), { name: 'MimecastAuthenticationError', refused: 'token', codes: ['token_expired'] }],
    ['', { name: 'MimecastAuthenticationError', refused: 'token' }],
    [
      gateway('token_verification_failed'),
      { name: 'MimecastTransportError', fault: 'token-unverified', retryable: true },
    ],
    [
      gateway('Unauthorized Request'),
      { name: 'MimecastTransportError', fault: 'token-unverified', codes: ['unauthorized_request'] },
    ],
  ])('twice, with %j, is told', async (body, told) => {
    const { client, shown } = await vendor(giveToken, refusing(9, body));
    expect(await rejection(call(client()))).toMatchObject({ ...told, httpStatus: 401, path: '/api/x' });
    expect(shown()).toEqual(['token-canary-1', 'token-canary-2']);
  });

  test('by several calls at once is replaced once', async () => {
    const { client, asked, shown } = await vendor(giveToken, (response, { headers }) => {
      const isFirst = headers.authorization === 'Bearer token-canary-1';
      sendJson(response, isFirst ? gateway('token_expired') : good([]), isFirst ? 401 : 200);
    });
    const api = client();
    await Promise.all(Array.from({ length: 8 }, () => call(api)));
    expect(asked()).toBe(2);
    expect(shown().filter((token) => token === 'token-canary-2')).toHaveLength(8);
  });

  test('is not replaced for what has nothing to do with it', async () => {
    const { client, asked } = await vendor(giveToken, (response) => {
      sendJson(response, gateway('app_forbidden'), 403);
    });
    expect(await rejection(call(client()))).toMatchObject({ name: 'MimecastUnavailableError' });
    expect(asked()).toBe(1);
  });
});

describe('no token is given', () => {
  const oauth = (error: unknown) => ({ error, error_description: `description-canary ${CLIENT.clientSecret}` });

  test.each<[number, unknown, object]>([
    [401, oauth('invalid_client'), { name: 'MimecastAuthenticationError', refused: 'client', retryable: false }],
    [400, oauth('invalid_client'), { name: 'MimecastAuthenticationError', codes: ['invalid_client'] }],
    [200, oauth('invalid_client'), { name: 'MimecastAuthenticationError' }],
    [400, oauth('unauthorized_client'), { name: 'MimecastAuthenticationError' }],
    [401, gateway('unauthorized'), { name: 'MimecastAuthenticationError', refused: 'client' }],
    [401, '', { name: 'MimecastAuthenticationError', refused: 'client' }],
    // What is said of the token endpoint says nothing of the endpoint that the token was meant for.
    [403, gateway('app_forbidden'), { name: 'MimecastAuthenticationError', refused: 'client' }],
    [403, '<html>', { name: 'MimecastRequestError', reason: 'no-token' }],
    [404, '', { name: 'MimecastRequestError', reason: 'no-token', retryable: false }],
    [400, oauth('unsupported_grant_type'), { reason: 'no-token', codes: ['unsupported_grant_type'] }],
    [400, oauth('description-canary'), { reason: 'no-token', codes: ['error'] }],
    [400, oauth({ nested: 'canary' }), { reason: 'no-token', codes: ['error'] }],
    [401, gateway('token_verification_failed'), { name: 'MimecastTransportError', retryable: true }],
    [400, oauth('temporarily_unavailable'), { name: 'MimecastTransportError', fault: 'server-error' }],
    [429, '', { name: 'MimecastRateLimitError', retryAfterMs: 60_000 }],
    [500, oauth('server_error'), { name: 'MimecastTransportError', retryable: true }],
    [503, '<html>', { name: 'MimecastTransportError', fault: 'server-error' }],
    [302, '', { name: 'MimecastRequestError', reason: 'redirect' }],
    [200, '', { name: 'MimecastTransportError', fault: 'empty' }],
    [200, '<html>', { name: 'MimecastTransportError', fault: 'html' }],
    [200, '{"access_token":"', { name: 'MimecastTransportError', fault: 'not-json' }],
    [200, {}, { name: 'MimecastRequestError', reason: 'shape' }],
    [200, [], { name: 'MimecastRequestError', reason: 'shape' }],
    [200, { ...tokenBody(1), access_token: 'canary\r\nx: y' }, { name: 'MimecastRequestError', reason: 'shape' }],
    [200, { ...tokenBody(1), token_type: 'mac-canary' }, { name: 'MimecastRequestError', reason: 'shape' }],
  ])('%i %j', async (status, body, told) => {
    const { client, shown, seen, url } = await vendor((response) => {
      response.writeHead(status, { 'content-type': 'application/json', location: '/elsewhere' });
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    });
    const error = await rejection(call(client()));
    expect(error).toBeInstanceOf(MimecastError);
    expect(error).toMatchObject({ ...told, path: TOKEN_PATH, httpStatus: status, host: new URL(url).host });
    expect(`${String(error)} ${JSON.stringify(error)} ${(error as Error).stack ?? ''}`).not.toContain('canary');
    expect(shown()).toEqual([]);
    expect(seen).toHaveLength(1);
  });

  test('429 stops the calls of the whole process for as long as it says', async () => {
    const { client, asked } = await vendor((response) => {
      sendJson(response, {}, 429, { 'x-ratelimit-reset': '120000' });
    });
    const api = client();
    expect(await rejection(call(api))).toMatchObject({ retryAfterMs: 120_000 });
    expect(await rejection(call(api))).toMatchObject({ name: 'MimecastRateLimitError' });
    expect(asked()).toBe(1);
  });
});
