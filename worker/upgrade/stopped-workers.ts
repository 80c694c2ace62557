import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import type { ConnectionLike } from '@temporalio/client';
import { seenWorkers, type SeenPoller, type SeenWorkers } from '../pollers.js';
import { UpgradeError } from './errors.js';
import { remainingWorkers, watchWorkers, type WorkerWatch } from './worker-watch.js';

const LOOK_AGAIN_MS = 1_000;
const LOOK_LIMIT_MS = 30_000;
const MOST_NAMES = 5;

export interface StoppedWorkersOptions {
  readonly namespace: string;
  readonly taskQueues: readonly string[];
  readonly waitMs: number;
  /** Told, at each look, which workers are waited for. */
  readonly onWaiting: (identities: readonly string[]) => void;
}

/**
 * Waits until no worker polls any of the task queues.
 *
 * @throws UpgradeError naming the workers that still poll after `waitMs`
 */
export async function requireStoppedWorkers(connection: ConnectionLike, options: StoppedWorkersOptions): Promise<void> {
  const { namespace, taskQueues, waitMs, onWaiting } = options;
  const pollersOf = async (taskQueue: string): Promise<SeenPoller[]> => {
    const look = (): Promise<SeenWorkers> => seenWorkers(connection, namespace, taskQueue);
    const { workflow, activity } = await connection.withDeadline(Date.now() + LOOK_LIMIT_MS, look);
    return [...workflow, ...activity];
  };
  const deadline = performance.now() + waitMs;
  let watch: WorkerWatch = new Map();
  for (;;) {
    const seen = (await Promise.all(taskQueues.map(pollersOf))).flat();
    const now = performance.now();
    watch = watchWorkers(watch, seen, now);
    const remaining = remainingWorkers(watch, now);
    if (remaining.length === 0) return;
    if (now >= deadline) throw stillPolling(remaining, taskQueues, waitMs);
    onWaiting(remaining);
    await delay(LOOK_AGAIN_MS);
  }
}

function stillPolling(identities: readonly string[], taskQueues: readonly string[], waitMs: number): UpgradeError {
  const more = identities.length > MOST_NAMES ? ` and ${identities.length - MOST_NAMES} more` : '';
  const names = identities.slice(0, MOST_NAMES).join(', ') + more;
  const queues = taskQueues.map((queue) => `"${queue}"`).join(', ');
  return new UpgradeError(
    `Workers still poll task queue ${queues} after ${Math.round(waitMs / 1000)} s: ${names}. Nothing was changed.`,
    'Stop them, then run the same command again.',
  );
}
