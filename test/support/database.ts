import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';

export interface TestDatabase {
  readonly url: string;
  /** Runs one statement: looking behind the store's back, and tampering. */
  query<Row extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]>;
  /** Every row of every table, in a steady order: to see that nothing changed. */
  dump(): Promise<Dump>;
  /** Empties all tables. */
  clear(): Promise<void>;
  drop(): Promise<void>;
}

/** Rows by table, as JSON. */
export type Dump = Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;

/** For looking behind the store's back while a statement of the test waits for a lock. */
const CONNECTIONS = 2;

/** Creates a database on the server of this test run, with all migrations applied unless they are what is tested. */
export async function freshDatabase({ migrated = true } = {}): Promise<TestDatabase> {
  const name = `test_${randomBytes(8).toString('hex')}`;
  const url = new URL(inject('postgresUrl'));
  url.pathname = `/${name}`;

  await administer(`create database ${name}${migrated ? ` template ${inject('migratedDatabase')}` : ''}`);
  // Kept open: a new connection takes ten times as long as most statements.
  const pool = new pg.Pool({ connectionString: url.href, max: CONNECTIONS });
  // A connection that a test broke is replaced.
  pool.on('error', () => undefined);
  const query = async <Row extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]> =>
    (await pool.query<Row>(text, values)).rows;
  return {
    url: url.href,
    query,
    dump: () => dump(query),
    clear: async () => {
      await query(CLEAR);
    },
    drop: async () => {
      await pool.end();
      await administer(`drop database if exists ${name} with (force)`);
    },
  };
}

async function administer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: inject('postgresUrl') });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

async function dump(query: TestDatabase['query']): Promise<Dump> {
  const tables = await query<{ name: string }>(
    `select tablename as name from pg_tables where schemaname = 'mimecast' order by 1`,
  );
  const selects = tables.map(
    ({ name }) => `select '${name}' as name, (select json_agg(t order by t::text) from mimecast.${name} t) as rows`,
  );
  const dumped = await query<{ name: string; rows: Dump[string] | null }>(selects.join(' union all '));
  return Object.fromEntries(dumped.map(({ name, rows }) => [name, rows ?? []]));
}

/** Every table after those that refer to it. Tables are nearly empty: deleting takes a tenth of the time of a truncate. */
const TABLES = [
  ...['checkpoints', 'annotations', 'evaluations', 'refused_calls'],
  ...['protection_logs', 'protection_rows', 'daily_statistics', 'row_digests', 'row_keys'],
  ...['polls', 'observations', 'bodies', 'audit_events', 'gaps', 'pages', 'windows'],
  ...['log', 'log_heads', 'credentials', 'connections', 'namespace'],
];
const CLEAR = TABLES.map((table) => `delete from mimecast.${table}`).join(';');
