import { expect, test } from 'vitest';
import { onlyRootWrites } from '../../../sandbox/postgres-places.js';

const DIRECTORY = 0o040000;

test.each([
  [0, 0o755, true],
  [0, 0o711, true],
  [0, 0o700, true],
  [0, 0o775, false],
  [0, 0o757, false],
  // Others cannot replace entries of a sticky folder, but they can create them first.
  [0, 0o1777, false],
  [1000, 0o700, false],
  [1000, 0o755, false],
])('a folder of uid %i with mode %o is one that only root writes to: %s', (uid, mode, expected) => {
  expect(onlyRootWrites({ uid, mode: DIRECTORY | mode })).toBe(expected);
});
