import { SimplePlugin } from '@temporalio/plugin';
import type { BundleOptions, Worker } from '@temporalio/worker';
import type { MimecastActivities } from '../activities/index.js';
import { withMarkingConverter } from './bundler-plugin.js';
import type { MimecastWorkerOptions } from './options.js';
import type { WorkerRuntime } from './runtime.js';
import { openRuntime } from './runtime.js';
import { describeNamespace } from './namespace.js';
import { ensureSearchAttributes } from './search-attributes.js';

const ACTIVITY_NAMES = Object.keys({
  'mimecast.loadConnection': true,
  'mimecast.openConnection': true,
  'mimecast.proveKeys': true,
  'mimecast.settleProof': true,
  'mimecast.reconcileSchedules': true,
  'mimecast.stageKeys': true,
  'mimecast.proveRotation': true,
  'mimecast.settleRotation': true,
  'mimecast.refuseRotation': true,
  'mimecast.proveSettings': true,
  'mimecast.saveSettings': true,
  'mimecast.pauseStreams': true,
  'mimecast.resumeStreams': true,
  'mimecast.testConnection': true,
  'mimecast.evaluate': true,
  'mimecast.annotate': true,
  'mimecast.withdrawAnnotation': true,
  'mimecast.pollNow': true,
  'mimecast.beginDisconnect': true,
  'mimecast.runningPolls': true,
  'mimecast.endPolls': true,
  'mimecast.finishDisconnect': true,
  'mimecast.beginPoll': true,
  'mimecast.collectEndpoint': true,
  'mimecast.collectAuditPages': true,
  'mimecast.keepHouse': true,
  'mimecast.collectProtectionLogs': true,
  'mimecast.finishPoll': true,
  'mimecast.beginBackfill': true,
  'mimecast.backfillAuditEvents': true,
} satisfies Record<keyof MimecastActivities, true>) as (keyof MimecastActivities)[];

/**
 * Adds the activities to a worker, with their database pool, HTTP pool and ring for as long as a worker runs. A plugin cannot
 * add workflows: re-export them from the worker's own workflows file with `export * from
 * '@surecloud/temporal-mimecast/workflows'`.
 *
 * Nothing is opened before a worker runs, so that bundling and replay need neither database nor ring. One instance can serve
 * several workers: the pools close with the last of them.
 */
export class MimecastPlugin extends SimplePlugin {
  private readonly settings: MimecastWorkerOptions;
  private readonly workers = new Set<Worker>();
  private opening: Promise<WorkerRuntime> | undefined;

  constructor(options: MimecastWorkerOptions) {
    super({
      name: '@surecloud/temporal-mimecast',
      activities: lateBound(async () => {
        if (!this.opening) throw new Error('The plugin serves activities only while its worker runs.');
        return (await this.opening).activities;
      }),
    });
    this.settings = options;
  }

  /** Lets the product's workflows take messages that nobody can decode. */
  override configureBundler(options: BundleOptions): BundleOptions {
    return withMarkingConverter(super.configureBundler(options));
  }

  override async runWorker(worker: Worker, next: (worker: Worker) => Promise<void>): Promise<void> {
    const { connection, namespace } = worker.options;
    if (connection) await ensureSearchAttributes(connection, namespace);
    this.workers.add(worker);
    try {
      this.opening ??= openRuntime(this.settings, () => this.stopping);
      const runtime = await this.opening;
      // For each worker, because one instance may be given to workers of several namespaces.
      await runtime.admit(connection ? await describeNamespace(connection, namespace) : { name: namespace });
      await next(worker);
    } finally {
      this.workers.delete(worker);
      if (this.workers.size === 0) await this.closeRuntime();
    }
  }

  /**
   * A batch that ends early is continued by the next one, so a worker that shuts down may shorten the batches of
   * another.
   */
  private get stopping(): boolean {
    return [...this.workers].some((worker) => worker.getState() !== 'RUNNING');
  }

  private async closeRuntime(): Promise<void> {
    const opened = this.opening;
    this.opening = undefined;
    const runtime = await opened?.catch(() => undefined);
    await runtime?.close();
  }
}

/** Activities that look up their implementation when they are called. */
function lateBound(implementation: () => Promise<MimecastActivities>): object {
  const call =
    (name: keyof MimecastActivities) =>
    async (...args: unknown[]): Promise<unknown> => {
      const activities = (await implementation()) as unknown as Record<
        string,
        (...args: unknown[]) => Promise<unknown>
      >;
      return await activities[name]?.(...args);
    };
  return Object.fromEntries(ACTIVITY_NAMES.map((name) => [name, call(name)]));
}
