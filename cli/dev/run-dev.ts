import path from 'node:path';
import type { DevAddresses } from '../../sandbox/dev-addresses.js';
import type { Context } from '../command.js';
import type { ExitCode } from '../console/exit-codes.js';
import { runWorker, waitForWorker } from './run-worker.js';
import { connectToTemporal, databaseUrlOf, openServices, type Services } from '../reach/services.js';
import { dataDirOf, resolveSettings, type Settings } from '../reach/settings.js';

/** The running servers and a worker. */
export interface RunningDev {
  readonly addresses: DevAddresses;
  readonly services: Services;
}

type Work = (running: RunningDev) => Promise<ExitCode>;

/**
 * Starts the servers and a worker, runs the work, and stops everything in reverse order: the worker finishes its
 * activities while the servers that they need still run.
 */
export async function runDev(context: Context, work: Work): Promise<ExitCode> {
  const { terminal, output, signal } = context;
  const { env } = terminal;
  for (const name of ['TEMPORAL_ADDRESS', 'TEMPORAL_PROFILE', 'DATABASE_URL'].filter((variable) => env[variable])) {
    output.warn(`${name} is set: other commands will follow it instead of what runs here.`);
  }

  const { startDevStack } = await import('../../sandbox/dev-stack.js');
  const dataDir = dataDirOf(env);
  const stack = await startDevStack({
    dataDir,
    log: (line) => {
      output.note(line);
    },
  });
  try {
    signal.throwIfAborted();
    // Settings of other servers in the environment do not apply to the worker of this stack.
    const settings = resolveSettings({ MIMECAST_TASK_QUEUE: env['MIMECAST_TASK_QUEUE'] }, stack.addresses);
    const { logWorkerTo } = await import('./worker-logs.js');
    logWorkerTo(path.join(dataDir, 'worker.log'));
    await upgradeDev(context, settings);
    return await workWithWorker(settings, stack.addresses, work);
  } finally {
    output.note('Stopping.');
    await stack.stop();
  }
}

/**
 * Restarts connections that an earlier release started in this data folder. Its servers belong together, so a Temporal whose
 * data was deleted is adopted.
 */
async function upgradeDev({ output }: Context, settings: Settings): Promise<void> {
  const { upgrade } = await import('../../worker/index.js');
  const { Client } = await import('@temporalio/client');
  const connection = await connectToTemporal(settings.temporal);
  try {
    const { restarted } = await upgrade({
      databaseUrl: databaseUrlOf(settings),
      taskQueue: settings.taskQueue,
      client: () => Promise.resolve(new Client({ connection, namespace: settings.temporal.namespace })),
      adoptNamespace: 'if-other',
    });
    if (restarted.length > 0) output.note(`Restarted ${restarted.length} connections for this release.`);
  } finally {
    await connection.close();
  }
}

async function workWithWorker(settings: Settings, addresses: DevAddresses, work: Work): Promise<ExitCode> {
  const services = openServices(settings);
  try {
    return await runWorker(settings, async (connection) => {
      await waitForWorker(connection, settings);
      return work({ addresses, services });
    });
  } finally {
    await services.close();
  }
}
