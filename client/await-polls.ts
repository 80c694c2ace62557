import { setTimeout as delay } from 'node:timers/promises';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import type { PollResult, StartedPoll } from '../contract/reports.js';
import type { PollProgress, PollReport } from './reports.js';

const LOOK_EVERY_MS = 1_000;

/** How `poll` waits for the end of the runs. */
export interface AwaitOptions {
  /** Receives, about once a second, what each running poll is doing. */
  readonly onProgress?: (progress: PollProgress) => void;
  /** Ends the waiting. The polls continue. */
  readonly signal?: AbortSignal;
}

/** Waits until runs have ended and says how each did: a red run is an answer here, not an error. */
export async function awaitPolls(
  client: Client,
  polls: readonly StartedPoll[],
  options: AwaitOptions = {},
): Promise<PollReport[]> {
  return await Promise.all(polls.map((poll) => awaitPoll(client, poll, options)));
}

async function awaitPoll(client: Client, poll: StartedPoll, options: AwaitOptions): Promise<PollReport> {
  const handle = client.workflow.getHandle(poll.workflowId, poll.runId);
  const ended = new AbortController();
  const stop = AbortSignal.any([ended.signal, ...(options.signal ? [options.signal] : [])]);
  const reporting = options.onProgress ? report(handle, poll, options.onProgress, stop) : undefined;
  try {
    const result = (await Promise.race([handle.result(), aborted(options.signal)])) as PollResult;
    return { ...poll, ...reported(result) };
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    return { ...poll, ...failed(error) };
  } finally {
    ended.abort();
    await reporting;
  }
}

function reported({ outcome, endpoints, pages, events, newEvents, watermark, head }: PollResult): EndedPoll {
  return {
    outcome,
    endpoints,
    ...(pages !== undefined && { pages }),
    ...(events !== undefined && { events }),
    ...(newEvents !== undefined && { newEvents }),
    ...(watermark !== undefined && { watermark }),
    ...(head && { head }),
  };
}

type EndedPoll = Omit<PollReport, keyof StartedPoll>;

function failed({ cause }: WorkflowFailedError): EndedPoll {
  if (cause instanceof CancelledFailure) {
    return { outcome: 'disconnected', endpoints: [], error: 'The poll was cancelled.' };
  }
  const [result] = cause instanceof ApplicationFailure ? (cause.details ?? []) : [];
  const error = cause?.message ?? 'The run ended without a result.';
  return isPollResult(result) ? { ...reported(result), error } : { outcome: 'failed', endpoints: [], error };
}

const isPollResult = (detail: unknown): detail is PollResult =>
  typeof detail === 'object' && detail !== null && 'outcome' in detail && 'endpoints' in detail;

/** Says, as long as a run goes on, what it is doing. Never fails: what it says is a courtesy. */
async function report(
  handle: WorkflowHandle,
  { stream }: StartedPoll,
  onProgress: (progress: PollProgress) => void,
  stop: AbortSignal,
): Promise<void> {
  try {
    while (!stop.aborted) {
      await delay(LOOK_EVERY_MS, undefined, { signal: stop });
      const { raw } = await handle.describe();
      for (const { attempt, lastFailure } of raw.pendingActivities ?? []) {
        const trouble = lastFailure?.message?.split('\n', 1)[0];
        const text = trouble ? `attempt ${attempt ?? 1}; the one before: ${trouble}` : 'collecting';
        onProgress({ stream, text: `${stream}: ${text}` });
      }
    }
  } catch {
    // The run ended or the waiting did.
  }
}

function aborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => {
    signal?.addEventListener('abort', () => {
      reject(signal.reason instanceof Error ? signal.reason : new Error('The waiting was ended.'));
    });
  });
}
