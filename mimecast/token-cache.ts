import type { AccessToken } from './oauth-token.js';

/** Tokens of one process, for as long as they live. Of a token only its text and its end are kept. */
export interface TokenCache {
  /**
   * The token under a key, asked for when there is none that is fresh. Whoever comes while it is being asked for waits for
   * the same answer, a failure included; the request ends early only when none of them waits any more.
   *
   * @throws what `request` throws
   * @throws the signal's reason when it is aborted
   */
  take(key: string, request: RequestToken, signal?: AbortSignal): Promise<string>;
  /** Forgets a token that was refused; one that has replaced it meanwhile stays. */
  drop(key: string, token: string): void;
}

export type RequestToken = (signal: AbortSignal) => Promise<AccessToken>;

/** So long before its end a token is replaced: a call that is under way then still arrives with a good one. */
const EARLY_MS = 60_000;

interface KeptToken {
  readonly value: string;
  /** Milliseconds since the epoch. */
  readonly freshUntil: number;
}

/** One request for a token, and how many wait for it. */
interface Flight {
  readonly token: Promise<string>;
  readonly abandoned: AbortController;
  waiting: number;
}

export function createTokenCache(now: () => Date): TokenCache {
  const kept = new Map<string, KeptToken>();
  const flights = new Map<string, Flight>();

  const keep = (key: string, { value, lifeMs }: AccessToken, askedAt: number): string => {
    for (const [other, { freshUntil }] of kept) if (freshUntil <= askedAt) kept.delete(other);
    // One that lives no longer than that is used for half its life.
    kept.set(key, { value, freshUntil: askedAt + Math.max(lifeMs - EARLY_MS, lifeMs / 2) });
    return value;
  };

  const begin = (key: string, request: RequestToken): Flight => {
    const abandoned = new AbortController();
    const askedAt = now().getTime();
    const token = request(abandoned.signal)
      .then((given) => keep(key, given, askedAt))
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

/** Stops waiting, and listening, when the signal is aborted; what is waited for goes on. */
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
