import { CancelledFailure, Context } from '@temporalio/activity';
import { toFailure } from './failures.js';

/** Well below the heartbeat timeout of 20 s, so that one late beat is no failure. */
const BEAT_MS = 4_000;

/**
 * Wraps an activity: heartbeats are sent by a timer while it works, because every I/O in it has a time limit of its
 * own, and every error becomes a failure that is safe to store.
 */
export function guarded<Args extends unknown[], Result>(
  perform: (...args: Args) => Promise<Result>,
): (...args: Args) => Promise<Result> {
  return async (...args) => {
    const context = Context.current();
    const beat = setInterval(() => {
      context.heartbeat();
    }, BEAT_MS);
    try {
      // A request to Temporal that hangs would keep the worker's slot for the time limit of the attempt.
      return await context.client.withAbortSignal(context.cancellationSignal, () => perform(...args));
    } catch (error) {
      if (context.cancellationSignal.aborted) throw new CancelledFailure('The activity was cancelled');
      throw toFailure(error);
    } finally {
      clearInterval(beat);
    }
  };
}
