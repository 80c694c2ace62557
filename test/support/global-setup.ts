import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import type { TestProject } from 'vitest/node';
import { startPostgres } from '../../sandbox/postgres.js';
import { findTemporalCli } from '../../sandbox/temporal-cli.js';
import { startTemporal } from '../../sandbox/temporal.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** Of a user that may create databases: tests make their own. */
    postgresUrl: string;
    /** `host:port` of the dev server; namespace `default`, with the search attributes of the product. */
    temporalAddress: string;
    /** File with the workflows as workers load them; bundling them costs seconds for each worker. */
    workflowBundleFile: string;
  }
}

interface Servers {
  readonly postgresUrl: string;
  readonly temporalAddress: string;
  readonly workflowBundleFile: string;
  stop(): Promise<void>;
}

/** Projects load this file each for itself; what they share is the process. */
const shared = globalThis as { mimecastTestServers?: { readonly servers: Promise<Servers>; users: number } };

/** One real Postgres and one real Temporal for the whole run: tests stay apart by database, task queue and connection id. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const run = (shared.mimecastTestServers ??= { servers: startServers(), users: 0 });
  run.users += 1;
  const servers = await run.servers;
  project.provide('postgresUrl', servers.postgresUrl);
  project.provide('temporalAddress', servers.temporalAddress);
  project.provide('workflowBundleFile', servers.workflowBundleFile);

  return async () => {
    run.users -= 1;
    if (run.users === 0) await servers.stop();
  };
}

async function startServers(): Promise<Servers> {
  const folder = await mkdtemp(join(tmpdir(), 'temporal-mimecast-test-'));
  // Postgres refuses to run as root and takes another user, who has to get through here.
  await chmod(folder, 0o711);

  const { path: executable } = await findTemporalCli({ log: (line) => process.stderr.write(`${line}\n`) });
  const [postgres, temporal] = await Promise.all([
    startPostgres({ dataDir: join(folder, 'postgres'), port: 0 }),
    startTemporal({ executable, port: 0, ui: false }),
  ]);
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

async function bundleWorkflows(folder: string): Promise<string> {
  const workflowsPath = fileURLToPath(new URL('../../dist/workflows/index.js', import.meta.url));
  const { code } = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') });
  const file = join(folder, 'workflow-bundle.js');
  await writeFile(file, code);
  return file;
}
