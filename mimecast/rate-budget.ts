import { setTimeout as sleep } from 'node:timers/promises';
import { defined } from '../model/json.js';
import { MimecastRateLimitError } from './errors.js';
import type { CallPlace } from './mimecast-error.js';
import type { RateLimit } from './rate-limit.js';

/** Known state of the calls that one connection has left. Times are milliseconds since the epoch. */
export interface BudgetState {
  readonly limit?: number;
  /** Calls left until `resetAt`, minus those granted since. */
  readonly remaining?: number;
  readonly resetAt?: number;
  /** Time of the latest grant; in the future when calls are spread out. */
  readonly lastGrantAt?: number;
  /** Set by a 429: no call may be sent before this time. */
  readonly blockedUntil?: number;
}

/** Either a call may be sent after `waitMs`, or the caller must ask again after `waitMs`. */
export type Decision =
  | { readonly granted: true; readonly waitMs: number; readonly state: BudgetState }
  | { readonly granted: false; readonly waitMs: number };

/** Calls are spread out when at most this share of the limit is left. */
const LOW_PART = 0.1;

/**
 * Decides when the next call may be sent.
 *
 * - State unknown, or the period is over: immediately.
 * - After a 429, or with no calls left: after the reset.
 * - Few calls left: spread over the rest of the period, so that other clients of the same limit find some left. Calls
 *   that would wait longer than `longestWaitMs` are sent immediately.
 */
export function decide(state: BudgetState, now: number, longestWaitMs: number): Decision {
  if (state.blockedUntil !== undefined && state.blockedUntil > now) {
    return { granted: false, waitMs: state.blockedUntil - now };
  }
  const { limit, remaining, resetAt } = state;
  if (remaining === undefined || resetAt === undefined || resetAt <= now) {
    return { granted: true, waitMs: 0, state: limit === undefined ? {} : { limit } };
  }
  if (remaining <= 0) return { granted: false, waitMs: resetAt - now };

  const granted = { ...state, remaining: remaining - 1 };
  if (remaining > Math.max(1, (limit ?? 0) * LOW_PART)) {
    return { granted: true, waitMs: 0, state: { ...granted, lastGrantAt: now } };
  }
  const from = Math.max(now, state.lastGrantAt ?? now);
  const at = Math.ceil(from + (resetAt - from) / (remaining + 1));
  if (at - now > longestWaitMs) return { granted: true, waitMs: 0, state: { ...granted, lastGrantAt: now } };
  return { granted: true, waitMs: at - now, state: { ...granted, lastGrantAt: at } };
}

/** Calls that one share has used, and the end of their period, once a response has reported it. */
export interface TakenCalls {
  readonly calls: number;
  readonly resetAt?: number;
}

/** Retry interval while only a response in flight can show which period has started. */
const AWAIT_ANSWER_MS = 50;

/**
 * Decides when a caller with a share of the limit may send its next call.
 *
 * - Not before an owner of the whole budget could send one.
 * - Not more calls per period than its share. Calls sent before a response has reported a new period count for that
 *   period.
 * - None of the last calls of a period: they are reserved for owners of the whole budget.
 */
export function decideShare(
  state: BudgetState,
  taken: TakenCalls,
  part: number,
  now: number,
): Decision & { readonly taken: TakenCalls } {
  const { limit, remaining, resetAt } = state;
  const period = remaining !== undefined && resetAt !== undefined && resetAt > now ? resetAt : undefined;
  const calls = isOver(taken, period, now) ? 0 : taken.calls;
  const refused = (waitMs: number): Decision & { readonly taken: TakenCalls } => ({ granted: false, waitMs, taken });

  const decision = decide(state, now, 0);
  if (!decision.granted) return refused(decision.waitMs);
  if (limit !== undefined) {
    const untilReset = period === undefined ? AWAIT_ANSWER_MS : period - now;
    const isLow = period !== undefined && remaining !== undefined && remaining <= Math.max(1, limit * LOW_PART);
    if (isLow || calls >= Math.max(1, Math.floor(limit * part))) return refused(untilReset);
  }
  return { ...decision, taken: defined({ calls: calls + 1, resetAt: period }) };
}

function isOver({ resetAt }: TakenCalls, period: number | undefined, now: number): boolean {
  if (resetAt === undefined) return false;
  return resetAt <= now || (period !== undefined && period > resetAt + SAME_PERIOD_MS);
}

/** Responses can arrive out of order. A reset that is at most this much later still belongs to the same period. */
const SAME_PERIOD_MS = 250;

/**
 * Updates the state after a response. Within one period the lower count applies, because it already includes grants in
 * flight.
 */
export function afterAnswer(state: BudgetState, reported: RateLimit, now: number): BudgetState {
  if (reported.remaining === undefined || reported.resetMs === undefined) return state;

  const resetAt = now + reported.resetMs;
  const samePeriod = state.resetAt !== undefined && state.resetAt > now && resetAt <= state.resetAt + SAME_PERIOD_MS;
  return {
    ...state,
    ...(reported.limit === undefined ? {} : { limit: reported.limit }),
    remaining: samePeriod ? Math.min(state.remaining ?? reported.remaining, reported.remaining) : reported.remaining,
    resetAt: samePeriod ? Math.max(state.resetAt ?? resetAt, resetAt) : resetAt,
  };
}

/** Rate budget of one connection in this process. */
export interface RateBudget {
  /**
   * Resolves when a call may be sent.
   *
   * @param options `onWait` is called before each wait, with its length
   * @throws {MimecastRateLimitError} when the wait would exceed the budget's longest wait
   * @throws the signal's reason when it is aborted during the wait
   */
  take(place: CallPlace, options?: TakeOptions): Promise<void>;
  /** Records the rate limit headers of a response. */
  note(reported: RateLimit): void;
  /** Records a 429: no call may be sent for `waitMs`. */
  block(waitMs: number): void;
}

/** Whole budget of a connection, shared by everything that calls for it. */
export interface WholeRateBudget extends RateBudget {
  /** Returns a view of the same budget that uses at most `part` (0 to 1) of the calls in any period. */
  share(part: number): RateBudget;
}

interface TakeOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onWait?: ((waitMs: number) => void) | undefined;
}

export interface RateBudgetOptions {
  readonly now: () => Date;
  /** Longest wait inside `take`. Longer waits are returned to the caller as an error. */
  readonly longestWaitMs?: number;
}

export function createRateBudget({ now, longestWaitMs = 15_000 }: RateBudgetOptions): WholeRateBudget {
  let state: BudgetState = {};
  const clock = (): number => now().getTime();

  const wait = async (waitMs: number, { signal, onWait }: TakeOptions): Promise<void> => {
    onWait?.(waitMs);
    await sleep(waitMs, undefined, { signal }).catch(() => signal?.throwIfAborted());
  };

  /** @param ask decides, and records what was granted */
  const takeBy =
    (ask: (now: number, longestMs: number) => Decision): RateBudget['take'] =>
    async (place, options = {}) => {
      const deadline = clock() + longestWaitMs;
      for (;;) {
        options.signal?.throwIfAborted();
        const decision = ask(clock(), deadline - clock());
        if (clock() + decision.waitMs > deadline) throw new MimecastRateLimitError(place, decision.waitMs);
        if (decision.granted) state = decision.state;
        if (decision.waitMs > 0) await wait(decision.waitMs, options);
        // A 429 that arrived during the wait applies to this call too.
        if (decision.granted && (state.blockedUntil ?? 0) <= clock()) return;
      }
    };

  const recording: Pick<RateBudget, 'note' | 'block'> = {
    note(rateLimit) {
      state = afterAnswer(state, rateLimit, clock());
    },
    block(waitMs) {
      state = { ...state, blockedUntil: Math.max(state.blockedUntil ?? 0, clock() + waitMs) };
    },
  };

  return {
    ...recording,
    take: takeBy((at, longestMs) => decide(state, at, longestMs)),
    share(part) {
      let taken: TakenCalls = { calls: 0 };
      return {
        ...recording,
        take: takeBy((at) => {
          const decision = decideShare(state, taken, part, at);
          ({ taken } = decision);
          return decision;
        }),
      };
    },
  };
}
