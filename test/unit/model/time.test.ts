import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  approximateDuration,
  DAY_MS,
  dayOf,
  durationText,
  HOUR_MS,
  MINUTE_MS,
  minuteOf,
  SECOND_MS,
  spanText,
} from '../../../model/time.js';

test('a moment is shown in UTC, whether it is a date or its text', () => {
  const at = new Date('2026-11-28T06:30:59.999Z');
  expect([dayOf(at), dayOf(at.toISOString())]).toEqual(['2026-11-28', '2026-11-28']);
  expect([minuteOf(at), minuteOf(at.toISOString())]).toEqual(['2026-11-28 06:30', '2026-11-28 06:30']);
  expect(spanText({ start: at, end: '2026-11-28T12:30:00Z' })).toBe('2026-11-28 06:30 to 2026-11-28 12:30 UTC');
});

test.each([
  [0, '0 s'],
  [999, '0 s'],
  [59_999, '59 s'],
  [60_000, '1 min'],
  [432_000, '7 min 12 s'],
  [3_600_000, '1 h'],
  [3_659_999, '1 h'],
  [86_399_999, '23 h 59 min'],
  [86_400_000, '1 d'],
  // The unit between them is zero: the smaller one is not shown instead.
  [86_460_000, '1 d'],
  [30 * 86_400_000 + 5 * 3_600_000, '30 d 5 h'],
])('%d ms are %s', (ms, text) => {
  expect(durationText(ms)).toBe(text);
});

test.each([
  [0, '0 s'],
  [39_001, '40 s'],
  [90_000, '2 min'],
  [12 * 60_000 - 1, '12 min'],
  [200 * 60_000, '3 h 20 min'],
])('%d ms are about %s', (ms, text) => {
  expect(approximateDuration(ms)).toBe(text);
});

test('a duration is never overstated, and understated by less than the smaller unit shown', () => {
  const unitsMs: Readonly<Record<string, number>> = { d: DAY_MS, h: HOUR_MS, min: MINUTE_MS, s: SECOND_MS };
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1_000 * DAY_MS }), (ms) => {
      const amounts = [...durationText(ms).matchAll(/(\d+) (d|h|min|s)/g)];
      const shownMs = amounts.reduce((sum, [, amount, unit = '']) => sum + Number(amount) * (unitsMs[unit] ?? NaN), 0);
      expect(ms - shownMs).toBeGreaterThanOrEqual(0);
      expect(ms - shownMs).toBeLessThan(ms >= DAY_MS ? HOUR_MS : ms >= HOUR_MS ? MINUTE_MS : SECOND_MS);
    }),
  );
});
