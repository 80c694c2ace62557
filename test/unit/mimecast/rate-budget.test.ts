import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { MimecastRateLimitError } from '../../../mimecast/errors.js';
import { afterAnswer, createRateBudget, decide, type BudgetState } from '../../../mimecast/rate-budget.js';
import { rejection } from './server.js';

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
    budget.block(30);
    const onWait = vi.fn();
    const until = Date.now() + 30;
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
