import pg from 'pg';
import { Umzug, type UmzugStorage } from 'umzug';
import { codeOf, connectionConfig, hostAndPort, inWords } from './database.js';
import * as evidence from './migrations/0001-evidence.js';
import * as rotation from './migrations/0002-rotation.js';
import * as statistics from './migrations/0003-statistics.js';
import * as backfill from './migrations/0004-backfill.js';
import * as apiGenerations from './migrations/0005-api-generations.js';
import * as evaluations from './migrations/0006-evaluations.js';
import * as proof from './migrations/0007-proof.js';
import * as upgrade from './migrations/0008-upgrade.js';
import * as clocks from './migrations/0009-clocks.js';

/** In the order in which they are applied. Forward only: a published migration is never edited. */
const MIGRATIONS = [evidence, rotation, statistics, backfill, apiGenerations, evaluations, proof, upgrade, clocks];

/** Numbers that no other use of advisory locks in the same database has. */
const MIGRATION_LOCK = 7_221_364_001;
const UPGRADE_LOCK = 7_221_364_002;

/**
 * Applies all pending migrations in one transaction, or none. Safe to call from many processes at once; one of them
 * migrates and the others wait for it.
 *
 * @returns names of the migrations that this call applied
 * @throws EvidenceUnreachableError when the database cannot be used
 */
export async function migrate(databaseUrl: string): Promise<{ applied: string[] }> {
  return withClient(databaseUrl, async (client) => {
    await client.query('begin');
    await client.query('select pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
    await client.query(`
      create schema if not exists mimecast;
      create table if not exists mimecast.migrations (
        name text primary key,
        applied_at timestamptz not null default now()
      )`);
    const applied = await migrator(client).up();
    await client.query('commit');
    return { applied: applied.map(({ name }) => name) };
  });
}

/**
 * Returns the names of the migrations that the database lacks. @throws EvidenceUnreachableError when the database
 * cannot be used
 */
export async function pendingMigrations(databaseUrl: string): Promise<string[]> {
  return withClient(databaseUrl, async (client) => (await migrator(client).pending()).map(({ name }) => name));
}

/**
 * Runs an upgrade while no other runs on the database; another waits for it. The lock belongs to a transaction, so that it
 * works through a pooler, and a process that dies releases it.
 *
 * @throws EvidenceUnreachableError when the database cannot be used
 */
export async function withUpgradeLock<Result>(databaseUrl: string, work: () => Promise<Result>): Promise<Result> {
  const ended = await withClient(databaseUrl, async (client) => {
    await client.query('begin; set local idle_in_transaction_session_timeout = 0');
    await client.query('select pg_advisory_xact_lock($1)', [UPGRADE_LOCK]);
    // Errors of the work pass through: only those of the lock are about this database.
    return await work().then(
      (result) => ({ result }),
      (error: unknown) => ({ error }),
    );
  });
  if ('error' in ended) throw ended.error;
  return ended.result;
}

function migrator(client: pg.Client): Umzug<pg.Client> {
  return new Umzug({
    context: client,
    logger: undefined,
    storage: new MigrationsTable(),
    migrations: MIGRATIONS.map(({ name, up }) => ({ name, up: () => client.query(up) })),
  });
}

class MigrationsTable implements UmzugStorage<pg.Client> {
  async executed({ context }: { context: pg.Client }): Promise<string[]> {
    try {
      const { rows } = await context.query<{ name: string }>('select name from mimecast.migrations order by name');
      return rows.map(({ name }) => name);
    } catch (error) {
      if (codeOf(error) === UNDEFINED_TABLE) return [];
      throw error;
    }
  }

  async logMigration({ name, context }: { name: string; context: pg.Client }): Promise<void> {
    await context.query('insert into mimecast.migrations (name) values ($1)', [name]);
  }

  unlogMigration(): Promise<void> {
    return Promise.reject(new Error('Migrations go forward only'));
  }
}

const UNDEFINED_TABLE = '42P01';

async function withClient<Result>(databaseUrl: string, work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const where = hostAndPort(databaseUrl);
  const client = new pg.Client(connectionConfig(databaseUrl));
  // A connection that breaks also fails the waiting statement; without a listener, the event would end the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await work(client);
  } catch (error) {
    throw inWords(error, where);
  } finally {
    await client.end().catch(() => undefined);
  }
}
