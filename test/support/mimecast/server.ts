import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Dispatcher } from 'undici';
import { onTestFinished } from 'vitest';
import { createMimecastApi, type ApiLimits, type MimecastApi } from '../../../mimecast/api.js';
import type { Authenticator } from '../../../mimecast/authenticator.js';
import { hmacAuthenticator } from '../../../mimecast/hmac-authenticator.js';
import { createRateBudget } from '../../../mimecast/rate-budget.js';
import { createDispatcher } from '../../../mimecast/transport.js';

/** Made up; the canaries must appear in no error. */
export const KEYS = {
  applicationId: 'app-id-canary-1',
  applicationKey: 'app-key-canary-2',
  accessKey: 'access-key-canary-3',
  secretKey: Buffer.from('secret-canary-4').toString('base64'),
};

export const CLIENT = { clientId: 'client-id-canary-7', clientSecret: 'client-secret-canary-8' };

interface Seen {
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly headers: IncomingMessage['headers'];
  /** The body as it came. */
  readonly text: string;
  readonly body: { meta?: { pagination?: Record<string, unknown> }; data: Record<string, unknown>[] };
}

export type Answer = (response: ServerResponse, request: Seen, count: number) => void;

export interface TestServer {
  readonly url: string;
  readonly seen: Seen[];
  readonly connections: () => number;
  readonly api: (limits?: Partial<ApiLimits>, now?: () => Date, authenticator?: Authenticator) => MimecastApi;
}

/** Starts a server on this machine, with a dispatcher that calls it. Both end with the test. */
export async function listen(server: Server): Promise<{ readonly url: string; readonly dispatcher: Dispatcher }> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const dispatcher = createDispatcher();
  onTestFinished(async () => {
    await dispatcher.destroy();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, dispatcher };
}

/** A real HTTP server for one test, and an API that calls it. */
export async function serve(answer: Answer): Promise<TestServer> {
  const seen: Seen[] = [];
  let connections = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString();
      const body = (text === '' ? undefined : text.startsWith('{') ? JSON.parse(text) : { data: [] }) as Seen['body'];
      const one = { method: request.method, path: request.url, headers: request.headers, text, body };
      seen.push(one);
      answer(response, one, seen.length);
    });
  });
  server.on('connection', () => (connections += 1));
  const { url, dispatcher } = await listen(server);
  const api = (
    limits: Partial<ApiLimits> = {},
    now = () => new Date(),
    authenticator: Authenticator = hmacAuthenticator(KEYS, now),
  ): MimecastApi =>
    createMimecastApi({
      baseUrl: url,
      allowLoopback: true,
      authenticator,
      dispatcher,
      budget: createRateBudget({ now }),
      now,
      limits: { secondLookMs: 1, ...limits },
    });
  return { url, seen, connections: () => connections, api };
}

export function sendJson(response: ServerResponse, body: unknown, status = 200, headers: Record<string, string> = {}) {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

export const good = (data: unknown, pagination?: Record<string, unknown>) => ({
  meta: { status: 200, ...(pagination && { pagination }) },
  data,
  fail: [],
});

export const failing = (code: string, data: unknown[] = [], retryable = false) => ({
  meta: { status: 200 },
  data,
  fail: [{ key: { secret: 'body-canary-5' }, errors: [{ code, message: 'message-canary-6', retryable }] }],
});

/** Returns the reason of a rejected promise. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    (value) => {
      throw new Error(`expected a failure, got ${JSON.stringify(value)}`);
    },
    (error: unknown) => error,
  );
}
