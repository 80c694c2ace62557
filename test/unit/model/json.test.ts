import { expect, test } from 'vitest';
import { defined, isJsonObject, notNull, parseJsonObject } from '../../../model/json.js';

test.each([
  [{}, true],
  [{ a: 1 }, true],
  [[], false],
  [null, false],
  ['{}', false],
  [1, false],
  [undefined, false],
])('%j is an object: %j', (value, expected) => {
  expect(isJsonObject(value)).toBe(expected);
});

test.each([
  ['{"a":[1]}', { a: [1] }],
  ['[]', undefined],
  ['null', undefined],
  ['"{}"', undefined],
  ['{"a":', undefined],
  ['', undefined],
])('%s is parsed as %j', (text, expected) => {
  expect(parseJsonObject(text)).toEqual(expected);
});

test('only fields that are undefined are left out, or null as well', () => {
  const fields = { zero: 0, empty: '', no: false, nothing: null, missing: undefined };
  expect(Object.entries(defined(fields))).toEqual([
    ['zero', 0],
    ['empty', ''],
    ['no', false],
    ['nothing', null],
  ]);
  expect(notNull(fields)).toStrictEqual({ zero: 0, empty: '', no: false });
});
