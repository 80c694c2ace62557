import { setTimeout as delay } from 'node:timers/promises';
import { WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { SECOND_MS } from '../model/time.js';

/** A run that ended without a result. */
export interface FailedRun {
  readonly cancelled: boolean;
  readonly error: string;
  /** The first detail of its failure, where workflows put their progress. */
  readonly detail: unknown;
}

interface Watch {
  /** Called about once a second until the run has ended. Its errors are ignored. */
  readonly look?: (() => Promise<void>) | undefined;
  /** Stops the waiting. The run continues. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Waits until a run has ended, across its continuations as new runs. A failed or cancelled run is an answer, not an error.
 *
 * @throws the reason of the signal, and errors of the client other than the run's failure
 */
export async function awaitRun<Result>(
  handle: WorkflowHandle<() => Promise<Result>>,
  { look, signal }: Watch,
): Promise<{ readonly result: Result } | { readonly failure: FailedRun }> {
  const ended = new AbortController();
  const stop = AbortSignal.any([ended.signal, ...(signal ? [signal] : [])]);
  const looking = look && repeat(look, stop);
  try {
    return { result: await Promise.race([handle.result(), aborted(stop)]) };
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    return { failure: failedRun(error) };
  } finally {
    ended.abort();
    await looking;
  }
}

function failedRun({ cause }: WorkflowFailedError): FailedRun {
  return {
    cancelled: cause instanceof CancelledFailure,
    error: cause?.message ?? 'The run ended without a result.',
    detail: cause instanceof ApplicationFailure ? cause.details?.[0] : undefined,
  };
}

async function repeat(look: () => Promise<void>, stop: AbortSignal): Promise<void> {
  while (!stop.aborted) {
    await delay(SECOND_MS, undefined, { signal: stop })
      .then(look)
      .catch(() => undefined);
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const stop = (): void => {
      reject(signal.reason instanceof Error ? signal.reason : new Error('The waiting was ended.'));
    };
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop);
  });
}
