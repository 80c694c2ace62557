import { createRequire } from 'node:module';
import type { NativeConnection, WorkerOptions } from '@temporalio/worker';
import { Worker } from '@temporalio/worker';
import type { MimecastWorkerOptions } from './options.js';
import { DEFAULT_TASK_QUEUE } from './options.js';
import { MimecastPlugin } from './plugin.js';

export interface CreateMimecastWorkerOptions extends MimecastWorkerOptions {
  /** Stays its owner's to close. The local server at its usual address unless it is given. */
  readonly connection?: NativeConnection;
  /** `default` unless it is given. */
  readonly namespace?: string;
  /** The workflows, bundled beforehand with the SDK's `bundleWorkflowCode`: the worker then starts some seconds sooner. */
  readonly workflowBundle?: NonNullable<WorkerOptions['workflowBundle']>;
  /** Anything else that `Worker.create` takes: limits, interceptors, plugins, deployment versions. */
  readonly tuning?: Omit<
    WorkerOptions,
    'connection' | 'namespace' | 'taskQueue' | 'workflowsPath' | 'workflowBundle' | 'activities'
  >;
}

/** How long activities may take to end when the worker is told to stop; a batch ends after the page at hand. */
const SHUTDOWN_GRACE = '30 s';

const WORKFLOWS = createRequire(import.meta.url).resolve('@surecloud/temporal-mimecast/workflows');

/**
 * A worker that does nothing but Mimecast. `worker.run()` opens its pools and closes them again when it ends.
 *
 * Those who have a worker already add {@link MimecastPlugin} to it instead.
 */
export async function createMimecastWorker(options: CreateMimecastWorkerOptions): Promise<Worker> {
  const { connection, namespace = 'default', taskQueue = DEFAULT_TASK_QUEUE, tuning = {}, workflowBundle } = options;
  return await Worker.create({
    shutdownGraceTime: SHUTDOWN_GRACE,
    ...tuning,
    ...(connection && { connection }),
    namespace,
    taskQueue,
    ...(workflowBundle ? { workflowBundle } : { workflowsPath: WORKFLOWS }),
    plugins: [...(tuning.plugins ?? []), new MimecastPlugin(options)],
  });
}
