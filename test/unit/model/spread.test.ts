import fc from 'fast-check';
import { expect, test } from 'vitest';
import { placeInPeriod } from '../../../model/spread.js';

const id = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,62}$/);
const period = fc.integer({ min: 1, max: 30 * 86_400_000 });

test('an id has one place in a period, and it lies in the period', () => {
  fc.assert(
    fc.property(id, period, (connectionId, periodMs) => {
      const place = placeInPeriod(connectionId, periodMs);
      expect(placeInPeriod(connectionId, periodMs)).toBe(place);
      expect(Number.isInteger(place)).toBe(true);
      expect(place).toBeGreaterThanOrEqual(0);
      expect(place).toBeLessThan(periodMs);
    }),
  );
});

test.each([
  ['numbered', (index: number) => `tenant-${index}`],
  ['numbered with zeros', (index: number) => `t${String(index).padStart(5, '0')}`],
  ['of two letters and a number', (index: number) => `${'abcdefghij'.charAt(index % 10)}x${index}`],
])('ids that are alike are spread evenly: %s', (_, name) => {
  const counts = Array<number>(20).fill(0);
  for (let index = 0; index < 20_000; index += 1) {
    const place = placeInPeriod(name(index), 20);
    counts[place] = (counts[place] ?? 0) + 1;
  }
  // 1000 in each twentieth; five standard deviations of a binomial distribution are 155.
  for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(155);
});
