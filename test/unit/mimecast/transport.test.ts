import { createServer, type AddressInfo } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { callEndpoint, type EndpointCall, type MimecastApi } from '../../../mimecast/api.js';
import { PROTOTYPE_NAMES } from '../../support/hostile.js';
import { failing, good, KEYS, rejection, sendJson, serve } from '../../support/mimecast/server.js';

const call: EndpointCall = {
  path: '/api/account/get-account',
  reads: 'account details',
  permission: 'Account | Dashboard | Read',
  data: [],
};
const ask = (api: MimecastApi, changes: Partial<EndpointCall> = {}) => callEndpoint(api, { ...call, ...changes });
const answerText = JSON.stringify(good([{ id: 'ä' }]));

describe('a call', () => {
  test('is a signed POST of JSON over a kept-alive connection, with a new id each time', async () => {
    const server = await serve((response) => {
      sendJson(response, good([{ a: 1 }]), 200, {
        'x-ratelimit-remaining': '7',
        date: 'Mon, 05 Jan 2026 09:00:07 GMT',
      });
    });
    const api = server.api({}, () => new Date('2026-01-05T09:00:07.500Z'));
    const answer = await ask(api);
    for (let calls = 1; calls < 10; calls += 1) await ask(api);

    expect(answer).toMatchObject({
      data: [{ a: 1 }],
      rateLimit: { remaining: 7 },
      clockSkewMs: 0,
      provenance: {
        host: new URL(server.url).host,
        path: call.path,
        requestId: server.seen[0]?.headers['x-mc-req-id'],
        httpStatus: 200,
        vendorDate: 'Mon, 05 Jan 2026 09:00:07 GMT',
        receivedAt: '2026-01-05T09:00:07.500Z',
      },
    });
    expect(server.seen[0]).toMatchObject({
      method: 'POST',
      path: call.path,
      body: { data: [] },
      headers: {
        'content-type': 'application/json',
        accept: 'application/json',
        'accept-encoding': 'gzip',
        'x-mc-app-id': KEYS.applicationId,
        'x-mc-date': 'Mon, 05 Jan 2026 09:00:07 UTC',
      },
    });
    expect(server.seen[0]?.headers.authorization).toMatch(new RegExp(`^MC ${KEYS.accessKey}:[A-Za-z0-9+/]{27}=$`));
    expect(server.seen[1]?.headers['x-mc-req-id']).not.toBe(server.seen[0]?.headers['x-mc-req-id']);
    // undici opens a second connection when the next call comes before the first one is marked as free.
    expect(server.connections()).toBeLessThanOrEqual(2);
    expect(JSON.stringify(server.seen)).not.toContain(KEYS.applicationKey);
    expect(JSON.stringify(server.seen)).not.toContain(KEYS.secretKey);
  });

  test.each<[string, Buffer]>([
    ['gzip', gzipSync(answerText)],
    ['GZIP', gzipSync(answerText)],
    ['deflate', deflateSync(answerText)],
    ['br', brotliCompressSync(answerText)],
    ['identity', Buffer.from(answerText)],
  ])('unpacks %s', async (coding, body) => {
    const server = await serve((response) => response.writeHead(200, { 'content-encoding': coding }).end(body));
    expect((await ask(server.api())).data).toEqual([{ id: 'ä' }]);
  });

  test('knows how far the two clocks are apart', async () => {
    const server = await serve((response) => {
      sendJson(response, failing('err_xdk_invalid_signature'), 401, { date: 'Mon, 05 Jan 2026 09:07:12 GMT' });
    });
    const error = await rejection(ask(server.api({}, () => new Date('2026-01-05T09:00:00Z'))));
    expect(error).toMatchObject({ name: 'MimecastClockError', clockSkewMs: 432_000, httpStatus: 401 });
  });
});

describe('an Application ID that is refused', () => {
  test('once is asked again with a fresh signature', async () => {
    const server = await serve((response, _, count) => {
      sendJson(response, count === 1 ? failing('err_developer_key') : good([]));
    });
    expect((await ask(server.api())).data).toEqual([]);
    expect(server.seen[1]?.headers.authorization).not.toBe(server.seen[0]?.headers.authorization);
  });

  test('twice is wrong', async () => {
    const server = await serve((response) => {
      sendJson(response, failing('err_developer_key'));
    });
    expect(await rejection(ask(server.api()))).toMatchObject({ refused: 'application-id' });
    expect(server.seen).toHaveLength(2);
  });

  test('nothing else is asked again', async () => {
    const server = await serve((response) => response.writeHead(500).end());
    await rejection(ask(server.api()));
    expect(server.seen).toHaveLength(1);
  });
});

describe('what real servers and networks do', () => {
  test.each<[string, number, string, object]>([
    ['an empty body', 200, '', { name: 'MimecastTransportError', fault: 'empty' }],
    ['a web page', 200, '<html>', { name: 'MimecastTransportError', fault: 'html' }],
    ['truncated JSON', 200, '{"data":[', { name: 'MimecastTransportError', fault: 'not-json' }],
    ['400 with an empty body', 400, '', { name: 'MimecastRequestError', reason: 'rejected' }],
    ['a gateway', 502, '<html>', { name: 'MimecastTransportError', fault: 'server-error', httpStatus: 502 }],
  ])('%s', async (_, status, body, wanted) => {
    const server = await serve((response) => response.writeHead(status).end(body));
    expect(await rejection(ask(server.api()))).toMatchObject(wanted);
  });

  test('a redirect is not followed', async () => {
    const server = await serve((response) => response.writeHead(302, { location: '/elsewhere' }).end());
    const error = await rejection(ask(server.api()));
    expect(error).toMatchObject({ name: 'MimecastRequestError', reason: 'redirect', retryable: false });
    expect((error as Error).message).toContain('redirect was refused');
    expect(server.seen).toHaveLength(1);
  });

  test('a reset before the answer', async () => {
    const server = await serve((response) => response.destroy());
    expect(await rejection(ask(server.api()))).toMatchObject({ name: 'MimecastTransportError', fault: 'connection' });
  });

  test('a reset within the answer', async () => {
    const server = await serve((response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('{"data":[', () => response.destroy());
    });
    expect(await rejection(ask(server.api()))).toMatchObject({ name: 'MimecastTransportError', fault: 'connection' });
  });

  test('nobody there', async () => {
    const placeholder = createServer();
    await new Promise<void>((resolve) => placeholder.listen(0, '127.0.0.1', resolve));
    const { port } = placeholder.address() as AddressInfo;
    await new Promise((resolve) => placeholder.close(resolve));
    const server = await serve(() => undefined);
    const error = await rejection(ask({ ...server.api(), baseUrl: `http://127.0.0.1:${port}` }));
    expect(error).toMatchObject({ name: 'MimecastTransportError', fault: 'connection' });
    expect((error as Error).message).toContain('ECONNREFUSED');
  });

  test.each<[string, object]>([
    ['in all', { totalTimeoutMs: 40 }],
    ['for headers', { headersTimeoutMs: 40 }],
  ])('an answer that does not come in time, %s', async (_, limits) => {
    const server = await serve(() => undefined);
    expect(await rejection(ask(server.api(limits)))).toMatchObject({
      name: 'MimecastTransportError',
      fault: 'timeout',
    });
  });

  test.each<[string, object]>([
    ['in all', { totalTimeoutMs: 40 }],
    ['between two pieces', { bodyTimeoutMs: 40 }],
  ])('an answer that stops half way, %s', async (_, limits) => {
    const server = await serve((response) => response.writeHead(200).write('{'));
    expect(await rejection(ask(server.api(limits)))).toMatchObject({
      name: 'MimecastTransportError',
      fault: 'timeout',
    });
  });

  test('a damaged or unknown compression', async () => {
    const damaged = await serve((response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('no gzip'));
    expect(await rejection(ask(damaged.api()))).toMatchObject({ name: 'MimecastTransportError', fault: 'encoding' });
    const unknown = await serve((response) => response.writeHead(200, { 'content-encoding': 'zip' }).end('x'));
    expect(await rejection(ask(unknown.api()))).toMatchObject({ name: 'MimecastTransportError', fault: 'encoding' });
  });

  test.each(PROTOTYPE_NAMES)('a compression called %s', async (coding) => {
    const server = await serve((response) =>
      response.writeHead(200, { 'content-encoding': coding }).end(JSON.stringify(good([]))),
    );
    expect(await rejection(ask(server.api()))).toMatchObject({ name: 'MimecastTransportError', fault: 'encoding' });
  });

  test('an answer that unpacks to more than allowed, however small it travels', async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));
    const server = await serve((response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb));
    const before = process.memoryUsage().arrayBuffers;
    const error = await rejection(ask(server.api({ maxBytes: 1024 * 1024 })));
    expect(error).toMatchObject({ name: 'MimecastRequestError', reason: 'too-large', retryable: false });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(32 * 1024 * 1024);
  });

  test('an answer without end is cut off', async () => {
    const server = await serve((response) => {
      response.writeHead(200);
      const more = () => {
        if (!response.destroyed) response.write('x'.repeat(65_536), more);
      };
      more();
    });
    expect(await rejection(ask(server.api({ maxBytes: 200_000 })))).toMatchObject({ reason: 'too-large' });
  });
});

describe('cancelling', () => {
  test('closes the socket and gives back the reason', async () => {
    const controller = new AbortController();
    const reason = new Error('cancelled');
    const closed = vi.fn();
    const server = await serve((response) => {
      response.on('close', closed);
      controller.abort(reason);
    });
    expect(await rejection(ask(server.api(), { signal: controller.signal }))).toBe(reason);
    await vi.waitFor(() => {
      expect(closed).toHaveBeenCalled();
    });
  });

  test('before the call asks for nothing', async () => {
    const server = await serve(() => undefined);
    const reason = new Error('cancelled');
    expect(await rejection(ask(server.api(), { signal: AbortSignal.abort(reason) }))).toBe(reason);
    expect(server.seen).toHaveLength(0);
  });

  test('a signal that serves many calls collects no listeners', async () => {
    const server = await serve((response) => {
      sendJson(response, good([]));
    });
    const warned = vi.fn();
    process.on('warning', warned);
    onTestFinished(() => void process.off('warning', warned));
    const { signal } = new AbortController();
    const api = server.api();
    for (let calls = 0; calls < 30; calls += 1) await ask(api, { signal });
    await new Promise(setImmediate);
    expect(warned).not.toHaveBeenCalled();
  });
});

describe('the rate limit', () => {
  test('a 429 stops the connection until its reset, and the next call waits for that', async () => {
    const server = await serve((response, _, count) => {
      if (count === 1) response.writeHead(429, { 'x-ratelimit-reset': '1000' }).end();
      else sendJson(response, good([]));
    });
    const api = server.api();
    expect(await rejection(ask(api))).toMatchObject({ name: 'MimecastRateLimitError', retryAfterMs: 1000 });
    const waits: number[] = [];
    await ask(api, { onWait: (waitMs) => waits.push(waitMs) });
    expect(waits[0]).toBeGreaterThan(500);
  });

  test('a long reset is handed back without a call', async () => {
    const server = await serve((response) => response.writeHead(429, { 'x-ratelimit-reset': '120000' }).end());
    const api = server.api();
    await rejection(ask(api));
    expect(await rejection(ask(api))).toMatchObject({ name: 'MimecastRateLimitError' });
    expect(server.seen).toHaveLength(1);
  });
});

test('no failure tells a key, a body or words of the vendor', async () => {
  const bodies = [
    failing('err_xdk_invalid_signature'),
    failing('err_one', [{ body: 'body-canary-5' }]),
    'body-canary-5',
  ];
  for (const status of [200, 302, 400, 401, 403, 404, 418, 429, 500]) {
    for (const body of bodies) {
      const server = await serve((response) => {
        sendJson(response, body, status, { location: 'http://canary.example.com' });
      });
      const error = await rejection(ask(server.api()));
      expect(error).toBeInstanceOf(Error);
      const told = `${String(error)} ${JSON.stringify(error)} ${(error as Error).stack ?? ''}`;
      expect(told).not.toMatch(/canary-\d|canary\.example/);
      expect(told).not.toContain(KEYS.secretKey);
    }
  }
});
