import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatDuration, formatMoment, parseDuration } from '../../../../cli/console/times.js';

test.each([
  ['90m', 5_400_000],
  ['6h', 21_600_000],
  ['1d', 86_400_000],
  ['45s', 45_000],
])('%s is %d ms', (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

test.each(['', '6', 'h', '6 h', '1.5h', '-1h', '6H', '1h30m', '99999999h'])('%j is no duration', (text) => {
  expect(parseDuration(text)).toBeUndefined();
});

test('a duration that is printed reads back as itself', () => {
  const wholeSeconds = fc.integer({ min: 1, max: 30 * 86_400 }).map((seconds) => seconds * 1000);
  fc.assert(
    fc.property(wholeSeconds, (ms) => {
      expect(parseDuration(formatDuration(ms))).toBe(ms);
    }),
  );
});

test.each([
  [86_400_000, '24h'],
  [172_800_000, '2d'],
  [21_600_000, '6h'],
  [5_400_000, '90m'],
  [61_000, '61s'],
])('an interval of %d ms is shown as %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});

test.each([
  ['2026-11-23T21:04:30Z', '21:04'],
  ['2026-11-22T23:59:00Z', 'yesterday 23:59'],
  ['2026-11-24T02:11:00Z', 'tomorrow 02:11'],
  ['2026-11-25T02:11:00Z', '2026-11-25 02:11'],
  ['2025-11-23T21:04:00Z', '2025-11-23 21:04'],
])('at noon UTC of 2026-11-23, %s is shown as %s', (iso, text) => {
  expect(formatMoment(new Date(iso), new Date('2026-11-23T12:00:00Z'))).toBe(text);
});
