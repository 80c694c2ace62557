import type { NativeConnection, WorkerOptions } from '@temporalio/worker';
import { Worker } from '@temporalio/worker';
import { WORKFLOWS } from './bundler-plugin.js';
import type { MimecastWorkerOptions } from './options.js';
import { DEFAULT_TASK_QUEUE } from './options.js';
import { MimecastPlugin } from './plugin.js';

export interface CreateMimecastWorkerOptions extends MimecastWorkerOptions {
  /** The caller closes it. Default: the local server at its usual address. */
  readonly connection?: NativeConnection;
  /** Temporal namespace. Default `default`. */
  readonly namespace?: string;
  /**
   * The workflows, bundled with the SDK's `bundleWorkflowCode` and `plugins: [new MimecastBundlerPlugin()]`: the worker
   * then starts some seconds sooner.
   */
  readonly workflowBundle?: NonNullable<WorkerOptions['workflowBundle']>;
  /** Other options of `Worker.create`: limits, interceptors, plugins, deployment versions. */
  readonly tuning?: Omit<
    WorkerOptions,
    'connection' | 'namespace' | 'taskQueue' | 'workflowsPath' | 'workflowBundle' | 'activities'
  >;
}

/** The longest that activities may take to end when the worker shuts down; a batch ends after its current page. */
const SHUTDOWN_GRACE = '30 s';

/**
 * Creates a worker that runs nothing but this package. `worker.run()` opens its pools, and closes them when it ends.
 *
 * To an existing worker, add {@link MimecastPlugin} instead.
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
