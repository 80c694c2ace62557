import { setTimeout as delay } from 'node:timers/promises';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { backfillProgress, type BackfillProgress, type BackfillResult } from '../contract/backfill.js';
import type { BackfillReport, StartedBackfill } from './reports.js';

const LOOK_EVERY_MS = 1_000;
/** How long a worker may take to answer how far it is. */
const QUERY_LIMIT_MS = 3_000;

/** How `backfill` waits for the end of the run. */
export interface AwaitBackfillOptions {
  /** Receives the progress about once a second. */
  readonly onProgress?: (progress: BackfillProgress) => void;
  /** Ends the waiting. The backfill continues. */
  readonly signal?: AbortSignal;
}

/** Waits until a backfill has ended and says how: a red or cancelled run is an answer here, not an error. */
export async function awaitBackfill(
  client: Client,
  started: StartedBackfill,
  { onProgress, signal }: AwaitBackfillOptions = {},
): Promise<BackfillReport> {
  // Of the whole chain of runs: one that goes on as a new run is waited for to its end.
  const handle = client.workflow.getHandle(started.workflowId, started.runId);
  const ended = new AbortController();
  const stop = AbortSignal.any([ended.signal, ...(signal ? [signal] : [])]);
  const reporting = onProgress ? report(client, handle, onProgress, stop) : undefined;
  try {
    const { connectionId, asked, ...result } = (await Promise.race([handle.result(), aborted(stop)])) as BackfillResult;
    return { ...started, connectionId, asked, ...result };
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    return await failed(client, started, error);
  } finally {
    ended.abort();
    await reporting;
  }
}

async function failed(
  client: Client,
  started: StartedBackfill,
  { cause }: WorkflowFailedError,
): Promise<BackfillReport> {
  const cancelled = cause instanceof CancelledFailure;
  const [detail] = cause instanceof ApplicationFailure ? (cause.details ?? []) : [];
  const last = isProgress(detail) ? detail : await progressOf(client, client.workflow.getHandle(started.workflowId));
  const { windows, pages, events, newEvents, range } = last ?? NOTHING;
  return {
    ...started,
    outcome: cancelled ? 'cancelled' : 'failed',
    windows,
    pages,
    events,
    newEvents,
    ...(range && { range }),
    ...(!cancelled && { error: cause?.message ?? 'The run ended without a result.' }),
  };
}

const NOTHING: Omit<BackfillProgress, 'connectionId' | 'state'> = {
  windows: { done: 0, failed: 0, total: 0 },
  pages: 0,
  events: 0,
  newEvents: 0,
};

const isProgress = (detail: unknown): detail is BackfillProgress =>
  typeof detail === 'object' && detail !== null && 'windows' in detail && 'pages' in detail;

/** Says, as long as a run goes on, how far it has come. Never fails: what it says is a courtesy. */
async function report(
  client: Client,
  handle: WorkflowHandle,
  onProgress: (progress: BackfillProgress) => void,
  stop: AbortSignal,
): Promise<void> {
  const newest = client.workflow.getHandle(handle.workflowId);
  try {
    while (!stop.aborted) {
      await delay(LOOK_EVERY_MS, undefined, { signal: stop });
      const progress = await progressOf(client, newest);
      if (progress) onProgress(progress);
    }
  } catch {
    // The run ended or the waiting did.
  }
}

/** What the newest run of a backfill says of itself; none when no worker answers. */
async function progressOf(client: Client, handle: WorkflowHandle): Promise<BackfillProgress | undefined> {
  try {
    return await client.withDeadline(Date.now() + QUERY_LIMIT_MS, () => handle.query(backfillProgress));
  } catch {
    return undefined;
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => {
      reject(signal.reason instanceof Error ? signal.reason : new Error('The waiting was ended.'));
    });
  });
}
