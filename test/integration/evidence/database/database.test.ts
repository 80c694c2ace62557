import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { toFailure } from '../../../../activities/failures.js';
import { openDatabase } from '../../../../evidence/database/database.js';
import {
  EvidenceSchemaError,
  EvidenceUnreachableError,
  EvidenceValueError,
} from '../../../../evidence/database/errors.js';
import { migrate, pendingMigrations } from '../../../../evidence/database/migrate.js';
import { createEvidenceStore } from '../../../../evidence/store.js';
import { startPostgres } from '../../../../sandbox/postgres.js';
import { auditEvents, connectedStore, page, takenWindow } from '../../../support/evidence.js';
import { freshDatabase } from '../../../support/database.js';
import { test } from '../../../support/test.js';

describe('migrations', () => {
  test('are applied once, however many processes start at the same time', async ({ emptyDatabase: database }) => {
    const all = await pendingMigrations(database.url);
    expect(all).toContain('0001-evidence');

    const results = await Promise.all(Array.from({ length: 5 }, () => migrate(database.url)));
    expect(results.flatMap(({ applied }) => applied)).toEqual(all);
    expect(await pendingMigrations(database.url)).toEqual([]);
    expect(await migrate(database.url)).toEqual({ applied: [] });
  });

  test('that are missing are reported by the store, with the command to run', async ({ emptyDatabase: database }) => {
    const store = createEvidenceStore({ databaseUrl: database.url });
    const claim = store.claimNamespace({ name: 'default' });
    await expect(claim).rejects.toThrow(EvidenceSchemaError);
    await expect(claim).rejects.toThrow('temporal-mimecast migrate');
    await store.close();
  });

  test('that fail leave the database as it was', async ({ emptyDatabase: database }) => {
    await database.query('create schema mimecast');
    await database.query('create table mimecast.polls (in_the_way text)');
    await expect(migrate(database.url)).rejects.toThrow('polls');
    expect(await pendingMigrations(database.url)).toContain('0001-evidence');
    expect(await database.query(`select from pg_tables where schemaname = 'mimecast'`)).toHaveLength(1);
  });
});

describe('a database that cannot be used', () => {
  test.each([
    { what: 'nobody listens', url: 'postgres://u:s3cret@127.0.0.1:9/x', says: '127.0.0.1:9' },
    { what: 'the URL is none', url: 'postgres://u:s3cret@host:port/x', says: 'postgres://user@host:port/database' },
  ])('is named without its password when $what', async ({ url, says }) => {
    const failure: unknown = await Promise.resolve()
      .then(() => createEvidenceStore({ databaseUrl: url }).claimNamespace({ name: 'default' }))
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(EvidenceUnreachableError);
    expect(String(failure)).toContain(says);
    expect(String(failure)).not.toContain('s3cret');
  });

  test('is named when the database or the password is wrong', async () => {
    const database = await freshDatabase();
    const wrong = new URL(database.url);
    wrong.password = 's3cret';
    await expect(migrate(wrong.href)).rejects.toThrow(/password authentication failed/);
    await database.drop();
    await expect(migrate(database.url)).rejects.toThrow(EvidenceUnreachableError);
  });
});

test.for<[string, string, unknown[]]>([
  ['22003', 'select $1::integer', [2 ** 31]],
  ['22021', 'select $1::text', ['a\0b']],
  ['22P05', `select ('{"a":' || $1 || '}')::jsonb`, [String.raw`"\u0000"`]],
  ['22008', 'select $1::date', ['2026-13-41']],
  ['23502', 'insert into mimecast.log_heads (connection_id) values ($1)', [null]],
  ['23514', `insert into mimecast.connections (connection_id, state, settings) values ($1, 'odd', '{}')`, ['acme']],
  [
    '54000',
    'insert into mimecast.log_heads (connection_id, sequence, hash) values ($1, 0, sha256(decode($1, $2)))',
    [],
  ],
])('an error about a value (%s) is final, and is not called an outage', async ([code, text, values], { database }) => {
  const db = openDatabase({ databaseUrl: database.url, maxConnections: 1, onError: () => undefined });
  const tooLong = [randomBytes(6_000).toString('hex'), 'hex'];
  const failure: unknown = await db
    .query({ text, values: values.length === 0 ? tooLong : values })
    .catch((error: unknown) => error);
  await db.close();
  expect(failure).toBeInstanceOf(EvidenceValueError);
  expect(failure).toMatchObject({ code, message: expect.stringContaining(`SQLSTATE ${code}`) as string });
  expect(String(failure)).not.toContain('DATABASE_URL');
  expect(toFailure(failure)).toMatchObject({ type: 'EvidenceValueError', nonRetryable: true });
});

test('a connection that breaks in the middle of a transaction fails that transaction only', async () => {
  const database = await freshDatabase();
  const db = openDatabase({ databaseUrl: database.url, maxConnections: 1, onError: () => undefined });

  const broken = db.transaction(async (client) => {
    const [{ pid } = {}] = await client.query<{ pid: number }>({ text: 'select pg_backend_pid() as pid' });
    await database.query('select pg_terminate_backend($1, 5000)', [pid]);
    await client.query({ text: 'select 1' });
  });
  await expect(broken).rejects.toThrow(EvidenceUnreachableError);
  expect(await db.query({ text: 'select 1 as one' })).toEqual([{ one: 1 }]);
  await db.close();
  await database.drop();
});

test('a restart of Postgres under load loses no page, stores none twice, and the pool recovers', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'mimecast-postgres-'));
  let server = await startPostgres({ dataDir });
  await migrate(server.url);
  const store = await connectedStore(server.url);
  const window = await takenWindow(store);

  const outages: unknown[] = [];
  const readPages = async (): Promise<number> => {
    const { openWindow } = await store.ledger.position('acme', 'audit-events');
    return openWindow?.pages ?? 0;
  };
  const collect = async (): Promise<void> => {
    for (let pages = 0; pages < 60;) {
      try {
        pages = await readPages();
        await store.events.storePage(page(window, pages, auditEvents(pages * 100, 100), `token-${pages}`));
      } catch (error) {
        outages.push(error);
      }
    }
  };
  const restart = async (): Promise<void> => {
    while ((await readPages()) < 5);
    await server.stop();
    server = await startPostgres({ dataDir, port: server.port });
  };
  await Promise.all([collect(), restart()]);

  expect(outages.length).toBeGreaterThan(0);
  for (const outage of outages) expect(outage).toBeInstanceOf(EvidenceUnreachableError);
  const { openWindow } = await store.ledger.position('acme', 'audit-events');
  expect(openWindow?.newEvents).toBe((openWindow?.pages ?? 0) * 100);
  expect(await store.proof.verify('acme')).toMatchObject({ ok: true });

  await store.close();
  await server.stop();
  await rm(dataDir, { recursive: true });
});
