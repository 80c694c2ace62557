import type { RateLimitSettings } from './rate-limit.js';

/** A generation of the vendor's API. */
export type ApiGeneration = '1.0' | '2.0';

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
  /** Whether the audit log tells its total beside the pages, which no recorded answer of it does; or one that is not right. */
  readonly totalCount: 'untold' | 'told' | 'one-more';
  /** Compresses answers for callers that accept it. */
  readonly gzip: boolean;
  /** Added to every call. */
  readonly latencyMs: number;
  /** Vendor's clock minus the real one, as its `Date` header shows it. */
  readonly clockSkewMs: number;
  /** Refuses calls (401) whose date is further off than this; none by default, as no limit is publicly known. */
  readonly maxDateSkewMs?: number;
  readonly rateLimit: RateLimitSettings;
  /** What is served: signed calls (1.0), calls with a token and the token endpoint (2.0). The vendor's hosts serve one each. */
  readonly apiVersions: readonly ApiGeneration[];
  /** How long tokens live, in seconds. */
  readonly tokenLifeS: number;
}

/** The documented forms, and the rate limit and the life of tokens that recorded traffic shows. */
export const DEFAULT_SETTINGS: SimulatorSettings = {
  tokenForm: 'meta',
  order: 'newest-first',
  lastPage: 'without-token',
  totalCount: 'untold',
  gzip: true,
  latencyMs: 0,
  clockSkewMs: 0,
  rateLimit: { calls: 800, windowMs: 5_000 },
  apiVersions: ['1.0', '2.0'],
  tokenLifeS: 1_799,
};
