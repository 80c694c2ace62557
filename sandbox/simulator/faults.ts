/** An injected fault. Faults of the first group replace the endpoint's response, those of the second change it. */
export type Fault =
  /** An HTTP status with its usual body: 401, 403, 404, 418, or 5xx as HTML. */
  | { readonly kind: 'status'; readonly status: number }
  | { readonly kind: 'too-many-requests'; readonly resetMs: number }
  /**
   * HTTP 200 with `fail`, which is how the vendor refuses most requests: `err_developer_key` for an unknown application id,
   * `err_audit_log_incorrect_region` for the wrong grid, `err_validation_null` with a `field`. `message` replaces the code's
   * own message.
   */
  | {
      readonly kind: 'fail';
      readonly code: string;
      readonly message?: string;
      readonly field?: string;
      readonly retryable?: boolean;
    }
  /** HTTP 200 with a different `meta.status`, and an empty `fail`. */
  | { readonly kind: 'meta-status'; readonly status: number }
  /** HTTP 200 that reports success, without `data`. */
  | { readonly kind: 'without-data' }
  /** HTTP 200 with an empty body. */
  | { readonly kind: 'empty-body' }
  /** The gateway's 403: no such resource for this application. */
  | { readonly kind: 'app-forbidden' }
  /** A refusal in the form of API 2.0's gateway: `token_expired`, `Unauthorized Request`. Status 401 by default. */
  | { readonly kind: 'gateway'; readonly code: string; readonly status?: number }
  | { readonly kind: 'html'; readonly status: number }
  | { readonly kind: 'redirect'; readonly location: string }
  /** The connection is reset before any byte of the response. */
  | { readonly kind: 'reset' }
  /** No response is ever sent. */
  | { readonly kind: 'hang' }
  /** The response is sent when the rule is removed. */
  | { readonly kind: 'hold' }
  /** Refuses the page token, for calls that send one. */
  | { readonly kind: 'token-refused' }
  /** Returns the same page token that was sent, for calls that send one. */
  | { readonly kind: 'token-repeated' }
  | { readonly kind: 'truncated-json' }
  /** The connection is reset in the middle of the body. */
  | { readonly kind: 'reset-in-body' }
  | { readonly kind: 'delay'; readonly delayMs: number }
  /** The `Date` header is shifted by this much; positive is ahead. */
  | { readonly kind: 'date'; readonly skewMs: number };

/** The calls that a fault applies to. Without limits: all calls until the rule is removed. */
export interface FaultRule {
  readonly fault: Fault;
  /** Path of the endpoint; all endpoints when absent. */
  readonly path?: string;
  readonly accessKey?: string;
  /** Only calls that send a page token. */
  readonly withToken?: boolean;
  /** API 2.0: calls with a token of this client, and its token requests. */
  readonly clientId?: string;
  /** Number of matching calls to skip first. Default 0. */
  readonly after?: number;
  /** Number of calls after which the rule is removed. */
  readonly times?: number;
}

/** A call, as far as rules look at it. */
export interface StruckCall {
  readonly path: string;
  readonly accessKey?: string;
  readonly clientId?: string;
  readonly hasToken: boolean;
}

interface Active {
  readonly id: number;
  readonly rule: FaultRule;
  passes: number;
  strikes: number;
  readonly removed: Promise<void>;
  readonly release: () => void;
}

/** Faults of one call. */
export interface Strike {
  /** In the order in which the rules were added. */
  readonly faults: readonly Fault[];
  /** Resolves when the rules that hold the call are removed; immediately when no rule holds it. */
  readonly released: Promise<unknown>;
}

/** Active fault rules. */
export class Faults {
  private rules: Active[] = [];
  private nextId = 1;

  /** @returns an id for `remove` */
  add(rule: FaultRule): number {
    const id = this.nextId++;
    let release = (): void => undefined;
    const removed = new Promise<void>((resolve) => (release = resolve));
    this.rules.push({ id, rule, passes: rule.after ?? 0, strikes: rule.times ?? Infinity, removed, release });
    return id;
  }

  /** Adds a fault for the next `times` calls to a path. */
  next(times: number, path: string, fault: Fault): number {
    return this.add({ fault, path, times });
  }

  /** Removes a rule, and answers the calls that it keeps waiting. An unknown id changes nothing. */
  remove(id: number): void {
    this.keep((active) => active.id !== id);
  }

  /** Removes all rules. */
  clear(): void {
    this.keep(() => false);
  }

  /** Returns the rules that are in force, with the calls that each still strikes. */
  list(): (FaultRule & { readonly id: number })[] {
    return this.rules.map(({ id, rule, strikes }) => ({
      ...rule,
      id,
      ...(strikes === Infinity ? {} : { times: strikes }),
    }));
  }

  /** Returns the faults of this call, and counts it. */
  strike(call: StruckCall): Strike {
    const struck = this.rules
      .filter(({ rule, strikes }) => strikes > 0 && concerns(rule, call))
      .filter((active) => active.passes-- <= 0);
    for (const active of struck) active.strikes--;
    const holding = struck.filter(({ rule }) => rule.fault.kind === 'hold');
    this.keep(({ rule, strikes }) => strikes > 0 || rule.fault.kind === 'hold');
    return {
      faults: struck.map(({ rule }) => rule.fault),
      released: Promise.all(holding.map(({ removed }) => removed)),
    };
  }

  private keep(wanted: (active: Active) => boolean): void {
    for (const active of this.rules) if (!wanted(active)) active.release();
    this.rules = this.rules.filter(wanted);
  }
}

function concerns({ path, accessKey, clientId, fault, withToken = false }: FaultRule, call: StruckCall): boolean {
  if (path !== undefined && path !== call.path) return false;
  if (accessKey !== undefined && accessKey !== call.accessKey) return false;
  if (clientId !== undefined && clientId !== call.clientId) return false;
  return call.hasToken || !(withToken || fault.kind === 'token-refused' || fault.kind === 'token-repeated');
}
