import { expect, test } from 'vitest';
import { onlyRootWrites, requireShellSafe } from '../../../sandbox/postgres-places.js';

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

test.each(['/srv/project', '/home/jo/Mes données/ä 1', "/srv/it's #1", '/srv/100%', '/srv/(a);b&c|d*?'])(
  'Postgres can start in %s',
  (path) => {
    expect(() => {
      requireShellSafe(path);
    }).not.toThrow();
  },
);

test.each([
  ['/srv/a$HOME', '"$"'],
  ['/srv/a`id`', '"`"'],
  ['/srv/a"b', String.raw`"\""`],
  [String.raw`/srv/a\b`, String.raw`"\\"`],
  ['/srv/a\nb', String.raw`"\n"`],
])('a path that a shell would change is rejected: %j', (path, character) => {
  expect(() => {
    requireShellSafe(path);
  }).toThrow(`Postgres does not start with ${character} in a path: ${path}.`);
});
