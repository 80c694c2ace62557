import { randomBytes } from 'node:crypto';

/** Access tokens of one application, valid until they expire. */
export class AccessTokens {
  private readonly endsMs = new Map<string, number>();

  /** All tokens ever issued. */
  get issued(): readonly string[] {
    return [...this.endsMs.keys()];
  }

  /** Issues a token that lives for `lifeS` seconds. */
  issue(lifeS: number, nowMs: number): string {
    const token = randomBytes(36).toString('base64url');
    this.endsMs.set(token, nowMs + lifeS * 1000);
    return token;
  }

  /** Expires all tokens early, as a restart of the vendor may. */
  expire(): void {
    for (const token of this.endsMs.keys()) this.endsMs.set(token, 0);
  }

  /** True when the token was ever issued. */
  knows(token: string): boolean {
    return this.endsMs.has(token);
  }

  /** Returns whether the token is accepted at a moment, in milliseconds since 1970. */
  stateOf(token: string, nowMs: number): 'good' | 'expired' | 'unknown' {
    const endMs = this.endsMs.get(token);
    if (endMs === undefined) return 'unknown';
    return endMs > nowMs ? 'good' : 'expired';
  }
}
