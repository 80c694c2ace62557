import { hasStopped, type SeenPoller } from '../pollers.js';

/**
 * A live worker asks for work at least once a minute; the rest is for the way there. One that was killed is remembered by the
 * server for minutes, so only a worker that stays silent for this long is gone.
 */
const SILENT_AFTER_MS = 75_000;

/** When each worker was last heard of, and since when, on the watcher's own clock, nothing new was heard. */
export type WorkerWatch = ReadonlyMap<string, { readonly lastHeardOf: number; readonly silentFromMs: number }>;

/**
 * Adds a look at the workers of a queue to those before. The server's clock and this machine's are never compared: only
 * whether a worker was heard of again.
 *
 * @param atMs monotonic time of the look
 */
export function watchWorkers(before: WorkerWatch, seen: readonly SeenPoller[], atMs: number): WorkerWatch {
  const watch = new Map<string, { lastHeardOf: number; silentFromMs: number }>();
  for (const poller of seen) {
    if (hasStopped(poller)) continue;
    const lastHeardOf = Math.max(poller.lastHeardOf.getTime(), watch.get(poller.identity)?.lastHeardOf ?? 0);
    const known = before.get(poller.identity);
    watch.set(poller.identity, known?.lastHeardOf === lastHeardOf ? known : { lastHeardOf, silentFromMs: atMs });
  }
  return watch;
}

/** Identities of the workers that may still run. */
export function remainingWorkers(watch: WorkerWatch, atMs: number): string[] {
  return [...watch]
    .filter(([, { silentFromMs }]) => atMs - silentFromMs < SILENT_AFTER_MS)
    .map(([identity]) => identity);
}
