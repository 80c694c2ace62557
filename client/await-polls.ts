import type { Client, WorkflowHandle } from '@temporalio/client';
import type { PollResult, StartedPoll } from '../contract/reports.js';
import { defined, isJsonObject } from '../model/json.js';
import { awaitRun, type FailedRun } from './await-run.js';
import type { PollProgress, PollReport } from './reports.js';

/** Options for waiting for polls. */
export interface AwaitOptions {
  /** Called about once a second with what each running poll is doing. */
  readonly onProgress?: (progress: PollProgress) => void;
  /** Stops the waiting. The polls continue. */
  readonly signal?: AbortSignal;
}

/** Waits until polls have ended. A failed run is an answer, not an error. */
export async function awaitPolls(
  client: Client,
  polls: readonly StartedPoll[],
  { onProgress, signal }: AwaitOptions = {},
): Promise<PollReport[]> {
  const awaitPoll = async (poll: StartedPoll): Promise<PollReport> => {
    const handle = client.workflow.getHandle<() => Promise<PollResult>>(poll.workflowId, poll.runId);
    const look = onProgress && (() => reportProgress(handle, poll, onProgress));
    const ended = await awaitRun(handle, { look, signal });
    return { ...poll, ...('result' in ended ? endedPoll(ended.result) : failedPoll(ended.failure)) };
  };
  return await Promise.all(polls.map(awaitPoll));
}

type EndedPoll = Omit<PollReport, keyof StartedPoll>;

function endedPoll({ outcome, endpoints, pages, events, newEvents, watermark, head }: PollResult): EndedPoll {
  return defined({ outcome, endpoints, pages, events, newEvents, watermark, head });
}

function failedPoll({ cancelled, error, detail }: FailedRun): EndedPoll {
  if (cancelled) return { outcome: 'disconnected', endpoints: [], error: 'The poll was cancelled.' };
  return isPollResult(detail) ? { ...endedPoll(detail), error } : { outcome: 'failed', endpoints: [], error };
}

const isPollResult = (detail: unknown): detail is PollResult =>
  isJsonObject(detail) && 'outcome' in detail && 'endpoints' in detail;

async function reportProgress(
  handle: Pick<WorkflowHandle, 'describe'>,
  { stream }: StartedPoll,
  onProgress: (progress: PollProgress) => void,
): Promise<void> {
  const { raw } = await handle.describe();
  for (const { attempt, lastFailure } of raw.pendingActivities ?? []) {
    const trouble = lastFailure?.message?.split('\n', 1)[0];
    const text = trouble ? `attempt ${attempt ?? 1}; the one before: ${trouble}` : 'collecting';
    onProgress({ stream, text: `${stream}: ${text}` });
  }
}
