import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stableUuid } from '../../../../reports/exports/uuid.js';

test('is a UUID of version 5, and follows from its parts alone', () => {
  fc.assert(
    fc.property(fc.array(fc.string()), (parts) => {
      const uuid = stableUuid(...parts);
      expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      expect(stableUuid(...parts)).toBe(uuid);
    }),
  );
});

test('never changes from release to release: consumers know their findings by it', () => {
  expect(stableUuid('finding', 'acme', 'archiving-on')).toBe('2224f93d-4d53-561b-8a05-089807c1bb93');
});

test('where one part ends and the next begins makes a difference', () => {
  expect(stableUuid('a', 'bc')).not.toBe(stableUuid('ab', 'c'));
  expect(stableUuid('a","b')).not.toBe(stableUuid('a', 'b'));
});
