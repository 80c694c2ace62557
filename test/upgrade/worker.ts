import { setTimeout as delay } from 'node:timers/promises';
import { NativeConnection } from '@temporalio/worker';
import { inject } from 'vitest';
import { createMimecastWorker } from '../../worker/create-worker.js';
import { upgrade, type UpgradeOptions, type UpgradeReport } from '../../worker/index.js';
import { windowsOf } from '../support/audit-log.js';
import type { Engine } from '../support/engine.js';
import { until } from '../support/until.js';

/** Activities are given up at once when the worker stops: what hangs at the vendor would keep it for long. */
const SHUTDOWN_GRACE = '200 ms';

/** Starts a worker for an engine that has none. @returns what stops it */
export async function startWorker(
  { database, keyring, taskQueue }: Engine,
  { namespace = 'default' }: { readonly namespace?: string } = {},
): Promise<() => Promise<void>> {
  const connection = await NativeConnection.connect({ address: inject('temporalAddress') });
  const worker = await createMimecastWorker({
    databaseUrl: database.url,
    keyring,
    taskQueue,
    allowLoopback: true,
    connection,
    namespace,
    workflowBundle: { codePath: inject('workflowBundleFile') },
    tuning: { shutdownGraceTime: SHUTDOWN_GRACE },
  });
  const ended = worker.run();
  while (worker.getState() === 'INITIALIZED') await Promise.race([delay(10), ended]);
  return async () => {
    if (worker.getState() === 'RUNNING') worker.shutdown();
    await ended;
    await connection.close();
  };
}

/** Waits until a connection's poll and its backfill of the audit log are each in the middle of a window. */
export async function untilBusy({ database }: Engine, id: string): Promise<void> {
  await until(async () => {
    const windows = await windowsOf(database, id);
    return ['open', 'filling'].every((state) => windows.some((window) => window.state === state && window.pages > 0));
  });
}

/** Makes connections look as an earlier release left them. Their workers must have stopped. */
export async function markOlder({ database }: Engine): Promise<void> {
  await database.query('update mimecast.connections set workflow_version = 0');
}

/** Upgrades as `migrate` does. */
export async function upgradeEngine(engine: Engine, options: Partial<UpgradeOptions> = {}): Promise<UpgradeReport> {
  const { database, taskQueue, client } = engine;
  return await upgrade({ databaseUrl: database.url, taskQueue, client: () => Promise.resolve(client), ...options });
}

/** Fails when it is called: an upgrade of current connections must not connect to Temporal. */
export const noTemporal = (): Promise<never> => Promise.reject(new Error('Temporal was asked for'));
