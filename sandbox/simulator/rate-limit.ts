/** Number of calls allowed per window, for each access key. */
export interface RateLimitSettings {
  readonly calls: number;
  readonly windowMs: number;
}

export interface RateLimitState {
  readonly exceeded: boolean;
  /** Headers of every response; the reset is in milliseconds. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Rate limit with a fixed window that starts with its first call, as in recorded traffic. */
export class RateLimit {
  private readonly windows = new Map<string, { readonly endsMs: number; calls: number }>();

  count(accessKey: string, { calls: limit, windowMs }: RateLimitSettings, nowMs: number): RateLimitState {
    let window = this.windows.get(accessKey);
    if (window === undefined || window.endsMs <= nowMs) {
      window = { endsMs: nowMs + windowMs, calls: 0 };
      this.windows.set(accessKey, window);
    }
    window.calls++;
    return {
      exceeded: window.calls > limit,
      headers: rateLimitHeaders(limit, Math.max(limit - window.calls, 0), window.endsMs - nowMs),
    };
  }
}

export const rateLimitHeaders = (limit: number, remaining: number, resetMs: number): Record<string, string> => ({
  'X-RateLimit-Limit': String(limit),
  'X-RateLimit-Remaining': String(remaining),
  'X-RateLimit-Reset': String(resetMs),
});
