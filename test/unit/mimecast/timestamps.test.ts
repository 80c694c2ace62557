import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatTimestamp, parseTimestamp } from '../../../mimecast/timestamps.js';

test.each([
  ['2026-01-05T09:00:07+0000', '2026-01-05T09:00:07.000Z'],
  ['2026-01-05T09:00:07Z', '2026-01-05T09:00:07.000Z'],
  ['2026-01-05T09:00:07+00:00', '2026-01-05T09:00:07.000Z'],
  ['2026-01-05T09:00:07.5+0000', '2026-01-05T09:00:07.500Z'],
  ['2026-01-05T09:00:07.123456789Z', '2026-01-05T09:00:07.123Z'],
  ['2026-01-05T09:00:07+0130', '2026-01-05T07:30:07.000Z'],
  ['2026-01-05T09:00:07-05:00', '2026-01-05T14:00:07.000Z'],
  ['2024-02-29T23:59:59Z', '2024-02-29T23:59:59.000Z'],
])('%s is read', (text, iso) => {
  expect(parseTimestamp(text)?.toISOString()).toBe(iso);
});

test.each([
  '',
  'yesterday',
  '2026-01-05',
  '2026-01-05 09:00:07Z',
  '2026-01-05T09:00:07',
  '2026-02-30T09:00:07Z',
  '2026-13-01T09:00:07Z',
  '2026-01-05T24:00:00Z',
  '2026-01-05T25:00:00Z',
  '2026-01-05T09:00:07+9999',
  '1767603607',
])('%j is not taken for a time', (text) => {
  expect(parseTimestamp(text)).toBeUndefined();
});

test('every second is written so that it reads back', () => {
  const seconds = fc.integer({ min: 0, max: 4_102_444_800 });
  fc.assert(
    fc.property(seconds, (second) => {
      const date = new Date(second * 1000);
      expect(formatTimestamp(date)).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+0000$/);
      expect(parseTimestamp(formatTimestamp(date))).toEqual(date);
    }),
  );
});
