import { setTimeout as sleep } from 'node:timers/promises';
import { MimecastRateLimitError } from './errors.js';
import type { CallPlace } from './mimecast-error.js';
import type { RateLimit } from './rate-limit.js';

/** What is known about the calls that one connection has left. Times are milliseconds since the epoch. */
export interface BudgetState {
  readonly limit?: number;
  /** Calls left until `resetAt`, less those that were granted since. */
  readonly remaining?: number;
  readonly resetAt?: number;
  /** When the newest grant takes effect; grants that are spread out lie in the future. */
  readonly lastGrantAt?: number;
  /** Set by a 429: nothing may be sent before. */
  readonly blockedUntil?: number;
}

/** A call may be sent after `waitMs`, or may not be sent yet and should ask again then. */
export type Decision =
  | { readonly granted: true; readonly waitMs: number; readonly state: BudgetState }
  | { readonly granted: false; readonly waitMs: number };

/** Calls are spread out when no more than this part of the limit is left. */
const LOW_PART = 0.1;

/**
 * Whether the next call may be sent.
 *
 * - Nothing known, or the period is over: at once.
 * - After a 429, or with no call left: not before the reset.
 * - Few calls left: spread over the rest of the period, so that what shares the limit with us finds some left. Not when
 *   that would take longer than `longestWaitMs`: then they are used as they are needed.
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

/** Calls that were taken out of one share, and the end of the period that they were taken from, once an answer has told it. */
export interface TakenCalls {
  readonly calls: number;
  readonly resetAt?: number;
}

/** How soon to ask again when only an answer that is under way can tell which period has begun. */
const AWAIT_ANSWER_MS = 50;

/**
 * Whether the next call may be sent by somebody who has a part of the limit only.
 *
 * - Not before anybody else could send one.
 * - Not more calls in a period than the part. Calls that are sent before an answer has told of a new period count for it.
 * - None of the last calls of a period: those are for the owners of the whole.
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
  return { ...decision, taken: { calls: calls + 1, ...(period !== undefined && { resetAt: period }) } };
}

function isOver({ resetAt }: TakenCalls, period: number | undefined, now: number): boolean {
  if (resetAt === undefined) return false;
  return resetAt <= now || (period !== undefined && period > resetAt + SAME_PERIOD_MS);
}

/** Answers overtake each other: one that ends this much later than what is known still speaks of the same period. */
const SAME_PERIOD_MS = 250;

/** What is known after an answer. Within one period the lower count holds, because grants in flight are already taken off it. */
export function afterAnswer(state: BudgetState, told: RateLimit, now: number): BudgetState {
  if (told.remaining === undefined || told.resetMs === undefined) return state;

  const resetAt = now + told.resetMs;
  const samePeriod = state.resetAt !== undefined && state.resetAt > now && resetAt <= state.resetAt + SAME_PERIOD_MS;
  return {
    ...state,
    ...(told.limit === undefined ? {} : { limit: told.limit }),
    remaining: samePeriod ? Math.min(state.remaining ?? told.remaining, told.remaining) : told.remaining,
    resetAt: samePeriod ? Math.max(state.resetAt ?? resetAt, resetAt) : resetAt,
  };
}

/** The calls that one connection may make from this process. */
export interface RateBudget {
  /**
   * Returns when a call may be sent.
   *
   * @param onWait told before each wait, with its length
   * @throws {MimecastRateLimitError} when that would take longer than the budget's longest wait
   * @throws the signal's reason when it is aborted meanwhile
   */
  take(place: CallPlace, options?: TakeOptions): Promise<void>;
  /** Takes in what an answer said. */
  note(told: RateLimit): void;
  /** Takes in a 429: nothing may be sent for this long. */
  block(waitMs: number): void;
}

/** A budget as its owner has it: shared by everything that calls for one connection. */
export interface WholeRateBudget extends RateBudget {
  /** A view of the same calls that takes no more than a part of them in any period, 0 to 1. */
  share(part: number): RateBudget;
}

interface TakeOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onWait?: ((waitMs: number) => void) | undefined;
}

export interface RateBudgetOptions {
  readonly now: () => Date;
  /** Waits up to this long are waited for; for longer ones the caller gives its place up. */
  readonly longestWaitMs?: number;
}

export function createRateBudget({ now, longestWaitMs = 15_000 }: RateBudgetOptions): WholeRateBudget {
  let state: BudgetState = {};
  const clock = (): number => now().getTime();

  const wait = async (waitMs: number, { signal, onWait }: TakeOptions): Promise<void> => {
    onWait?.(waitMs);
    await sleep(waitMs, undefined, { signal }).catch(() => signal?.throwIfAborted());
  };

  /** @param ask decides, and keeps what was granted */
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
        // A refusal that came in while this call waited for its turn counts for it too.
        if (decision.granted && (state.blockedUntil ?? 0) <= clock()) return;
      }
    };

  const told: Pick<RateBudget, 'note' | 'block'> = {
    note(rateLimit) {
      state = afterAnswer(state, rateLimit, clock());
    },
    block(waitMs) {
      state = { ...state, blockedUntil: Math.max(state.blockedUntil ?? 0, clock() + waitMs) };
    },
  };

  return {
    ...told,
    take: takeBy((at, longestMs) => decide(state, at, longestMs)),
    share(part) {
      let taken: TakenCalls = { calls: 0 };
      return {
        ...told,
        take: takeBy((at) => {
          const decision = decideShare(state, taken, part, at);
          ({ taken } = decision);
          return decision;
        }),
      };
    },
  };
}
