import { readFile } from 'node:fs/promises';
import { describe, expect } from 'vitest';
import { migrate, pendingMigrations } from '../../../../evidence/database/migrate.js';
import * as first from '../../../../evidence/database/migrations/0001-evidence.js';
import { WORKFLOW_VERSION } from '../../../../model/workflow-version.js';
import { createEvidenceStore } from '../../../../evidence/store.js';
import { NOON } from '../../../support/evidence.js';
import type { Dump, TestDatabase } from '../../../support/database.js';
import { test as base } from '../../../support/test.js';

const test = base
  .extend('recorded', async () => JSON.parse(await readFile('test/fixtures/evidence-0001.json', 'utf8')) as Dump)
  .extend('restored', async ({ emptyDatabase, recorded }) => {
    await restore(emptyDatabase, recorded);
    return emptyDatabase;
  });

describe('a database of the first version', () => {
  test('holds rows in every table', async ({ restored: database, recorded }) => {
    const held = await database.dump();
    expect(Object.keys(held)).toEqual(Object.keys(recorded).sort());
    for (const [table, rows] of Object.entries(recorded)) expect(held[table], table).toEqual(rows);
    for (const [table, rows] of Object.entries(held)) expect(rows, table).not.toEqual([]);
  });

  test('is migrated without a change of its rows', async ({ restored: database }) => {
    const before = await database.dump();
    const pending = await pendingMigrations(database.url);
    expect(pending[0]).toBe('0002-rotation');
    expect(await migrate(database.url)).toEqual({ applied: pending });

    const after = await database.dump();
    for (const [table, rows] of Object.entries(before)) {
      if (table === 'migrations') continue;
      const columns = Object.keys(rows[0] ?? {}).filter((column) => `${table}.${column}` !== REWRITTEN);
      const kept = after[table]?.map((row) => Object.fromEntries(columns.map((column) => [column, row[column]])));
      expect(kept, table).toEqual(
        rows.map((row) => Object.fromEntries(columns.map((column) => [column, row[column]]))),
      );
    }
  });

  test('is read before and after the migrations: its namespace, and connections that have to be restarted', async ({
    restored: database,
  }) => {
    const store = createEvidenceStore({ databaseUrl: database.url });
    const expectOld = async (): Promise<void> => {
      expect(await store.namespace()).toEqual({ name: 'default' });
      expect(await store.workflowVersions.others(WORKFLOW_VERSION)).toEqual([
        { connectionId: 'acme', state: 'connected', version: 0 },
        { connectionId: 'globex', state: 'refused', version: 0 },
      ]);
    };
    await expectOld();
    await migrate(database.url);
    await expectOld();
    await store.close();
  });

  test('is refused by the check of earlier workers, with a reason', async ({ restored: database }) => {
    await migrate(database.url);
    // What workers before 0.4.0 read and compare with the name of their namespace when they start.
    expect(await database.query('select name from mimecast.namespace')).toEqual([
      { name: 'default (upgraded: needs temporal-mimecast 0.4.0 or newer)' },
    ]);
  });

  test('is usable after the migrations: reads, verifies and rotates', async ({ restored: database }) => {
    await migrate(database.url);
    const store = createEvidenceStore({ databaseUrl: database.url });
    const rows = await store.connections.list();
    expect(rows.map(({ connectionId, state, lastRotation }) => [connectionId, state, lastRotation])).toEqual([
      ['acme', 'connected', undefined],
      ['globex', 'refused', undefined],
      ['hooli', 'disconnected', undefined],
    ]);

    for (const [connectionId, version] of [
      ['acme', 3],
      ['globex', 2],
    ] as const) {
      expect(await store.connections.stage(connectionId, { sealed: 'new', kid: 'ring-2' })).toMatchObject({ version });
      const row = await store.connections.promote(connectionId, version, { acceptedAt: NOON });
      expect(row).toMatchObject({ state: 'connected', activeVersion: version, pauses: {} });
    }
    for (const { connectionId } of rows) expect(await store.proof.verify(connectionId)).toMatchObject({ ok: true });
    await store.close();
  });
});

/** The column that migration 0008 replaces on purpose. */
const REWRITTEN = 'namespace.name';

const MIGRATIONS_TABLE = `
  create table mimecast.migrations (
    name text primary key,
    applied_at timestamptz not null default now()
  )`;

/** The database as the first version left it; recorded with that version's own store. */
async function restore(database: TestDatabase, recorded: Dump): Promise<void> {
  await database.query('create schema mimecast');
  await database.query(MIGRATIONS_TABLE);
  await database.query(first.up);
  for (const [table, rows] of Object.entries(recorded)) {
    await database.query(
      `insert into mimecast.${table} overriding system value
       select * from json_populate_recordset(null::mimecast.${table}, $1)`,
      [JSON.stringify(rows)],
    );
  }
}
