import { setTimeout as delay } from 'node:timers/promises';
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import { createMimecastWorker } from '../../worker/create-worker.js';
import { serve } from '../bench-process.js';
import { usageOfThisProcess, type Usage } from '../usage.js';

export interface WorkerTask {
  readonly temporalAddress: string;
  readonly databaseUrl: string;
  readonly keyringFile: string;
  readonly taskQueue: string;
}

const LOOK_AGAIN_MS = 10;

let stopWorker: (() => Promise<void>) | undefined;

const calls = {
  /** Starts the worker; resolves when it runs. */
  async start({ temporalAddress, databaseUrl, keyringFile, taskQueue }: WorkerTask): Promise<void> {
    Runtime.install({ logger: new DefaultLogger('WARN'), shutdownSignals: [] });
    const connection = await NativeConnection.connect({ address: temporalAddress });
    const worker = await createMimecastWorker({
      databaseUrl,
      keyring: keyringFile,
      taskQueue,
      allowLoopback: true,
      connection,
    });
    const ended = worker.run();
    // A worker that is shut down before it has started never stops.
    while (worker.getState() === 'INITIALIZED') await Promise.race([delay(LOOK_AGAIN_MS), ended]);
    stopWorker = async () => {
      worker.shutdown();
      await ended;
      await connection.close();
    };
  },
  usage: (): Usage => usageOfThisProcess(),
  async stop(): Promise<void> {
    await stopWorker?.();
  },
};

export type WorkerProcess = typeof calls;

serve(calls);
