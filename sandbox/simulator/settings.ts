import type { RateLimitSettings } from './rate-limit.js';

/** How the simulated vendor behaves. All of it can be changed while it runs. */
export interface SimulatorSettings {
  /**
   * Where page tokens travel. `meta`, as documented: sent in `meta.pagination.pageToken`, answered in
   * `meta.pagination.next`. `data`: sent in `data[0].pageToken`, answered as `pageToken` of the body; the dates may then
   * be left out beside a token.
   */
  readonly tokenForm: 'meta' | 'data';
  readonly order: 'newest-first' | 'oldest-first';
  /** `empty-with-token`: the last page with rows has a token too, and so has the empty page after it. */
  readonly lastPage: 'without-token' | 'empty-with-token';
  /** Compresses answers for callers that accept it. */
  readonly gzip: boolean;
  /** Added to every call. */
  readonly latencyMs: number;
  /** Vendor's clock minus the real one, as its `Date` header shows it. */
  readonly clockSkewMs: number;
  /** Refuses calls (401) whose date is further off than this; none by default, as no limit is publicly known. */
  readonly maxDateSkewMs?: number;
  readonly rateLimit: RateLimitSettings;
}

/** The documented forms, and the rate limit that recorded traffic shows. */
export const DEFAULT_SETTINGS: SimulatorSettings = {
  tokenForm: 'meta',
  order: 'newest-first',
  lastPage: 'without-token',
  gzip: true,
  latencyMs: 0,
  clockSkewMs: 0,
  rateLimit: { calls: 800, windowMs: 5_000 },
};
