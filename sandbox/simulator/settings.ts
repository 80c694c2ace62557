import type { RateLimitSettings } from './rate-limit.js';

/** Version of the vendor's API. */
export type ApiVersion = '1.0' | '2.0';

/** Behaviour of the simulated vendor. All settings can be changed while it runs. */
export interface SimulatorSettings {
  /**
   * Place of page tokens. `meta`, as documented: sent in `meta.pagination.pageToken`, returned in `meta.pagination.next`.
   * `data`: sent in `data[0].pageToken`, returned as `pageToken` of the body; the dates may then be omitted beside a token.
   */
  readonly tokenForm: 'meta' | 'data';
  readonly order: 'newest-first' | 'oldest-first';
  /** `empty-with-token`: the last page with rows has a token, and so has the empty page after it. */
  readonly lastPage: 'without-token' | 'empty-with-token';
  /**
   * Total beside the pages of the audit log: absent, as in all recorded responses (`untold`), correct (`told`), or wrong by
   * one (`one-more`).
   */
  readonly totalCount: 'untold' | 'told' | 'one-more';
  /** Compresses responses for callers that accept it. */
  readonly gzip: boolean;
  /** Delay of every call. */
  readonly latencyMs: number;
  /** Vendor's clock minus the real one, as shown in its `Date` header. */
  readonly clockSkewMs: number;
  /** Refuses calls (401) whose date differs by more than this. Default: no limit, because none is publicly known. */
  readonly maxDateSkewMs?: number;
  readonly rateLimit: RateLimitSettings;
  /**
   * API versions that are served: signed calls (1.0), calls with a token and the token endpoint (2.0). The vendor's hosts
   * serve one version each.
   */
  readonly apiVersions: readonly ApiVersion[];
  /** Lifetime of tokens in seconds. */
  readonly tokenLifeS: number;
}

/** Defaults: the documented forms, and the rate limit and token lifetime of recorded traffic. */
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
