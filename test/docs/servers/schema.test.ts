import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { codeIn, GUIDES, page, ROOT, tableUnder } from '../pages.js';
import { freshDatabase, type TestDatabase } from '../../support/database.js';

/** docs/schema.md says what the migrations make, and who writes it. */

const GUIDE = page('docs/schema.md');

interface Described {
  readonly key: readonly string[];
  readonly writers: readonly string[];
}

const described = new Map<string, Described>(
  GUIDE.tables
    .filter(({ heading }) => heading !== 'Columns')
    .flatMap(({ rows }) => rows)
    .map(([name = '', , key = '', writers = '']) => [
      codeIn(name)[0] ?? '',
      { key: codeIn(key), writers: codeIn(writers) },
    ]),
);

let database: TestDatabase;
beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database.drop());

test('every table is described, and no other', async () => {
  const tables = await database.query<{ name: string }>(
    `select table_name as name from information_schema.tables where table_schema = 'mimecast'`,
  );
  expect([...described.keys()].sort()).toEqual(tables.map(({ name }) => name).sort());
});

test('every column of every table is listed, in its order', async () => {
  const columns = await database.query<{ table: string; columns: string[] }>(
    `select table_name as table, array_agg(column_name::text order by ordinal_position) as columns
       from information_schema.columns where table_schema = 'mimecast' group by 1`,
  );
  const listed = tableUnder(GUIDE, 'Columns').rows.map(([name = '', list = '']) => [codeIn(name)[0], codeIn(list)]);
  expect(Object.fromEntries(listed)).toEqual(Object.fromEntries(columns.map((found) => [found.table, found.columns])));
});

test('every key is that of the table', async () => {
  const keys = await database.query<{ table: string; key: string[] }>(
    `select c.table_name as table, array_agg(k.column_name::text order by k.ordinal_position) as key
       from information_schema.table_constraints c
       join information_schema.key_column_usage k using (constraint_schema, constraint_name)
      where c.table_schema = 'mimecast' and c.constraint_type = 'PRIMARY KEY' group by 1`,
  );
  expect(Object.fromEntries([...described].map(([name, { key }]) => [name, key]))).toEqual(
    Object.fromEntries(keys.map(({ table, key }) => [table, key])),
  );
});

test('the writers of a table are the files that write to it', () => {
  const writers = new Map<string, Set<string>>();
  for (const file of readdirSync(join(ROOT, 'evidence'), { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.ts') || file.includes('migrations/')) continue;
    const source = readFileSync(join(ROOT, 'evidence', file), 'utf8');
    for (const [, name = ''] of source.matchAll(/(?:insert into|update|delete from)\s+mimecast\.(\w+)/g)) {
      writers.set(name, (writers.get(name) ?? new Set()).add(`evidence/${file}`));
    }
  }
  expect(Object.fromEntries([...described].map(([name, told]) => [name, told.writers.toSorted()]))).toEqual(
    Object.fromEntries([...writers].map(([name, files]) => [name, [...files].sort()])),
  );
});

describe('sql', () => {
  const blocks = GUIDES.flatMap((guide) => guide.blocks).filter(({ language }) => language === 'sql');

  test.each(blocks.map(({ where, text }) => [where, text]))('%s is what Postgres takes', async (_where, text) => {
    const run = database.query(`begin; ${text} rollback`);
    expect(
      await run.then(
        () => 'taken',
        (error: unknown) => error,
      ),
    ).toBe('taken');
  });

  test('is shown', () => {
    expect(blocks).not.toEqual([]);
  });
});
