import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { MimecastRateLimitError } from '../../../mimecast/errors.js';
import {
  afterAnswer,
  createRateBudget,
  decide,
  decideShare,
  type BudgetState,
  type TakenCalls,
} from '../../../mimecast/rate-budget.js';
import { rejection } from '../../support/mimecast/server.js';

const place = { host: 'h', path: '/p', requestId: 'r', at: '2026-01-05T09:00:00.000Z' };
const LONGEST = 15_000;

describe('when a call may be sent', () => {
  test.each<[string, BudgetState, object]>([
    ['at once when nothing is known', {}, { granted: true, waitMs: 0 }],
    ['at once when the period is over', { limit: 9, remaining: 0, resetAt: 900 }, { granted: true, waitMs: 0 }],
    ['at once with many left', { limit: 800, remaining: 700, resetAt: 6000 }, { granted: true, waitMs: 0 }],
    ['at the reset with none left', { limit: 800, remaining: 0, resetAt: 6000 }, { granted: false, waitMs: 5000 }],
    ['spread out with few left', { limit: 100, remaining: 4, resetAt: 6000 }, { granted: true, waitMs: 1000 }],
    [
      'at once when spreading takes too long',
      { limit: 100, remaining: 1, resetAt: 99_000 },
      { granted: true, waitMs: 0 },
    ],
    ['not while a 429 holds', { remaining: 9, resetAt: 2000, blockedUntil: 5000 }, { granted: false, waitMs: 4000 }],
  ])('%s', (_, state, decision) => {
    expect(decide(state, 1000, LONGEST)).toMatchObject(decision);
  });

  test('however many ask at once, no more calls are granted than were left', () => {
    const left = fc.integer({ min: 0, max: 50 });
    const asked = fc.integer({ min: 0, max: 120 });
    fc.assert(
      fc.property(left, asked, fc.integer({ min: 1, max: 10_000 }), (remaining, callers, resetMs) => {
        let state: BudgetState = { limit: 100, remaining, resetAt: resetMs };
        const sentAt: number[] = [];
        for (let caller = 0; caller < callers; caller += 1) {
          const decision = decide(state, 0, LONGEST);
          if (!decision.granted) continue;
          state = decision.state;
          sentAt.push(decision.waitMs);
        }
        expect(sentAt).toHaveLength(Math.min(remaining, callers));
        expect(sentAt).toEqual(sentAt.toSorted((a, b) => a - b));
        expect(Math.max(0, ...sentAt)).toBeLessThanOrEqual(resetMs);
      }),
    );
  });

  test('an answer that was overtaken gives no call back; one of a new period does', () => {
    const known = { limit: 800, remaining: 10, resetAt: 5000 };
    expect(afterAnswer(known, { limit: 800, remaining: 14, resetMs: 3000 }, 2000)).toMatchObject({ remaining: 10 });
    expect(afterAnswer(known, { limit: 800, remaining: 8, resetMs: 3000 }, 2000)).toMatchObject({ remaining: 8 });
    expect(afterAnswer(known, { limit: 800, remaining: 799, resetMs: 5000 }, 2000)).toMatchObject({
      remaining: 799,
      resetAt: 7000,
    });
    expect(afterAnswer(known, {}, 2000)).toBe(known);
  });
});

describe('one budget for all callers of a connection', () => {
  const now = (): Date => new Date();

  test('a short wait is waited for, and told', async () => {
    const budget = createRateBudget({ now });
    const until = Date.now() + 30;
    budget.block(30);
    const onWait = vi.fn();
    await Promise.all([budget.take(place, { onWait }), budget.take(place, { onWait })]);
    expect(Date.now()).toBeGreaterThanOrEqual(until - 1);
    expect(onWait.mock.calls.length).toBeGreaterThanOrEqual(2);
  });

  test('a long wait is handed back with its length', async () => {
    const budget = createRateBudget({ now, longestWaitMs: 1000 });
    budget.note({ limit: 10, remaining: 0, resetMs: 60_000 });
    const error = await rejection(budget.take(place));
    expect(error).toBeInstanceOf(MimecastRateLimitError);
    expect(error).toMatchObject({ retryable: true, requestId: 'r' });
    expect((error as MimecastRateLimitError).retryAfterMs).toBeGreaterThan(59_000);
  });

  test('a 429 that comes in while a caller waits for its turn counts for it too', async () => {
    const budget = createRateBudget({ now });
    budget.note({ limit: 100, remaining: 1, resetMs: 100 });
    const onWait = () => {
      budget.block(60_000);
    };
    expect(await rejection(budget.take(place, { onWait }))).toBeInstanceOf(MimecastRateLimitError);
  });

  test('a cancelled caller stops waiting with the reason that it was given', async () => {
    const budget = createRateBudget({ now });
    budget.block(10_000);
    const controller = new AbortController();
    const reason = new Error('cancelled');
    const taken = rejection(
      budget.take(place, {
        signal: controller.signal,
        onWait: () => {
          controller.abort(reason);
        },
      }),
    );
    expect(await taken).toBe(reason);
  });
});

describe('a share of a budget', () => {
  const HALF = 0.5;
  test.each<[string, BudgetState, TakenCalls, object]>([
    ['at once when nothing is known', {}, { calls: 0 }, { granted: true, waitMs: 0, taken: { calls: 1 } }],
    [
      'at once while it is not used up',
      { limit: 100, remaining: 90, resetAt: 6000 },
      { calls: 49, resetAt: 6000 },
      { granted: true, taken: { calls: 50, resetAt: 6000 } },
    ],
    [
      'at the reset when it is used up, however many are left to others',
      { limit: 100, remaining: 50, resetAt: 6000 },
      { calls: 50, resetAt: 6000 },
      { granted: false, waitMs: 5000 },
    ],
    [
      'not out of the last calls, which are for the others',
      { limit: 100, remaining: 10, resetAt: 6000 },
      { calls: 3, resetAt: 6000 },
      { granted: false, waitMs: 5000 },
    ],
    [
      'again in a new period',
      { limit: 100, remaining: 100, resetAt: 6000 },
      { calls: 50, resetAt: 900 },
      { granted: true, taken: { calls: 1, resetAt: 6000 } },
    ],
    [
      'counted for the new period when they were sent before an answer told of it',
      { limit: 100, remaining: 92, resetAt: 6000 },
      { calls: 8 },
      { granted: true, taken: { calls: 9, resetAt: 6000 } },
    ],
    [
      'soon again when all of it was sent and no answer has told yet',
      { limit: 10, remaining: 5, resetAt: 900 },
      { calls: 5 },
      { granted: false, waitMs: 50 },
    ],
    ['not while a 429 holds', { limit: 9, blockedUntil: 5000 }, { calls: 0 }, { granted: false, waitMs: 4000 }],
  ])('is granted %s', (_, state, taken, decision) => {
    expect(decideShare(state, taken, HALF, 1000)).toMatchObject(decision);
  });

  test('however many ask for it, the vendor’s whole limit never runs out, and it takes no more than its part', () => {
    const limits = fc.integer({ min: 2, max: 60 });
    const callers = fc.array(fc.boolean(), { maxLength: 200 });
    fc.assert(
      fc.property(limits, callers, (limit, asked) => {
        let state: BudgetState = { limit, remaining: limit, resetAt: 5000 };
        let taken: TakenCalls = { calls: 0 };
        let mine = 0;
        for (const isShare of asked) {
          const share = decideShare(state, taken, HALF, 0);
          const decision = isShare ? share : decide(state, 0, 0);
          if (!decision.granted) continue;
          ({ state } = decision);
          if (isShare) ({ taken } = share);
          if (isShare) mine += 1;
        }
        expect(mine).toBeLessThanOrEqual(Math.max(1, Math.floor(limit / 2)));
        expect(state.remaining).toBeGreaterThanOrEqual(0);
        if (asked.every(Boolean)) expect(state.remaining).toBeGreaterThanOrEqual(Math.floor(limit / 2));
      }),
    );
  });

  test('is a view: what either has used and every answer count for both', async () => {
    const budget = createRateBudget({ now: () => new Date(), longestWaitMs: 1000 });
    const half = budget.share(HALF);
    half.note({ limit: 4, remaining: 4, resetMs: 60_000 });
    await half.take(place);
    await half.take(place);
    expect(await rejection(half.take(place))).toBeInstanceOf(MimecastRateLimitError);
    await budget.take(place);
    await budget.take(place);
    expect(await rejection(budget.take(place))).toBeInstanceOf(MimecastRateLimitError);
  });
});
