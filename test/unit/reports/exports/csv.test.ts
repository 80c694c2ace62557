import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { csvText } from '../../../../model/text.js';
import { csv, type Column } from '../../../../reports/exports/csv.js';
import { textOf } from '../../../support/posture/traced.js';

const COLUMNS: readonly Column<readonly string[]>[] = [0, 1].map((index) => ({
  name: `column_${index}`,
  about: '',
  value: (row) => row[index],
}));

async function* each<Item>(items: readonly Item[]): AsyncGenerator<Item> {
  for (const item of items) yield await Promise.resolve(item);
}

const written = (rows: readonly (readonly string[])[], mark = false): Promise<string> =>
  textOf(csv(COLUMNS, each(rows), { mark }));

/** A reader that knows RFC 4180 and nothing else. */
function parse(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (const [, quoted, plain = '', end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    row.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === ',') continue;
    rows.push(row);
    row = [];
  }
  return rows;
}

const isFormula = (text: string): boolean => /^[\s\uFEFF\u200B]*[=+\-@\t\r\uFF1D\uFF0B\uFF0D\uFF20]/u.test(text);

test('whatever a cell holds comes back with its hidden characters escaped, and nothing of it is computed', async () => {
  const cell = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      '=cmd()',
      '+1',
      '-1',
      '@a',
      '\t=1',
      ' =1',
      '\n=1',
      '\uFEFF=1',
      'a,b',
      'a"b',
      'a\r\nb',
      '',
      '١٢',
      '\u202Eabc',
    ),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(cell, cell), { maxLength: 5 }), async (rows) => {
      const [header, ...read] = parse(await written(rows));
      expect(header).toEqual(['column_0', 'column_1']);
      expect(read.map((row) => row.map((text) => (text.startsWith("'") ? text.slice(1) : text)))).toEqual(
        rows.map((row) => row.map(csvText).map((text) => (text.startsWith("'") ? text.slice(1) : text))),
      );
      expect(read.flat().filter(isFormula)).toEqual([]);
    }),
  );
});

test('lines end in CRLF, the header is there without a row, and a byte order mark only when it is asked for', async () => {
  expect(await written([])).toBe('column_0,column_1\r\n');
  expect(await written([['a', 'b']])).toBe('column_0,column_1\r\na,b\r\n');
  expect((await written([], true)).codePointAt(0)).toBe(0xfeff);
});

describe('streams', () => {
  test('rows are read only as fast as they are taken', async () => {
    const seen = { read: 0 };
    async function* many(): AsyncGenerator<readonly string[]> {
      for (; seen.read < 1_000_000; seen.read++) yield await Promise.resolve(['a', 'b']);
    }
    const [first] = await firstOf(csv(COLUMNS, many()), 1);
    expect(first).toContain('column_0');
    expect(seen.read).toBeLessThan(10_000);
  });

  test('a failure of the rows reaches whoever reads', async () => {
    async function* broken(): AsyncGenerator<readonly string[]> {
      yield await Promise.resolve(['a', 'b']);
      throw new Error('Postgres went away');
    }
    await expect(textOf(csv(COLUMNS, broken()))).rejects.toThrow('Postgres went away');
  });
});

async function firstOf(texts: AsyncIterable<string>, count: number): Promise<string[]> {
  const taken: string[] = [];
  for await (const text of texts) {
    taken.push(text);
    if (taken.length === count) break;
  }
  return taken;
}

test('a column whose hash is known is written unchanged', async () => {
  const columns = [{ name: 'body', about: '', value: (row: string) => row, exact: true as const }];
  const pieces: string[] = [];
  for await (const piece of csv(columns, one('["\u202Eabc\u009b"]'))) pieces.push(piece);
  expect(parse(pieces.join(''))[1]).toEqual(['["\u202Eabc\u009b"]']);
});

async function* one(row: string): AsyncGenerator<string> {
  yield await Promise.resolve(row);
}
