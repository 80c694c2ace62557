import { Agent, request, type Dispatcher } from 'undici';
import { BodyEncodingProblem, BodyTooLarge, readBody } from './answer-body.js';
import { MimecastRequestError, MimecastTransportError, type TransportProblem } from './errors.js';
import type { CallPlace } from './mimecast-error.js';
import { textOf, type Headers } from './rate-limit.js';

/** Value of `User-Agent`. */
export const USER_AGENT = 'temporal-mimecast';

/** Limits of one exchange, so that no server can block this process or exhaust its memory. */
export interface ExchangeLimits {
  /** Size of the response body, unpacked. */
  readonly maxBytes: number;
  /** Time until the response headers arrive. */
  readonly headersTimeoutMs: number;
  /** Time between two chunks of the body. */
  readonly bodyTimeoutMs: number;
  /** Time for the whole exchange. */
  readonly totalTimeoutMs: number;
}

/**
 * Creates a pool of kept-alive connections for `createMimecastApi`. One pool serves all Mimecast connections; close it
 * with `close()`. To use a proxy, pass undici's `ProxyAgent` instead.
 */
export function createDispatcher(): Dispatcher {
  return new Agent({
    connections: 16,
    connect: { timeout: 10_000 },
    // Shorter than the usual timeout of servers: reusing a connection that the server is closing costs a failed
    // attempt.
    keepAliveTimeout: 4_000,
    keepAliveMaxTimeout: 30_000,
  });
}

/** Keys are never sent to another address, even when the dispatcher follows redirects. */
const NO_REDIRECTS = { maxRedirections: 0 };

export interface Exchange {
  readonly dispatcher: Dispatcher;
  readonly limits: ExchangeLimits;
  /** As built by `requestUrl`. */
  readonly url: URL;
  readonly headers: Record<string, string>;
  /** Absent for GET. */
  readonly body: string | undefined;
  readonly place: CallPlace;
  readonly signal: AbortSignal | undefined;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/**
 * Sends one request and reads its response, whatever its status. Redirects are not followed.
 *
 * @throws {MimecastTransportError} when no complete response arrives
 * @throws {MimecastRequestError} `too-large`
 * @throws the signal's reason when it is aborted; the socket is closed then
 */
export async function exchange(call: Exchange): Promise<HttpAnswer> {
  const { dispatcher, limits, url, headers, body, place, signal } = call;
  const deadline = startDeadline(limits.totalTimeoutMs, signal);
  try {
    const answer = await request(url, {
      dispatcher,
      method: body === undefined ? 'GET' : 'POST',
      headers,
      ...(body !== undefined && { body }),
      ...NO_REDIRECTS,
      signal: deadline.signal,
      headersTimeout: limits.headersTimeoutMs,
      bodyTimeout: limits.bodyTimeoutMs,
    });
    const coding = textOf(answer.headers, 'content-encoding')?.toLowerCase() ?? '';
    const text = await readBody(answer.body, coding, limits.maxBytes);
    return { status: answer.statusCode, headers: answer.headers, text };
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof BodyTooLarge) {
      throw new MimecastRequestError(place, 'too-large', { detail: `more than ${limits.maxBytes} bytes` });
    }
    if (deadline.expired()) throw new MimecastTransportError(place, 'timeout', `${limits.totalTimeoutMs} ms`);
    const { fault: problem, detail } = problemOf(error);
    throw new MimecastTransportError(place, problem, detail);
  } finally {
    deadline.clear();
  }
}

interface Deadline {
  readonly signal: AbortSignal;
  expired(): boolean;
  clear(): void;
}

/**
 * Aborts with the outer signal or after `totalMs`. `clear` removes the listener, so that a long-lived outer signal does
 * not collect listeners.
 */
function startDeadline(totalMs: number, outer: AbortSignal | undefined): Deadline {
  outer?.throwIfAborted();
  const controller = new AbortController();
  let expired = false;
  const timer = setTimeout(() => {
    expired = true;
    controller.abort();
  }, totalMs);
  const onAbort = (): void => {
    controller.abort();
  };
  outer?.addEventListener('abort', onAbort, { once: true });

  return {
    signal: controller.signal,
    expired: () => expired,
    clear() {
      clearTimeout(timer);
      outer?.removeEventListener('abort', onAbort);
    },
  };
}

/** Classifies a failed exchange. Only the code of a foreign error is used: its message may contain addresses and values. */
function problemOf(error: unknown): { fault: TransportProblem; detail?: string } {
  if (error instanceof BodyEncodingProblem) return { fault: 'encoding' };
  const code = codeOf(error);
  if (code === undefined) return { fault: 'connection' };
  if (/TIMEOUT|ETIMEDOUT/.test(code)) return { fault: 'timeout', detail: code };
  if (/CERT|TLS|SSL|SELF_SIGNED|VERIFY_LEAF/.test(code)) return { fault: 'tls', detail: code };
  return { fault: 'connection', detail: code };
}

function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined;
  return /^[A-Z][A-Z0-9_]{1,40}$/.test(error.code) ? error.code : undefined;
}
