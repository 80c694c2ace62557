import { setTimeout as delay } from 'node:timers/promises';
import type { NativeConnection, Worker } from '@temporalio/worker';
import { EXIT } from '../console/exit-codes.js';
import { CliError } from '../console/failures.js';
import { databaseUrlOf, keyringFileOf, noTemporal } from '../reach/services.js';
import type { Settings } from '../reach/settings.js';

const LOOK_EVERY_MS = 25;

/**
 * Runs a worker while some work runs: the work starts when the worker has started, and the worker is drained when the
 * work ends.
 *
 * The SDK's `runUntil` is not suitable: it never stops a worker that is still starting when the work ends, and it hides
 * the reason why a worker did not start.
 *
 * @throws the reason why the worker does not run; CliError when Temporal does not answer
 */
export async function runWorker<Answer>(
  settings: Settings,
  work: (connection: NativeConnection) => Promise<Answer>,
): Promise<Answer> {
  const databaseUrl = databaseUrlOf(settings);
  const keyring = keyringFileOf(settings);
  const temporalWorker = await import('@temporalio/worker');
  const { createMimecastWorker } = await import('../../worker/index.js');
  const { checkpointOptions } = await import('../../worker/options.js');
  const checkpoints = checkpointOptions(settings.checkpoints);
  const { taskQueue, allowLoopback, temporal } = settings;

  const connection = await temporalWorker.NativeConnection.connect(temporal.connectionOptions).catch(() => {
    throw noTemporal(temporal);
  });
  try {
    const { namespace } = temporal;
    const worker = await createMimecastWorker({
      databaseUrl,
      keyring,
      taskQueue,
      allowLoopback,
      connection,
      namespace,
      ...(checkpoints && { checkpoints }),
    });
    return await workBeside(worker, () => work(connection));
  } finally {
    // Fails while a worker that never started still uses the connection; it then closes with the process.
    await connection.close().catch(() => undefined);
  }
}

async function workBeside<Answer>(worker: Worker, work: () => Promise<Answer>): Promise<Answer> {
  const running = worker.run();
  const ended = running.then(() => {
    throw new CliError('worker-stopped', 'The worker stopped by itself.', 'See its log.', EXIT.badAnswer);
  });
  const stop = async (): Promise<void> => {
    if (worker.getState() === 'RUNNING') worker.shutdown();
    await running;
  };
  let answer: Answer;
  try {
    await started(worker, ended);
    answer = await Promise.race([work(), ended]);
  } catch (error) {
    // The first error is reported, not that of the stop.
    await stop().catch(() => undefined);
    throw error;
  }
  await stop();
  return answer;
}

/** Waits until the worker has started, by polling its state. @throws the reason why it did not start */
async function started(worker: Worker, ended: Promise<never>): Promise<void> {
  while (worker.getState() === 'INITIALIZED') await Promise.race([delay(LOOK_EVERY_MS), ended]);
}

/** Resolves when the server knows a worker on the queue; before that the client rejects all requests. */
export async function waitForWorker(connection: NativeConnection, { temporal, taskQueue }: Settings): Promise<void> {
  const question = { namespace: temporal.namespace, taskQueue: { name: taskQueue } };
  for (;;) {
    const { pollers } = await connection.workflowService.describeTaskQueue(question);
    if (pollers.length > 0) return;
    await delay(LOOK_EVERY_MS);
  }
}
