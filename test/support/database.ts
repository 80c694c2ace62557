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

/** Creates a database on the server of this test run, with all migrations applied unless they are what is tested. */
export async function freshDatabase({ migrated = true } = {}): Promise<TestDatabase> {
  const name = `test_${randomBytes(8).toString('hex')}`;
  const adminUrl = inject('postgresUrl');
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;

  await once(adminUrl, `create database ${name}${migrated ? ` template ${inject('migratedDatabase')}` : ''}`);
  return {
    url: url.href,
    query: (text, values) => once(url.href, text, values),
    dump: () => dump(url.href),
    clear: async () => {
      await once(url.href, CLEAR);
    },
    drop: async () => {
      await once(adminUrl, `drop database if exists ${name} with (force)`);
    },
  };
}

async function dump(url: string): Promise<Dump> {
  const tables = await once<{ name: string }>(
    url,
    `select tablename as name from pg_tables where schemaname = 'mimecast' order by 1`,
  );
  const selects = tables.map(
    ({ name }) => `select '${name}' as name, (select json_agg(t order by t::text) from mimecast.${name} t) as rows`,
  );
  const dumped = await once<{ name: string; rows: Dump[string] | null }>(url, selects.join(' union all '));
  return Object.fromEntries(dumped.map(({ name, rows }) => [name, rows ?? []]));
}

/** Every table after those that refer to it. Tables are nearly empty: deleting takes a tenth of the time of a truncate. */
const TABLES = [
  ...['checkpoints', 'annotations', 'evaluations'],
  ...['protection_logs', 'protection_rows', 'daily_statistics', 'row_digests', 'row_keys'],
  ...['polls', 'observations', 'bodies', 'audit_events', 'gaps', 'pages', 'windows'],
  ...['log', 'log_heads', 'credentials', 'connections', 'namespace'],
];
const CLEAR = TABLES.map((table) => `delete from mimecast.${table}`).join(';');

async function once<Row extends pg.QueryResultRow>(url: string, text: string, values: unknown[] = []): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(text, values)).rows;
  } finally {
    await client.end();
  }
}
