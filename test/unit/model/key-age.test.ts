import fc from 'fast-check';
import { expect, test } from 'vitest';
import { keyAge, keyDates } from '../../../model/key-age.js';

const DAY_MS = 86_400_000;
const ISSUED = new Date('2026-09-12T08:00:00Z');
const afterDays = (days: number, ms = 0): Date => new Date(ISSUED.getTime() + days * DAY_MS + ms);

test.each([
  [0, 0, 'fresh'],
  [75, -1, 'fresh'],
  [75, 0, 'due'],
  [90, -1, 'due'],
  [90, 0, 'overdue'],
  [400, 0, 'overdue'],
])('keys that were issued %d days (and %d ms) ago are %3$s', (days, ms, age) => {
  expect(keyAge(keyDates(ISSUED), afterDays(days, ms))).toBe(age);
});

test('a tenant that is held to 30 days is never reminded after that', () => {
  const dates = keyDates(ISSUED, { keysOverdueDays: 30 });
  expect(dates).toEqual({ dueAt: afterDays(30), overdueAt: afterDays(30) });
  expect(keyAge(dates, afterDays(29))).toBe('fresh');
});

test('keys never grow younger', () => {
  const days = fc.integer({ min: 1, max: 400 });
  const order = ['fresh', 'due', 'overdue'];
  fc.assert(
    fc.property(days, days, fc.nat(400), fc.nat(400), (keysDueDays, keysOverdueDays, earlier, more) => {
      const dates = keyDates(ISSUED, { keysDueDays, keysOverdueDays });
      const [before, after] = [earlier, earlier + more].map((passed) => keyAge(dates, afterDays(passed)));
      expect(order.indexOf(after ?? '')).toBeGreaterThanOrEqual(order.indexOf(before ?? ''));
    }),
  );
});
