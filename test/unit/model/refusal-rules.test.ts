import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nextProbe, nextRetry, refusalRules } from '../../../model/refusal-rules.js';

const HOUR_MS = 3_600_000;
const SINCE = new Date('2026-11-24T03:00:00Z');
const afterHours = (hours: number): Date => new Date(SINCE.getTime() + hours * HOUR_MS);
const RULES = refusalRules(undefined);

test.each([
  [0, 1],
  [0.5, 1],
  [1, 6],
  [5.9, 6],
  [6, 30],
  [29, 30],
  [30, 54],
  [1000, 1014],
])('%d hours after the keys were refused the next probe is %d hours after it', (now, next) => {
  expect(nextProbe(SINCE, afterHours(now), RULES)).toEqual(afterHours(next));
});

test('a probe always lies ahead, and never more often than the rules say', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 90 * 24 * HOUR_MS }), (passedMs) => {
      const now = new Date(SINCE.getTime() + passedMs);
      const probe = nextProbe(SINCE, now, RULES);
      expect(probe.getTime()).toBeGreaterThan(now.getTime());
      const following = nextProbe(SINCE, probe, RULES);
      expect(following.getTime() - probe.getTime()).toBeGreaterThanOrEqual(5 * HOUR_MS);
    }),
  );
});

test('without early probes the first one comes after the usual period', () => {
  const rules = refusalRules({ refusals: { probeAfterMs: [], probeEveryMs: HOUR_MS } });
  expect(nextProbe(SINCE, afterHours(0), rules)).toEqual(afterHours(1));
});

test('a vendor that is not reached is tried soon, then ever more seldom, at most every hour', () => {
  const waits = [1, 2, 3, 4, 5, 6, 7, 8, 50].map((tries) => nextRetry(tries, SINCE, RULES).getTime() - SINCE.getTime());
  expect(waits.map((ms) => ms / 60_000)).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
});
