import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { migrate } from '../../evidence/database/migrate.js';
import { startPostgres } from '../../sandbox/postgres.js';
import { findTemporalCli } from '../../sandbox/temporal-cli.js';
import { startTemporal } from '../../sandbox/temporal.js';
import { MimecastBundlerPlugin } from '../../worker/bundler-plugin.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** URL of a user that may create databases: tests create their own. */
    postgresUrl: string;
    /** Name of a database with all migrations applied: databases of tests are copies of it. */
    migratedDatabase: string;
    /** `host:port` of the dev server; namespace `default`, with the search attributes of the product. */
    temporalAddress: string;
    /** File with the workflows as workers load them: to bundle them for each worker would take seconds. */
    workflowBundleFile: string;
  }
}

interface Servers {
  readonly postgresUrl: string;
  readonly temporalAddress: string;
  readonly workflowBundleFile: string;
  stop(): Promise<void>;
}

const MIGRATED_DATABASE = 'migrated';

/** Each project loads this file for itself; what they share is the process. */
const shared = globalThis as { mimecastTestServers?: { readonly servers: Promise<Servers>; users: number } };

/** Starts one Postgres and one Temporal for the whole run. Tests are separated by database, task queue and connection id. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const run = (shared.mimecastTestServers ??= { servers: startServers(), users: 0 });
  run.users += 1;
  const servers = await run.servers;
  project.provide('postgresUrl', servers.postgresUrl);
  project.provide('migratedDatabase', MIGRATED_DATABASE);
  project.provide('temporalAddress', servers.temporalAddress);
  project.provide('workflowBundleFile', servers.workflowBundleFile);

  return async () => {
    run.users -= 1;
    if (run.users === 0) await servers.stop();
  };
}

async function startServers(): Promise<Servers> {
  const folder = await mkdtemp(join(tmpdir(), 'temporal-mimecast-test-'));
  // Postgres does not run as root: its account has to reach the folder inside.
  await chmod(folder, 0o711);

  const { path: executable } = await findTemporalCli({ log: (line) => process.stderr.write(`${line}\n`) });
  const [postgres, temporal] = await Promise.all([
    startPostgres({ dataDir: join(folder, 'postgres'), port: 0 }),
    startTemporal({ executable, port: 0, ui: false }),
  ]);
  await prepareDatabases(postgres.url);
  return {
    postgresUrl: postgres.url,
    temporalAddress: temporal.address,
    workflowBundleFile: await bundleWorkflows(folder),
    async stop() {
      await Promise.all([postgres.stop(), temporal.stop()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** These databases live as long as the run, so Postgres does not wait for the disk. Tests of durability start their own server. */
const WITHOUT_DISK = ['fsync = off', 'synchronous_commit = off', 'full_page_writes = off'];

async function prepareDatabases(postgresUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: postgresUrl });
  await client.connect();
  for (const setting of WITHOUT_DISK) await client.query(`alter system set ${setting}`);
  await client.query('select pg_reload_conf()');
  await client.query(`create database ${MIGRATED_DATABASE}`);
  await client.end();
  const migrated = new URL(postgresUrl);
  migrated.pathname = `/${MIGRATED_DATABASE}`;
  await migrate(migrated.href);
}

async function bundleWorkflows(folder: string): Promise<string> {
  const workflowsPath = fileURLToPath(new URL('../../dist/workflows/index.js', import.meta.url));
  const { code } = await bundleWorkflowCode({
    workflowsPath,
    logger: new DefaultLogger('ERROR'),
    plugins: [new MimecastBundlerPlugin()],
  });
  const file = join(folder, 'workflow-bundle.js');
  await writeFile(file, code);
  return file;
}
