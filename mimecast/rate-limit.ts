import { HOUR_MS, MINUTE_MS } from '../model/time.js';

/** Rate limit headers of a response. */
export interface RateLimit {
  /** Calls per period. */
  readonly limit?: number;
  /** Calls left in this period. */
  readonly remaining?: number;
  /** Milliseconds until at least one call is available again. */
  readonly resetMs?: number;
}

/** Header names in lower case, as undici and node:http provide them. */
export type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** A longer reset is treated as an invalid header (a point in time instead of a duration). */
export const LONGEST_RESET_MS = HOUR_MS;

/**
 * Reads the rate limit headers, which are part of every response, including 401. The reset is in milliseconds; when
 * missing, `Retry-After` is used, in seconds or as a date (RFC 9110, 10.2.3). Invalid values are ignored.
 *
 * Source: Mimecast, "Rate Limiting".
 */
export function parseRateLimit(headers: Headers, now: Date): RateLimit {
  const limit = countOf(headers, 'x-ratelimit-limit');
  const remaining = countOf(headers, 'x-ratelimit-remaining');
  const resetMs = countOf(headers, 'x-ratelimit-reset') ?? retryAfterMs(textOf(headers, 'retry-after'), now);
  return {
    ...(limit === undefined ? {} : { limit }),
    ...(remaining === undefined ? {} : { remaining }),
    ...(resetMs === undefined ? {} : { resetMs: Math.min(resetMs, LONGEST_RESET_MS) }),
  };
}

const SHORTEST_STOP_MS = 1_000;
const DEFAULT_STOP_MS = MINUTE_MS;

/** Returns how long to stop calls after a 429, in milliseconds. Some responses give 0 ms or nothing. */
export function stopAfterRefusalMs({ resetMs = DEFAULT_STOP_MS }: RateLimit): number {
  return Math.max(resetMs, SHORTEST_STOP_MS);
}

function retryAfterMs(text: string | undefined, now: Date): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const waitMs = Date.parse(text) - now.getTime();
  return waitMs >= 0 ? waitMs : undefined;
}

function countOf(headers: Headers, name: string): number | undefined {
  const text = textOf(headers, name);
  if (text === undefined || text === '') return undefined;
  const count = Number(text);
  return Number.isFinite(count) && count >= 0 ? Math.floor(count) : undefined;
}

/** Returns the first value of a header. */
export function textOf(headers: Headers, name: string): string | undefined {
  const value = headers[name];
  return (Array.isArray(value) ? value[0] : value)?.trim();
}
