import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import type { TestProject } from 'vitest/node';
import { startPostgres } from '../sandbox/postgres.js';
import { findTemporalCli } from '../sandbox/temporal-cli.js';
import { startTemporal } from '../sandbox/temporal.js';

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

/** One real Postgres and one real Temporal for the whole run: tests stay apart by database, task queue and connection id. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'temporal-mimecast-test-'));
  // Postgres refuses to run as root and takes another user, who has to get through here.
  await chmod(folder, 0o711);

  const { path: executable } = await findTemporalCli({ log: (line) => process.stderr.write(`${line}\n`) });
  const [postgres, temporal] = await Promise.all([
    startPostgres({ dataDir: join(folder, 'postgres'), port: 0 }),
    startTemporal({ executable, port: 0, ui: false }),
  ]);
  project.provide('postgresUrl', postgres.url);
  project.provide('temporalAddress', temporal.address);
  project.provide('workflowBundleFile', await bundleWorkflows(folder));

  return async () => {
    await Promise.all([postgres.stop(), temporal.stop()]);
    await rm(folder, { recursive: true, force: true });
  };
}

/** Of the built workflows, which are what users get. */
async function bundleWorkflows(folder: string): Promise<string> {
  const workflowsPath = fileURLToPath(new URL('../dist/workflows/index.js', import.meta.url));
  const { code } = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') });
  const file = join(folder, 'workflow-bundle.js');
  await writeFile(file, code);
  return file;
}
