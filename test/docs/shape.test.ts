import { expect, test } from 'vitest';
import { differences, firstNotPrinted, isLike } from './servers/shape.js';

test.each<[string, string, boolean]>([
  ['acme-demo: holds, 77 records, 408 erased by rule', 'acme-demo: holds, 81 records, 12 erased by rule', true],
  ['acme-demo: holds, 77 records', 'acme-demo: holds, 77 records, 408 erased by rule', false],
  ['acme-demo: holds, 77 records', 'acme-demo: BROKEN at record 11 (page)', false],
  ['acme-demo: BROKEN at record 11 (page): …', 'acme-demo: BROKEN at record 4 (page): an event is missing', true],
  ['audit-events  collected  60  4497', 'audit-events       collected  6      3   ', true],
  ['"hash":"edc5fd74…"', '"hash":"0123456789abcdef"', true],
  ['acme-demo  CUK95A655 (Tenant 371188)', 'acme-demo  CUK11A827 (Tenant 817078)', true],
])('%s, shown; %s, printed: %s', (shown, printed, alike) => {
  expect(isLike(shown, printed)).toBe(alike);
});

test('lines may be left out where only the order counts', () => {
  const printed = 'connected\n\nSTREAM\naudit-events 3\naccount 1\n';
  expect(firstNotPrinted('STREAM\n…\naccount 2', printed)).toBeUndefined();
  expect(firstNotPrinted('account 2\nSTREAM', printed)).toBe('STREAM');
});

test('elsewhere none may', () => {
  expect(differences('one 1\ntwo', 'one 7\ntwo\n')).toEqual([]);
  expect(differences('one 1', 'one 1\ntwo')).toEqual(['nothing → two']);
  expect(differences('one 1\ntwo', 'one 1')).toEqual(['two → nothing']);
});
