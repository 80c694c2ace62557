import { MINUTE_MS } from '../model/time.js';
import type { AccessToken } from './oauth-token.js';

/** Token cache of one process. Only the value and the expiry of a token are kept. */
export interface TokenCache {
  /**
   * Returns the token for a key, and requests one when there is no fresh one. Concurrent callers share one request and
   * its result, also a failure. The request is aborted when its last caller is.
   *
   * @throws what `request` throws
   * @throws the signal's reason when it is aborted
   */
  take(key: string, request: RequestToken, signal?: AbortSignal): Promise<string>;
  /** Removes a refused token. A newer token under the same key is kept. */
  drop(key: string, token: string): void;
}

export type RequestToken = (signal: AbortSignal) => Promise<AccessToken>;

/** So long before its end a token is replaced: a call that is under way then still arrives with a good one. */
const EARLY_MS = MINUTE_MS;

interface KeptToken {
  readonly value: string;
  /** Milliseconds since the epoch. */
  readonly freshUntil: number;
}

/** One request for a token, and the number of its callers. */
interface Flight {
  readonly token: Promise<string>;
  readonly abandoned: AbortController;
  waiting: number;
}

export function createTokenCache(now: () => Date): TokenCache {
  const kept = new Map<string, KeptToken>();
  const flights = new Map<string, Flight>();

  const keep = (key: string, { value, lifeMs }: AccessToken, requestedAt: number): string => {
    for (const [other, { freshUntil }] of kept) if (freshUntil <= requestedAt) kept.delete(other);
    // A token with a shorter lifetime is used for half of it.
    kept.set(key, { value, freshUntil: requestedAt + Math.max(lifeMs - EARLY_MS, lifeMs / 2) });
    return value;
  };

  const begin = (key: string, request: RequestToken): Flight => {
    const abandoned = new AbortController();
    const requestedAt = now().getTime();
    const token = request(abandoned.signal)
      .then((issued) => keep(key, issued, requestedAt))
      .finally(() => {
        if (flights.get(key) === flight) flights.delete(key);
      });
    const flight: Flight = { token, abandoned, waiting: 0 };
    flights.set(key, flight);
    return flight;
  };

  return {
    async take(key, request, signal) {
      signal?.throwIfAborted();
      const held = kept.get(key);
      if (held && held.freshUntil > now().getTime()) return held.value;

      const flight = flights.get(key) ?? begin(key, request);
      flight.waiting += 1;
      try {
        return await unlessAborted(flight.token, signal);
      } finally {
        flight.waiting -= 1;
        if (flight.waiting === 0 && flights.get(key) === flight) {
          flights.delete(key);
          flight.abandoned.abort();
        }
      }
    },
    drop(key, token) {
      if (kept.get(key)?.value === token) kept.delete(key);
    },
  };
}

/** Rejects when the signal is aborted, and removes its listener at the end. The work itself continues. */
async function unlessAborted<Result>(work: Promise<Result>, signal: AbortSignal | undefined): Promise<Result> {
  if (signal === undefined) return await work;
  let onAbort = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => {
      reject(signal.reason as Error);
    };
  });
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
