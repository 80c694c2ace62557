import fc from 'fast-check';
import { expect, test } from 'vitest';
import { countText, formatCount, shownCount, shownParts } from '../../../../reports/exports/small-counts.js';

test.each([
  [0, '0'],
  [1, '<5'],
  [4, '<5'],
  [5, '5'],
  [1_234_567, '1,234,567'],
])('%d is shown as %s', (count, text) => {
  expect(countText(shownCount(count))).toBe(text);
});

const parts = fc.dictionary(fc.string(), fc.nat({ max: 40 }));

test('no small part is shown, and none follows from the sum and the parts that are', () => {
  fc.assert(
    fc.property(parts, (counts) => {
      const shown = shownParts(counts);
      const small = Object.values(counts).filter((count) => count > 0 && count < 5).length;
      const hidden = shown.filter((part) => part.shown.kind !== 'exact');
      expect(shown.filter((part) => part.shown.kind === 'small')).toHaveLength(small);
      if (small > 0 && shown.length > 1) expect(hidden.length).toBeGreaterThan(1);
    }),
  );
});

test('every part that is there is shown once, whatever it is called', () => {
  fc.assert(
    fc.property(parts, (counts) => {
      const there = Object.keys(counts).filter((label) => (counts[label] ?? 0) > 0);
      expect(
        shownParts(counts)
          .map(({ label }) => label)
          .sort(),
      ).toEqual(there.sort());
    }),
  );
});

test('thousands are parted the same on every machine', () => {
  expect([999, 1000, 12_345].map(formatCount)).toEqual(['999', '1,000', '12,345']);
});
