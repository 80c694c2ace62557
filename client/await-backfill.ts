import type { Client } from '@temporalio/client';
import { backfillProgress, type BackfillProgress, type BackfillResult } from '../contract/backfill.js';
import { defined, isJsonObject } from '../model/json.js';
import { SECOND_MS } from '../model/time.js';
import { awaitRun, type FailedRun } from './await-run.js';
import type { BackfillReport, StartedBackfill } from './reports.js';

/** The longest that a worker may take to answer the query for progress. */
const QUERY_LIMIT_MS = 3 * SECOND_MS;

/** Options for waiting for the end of a backfill. */
export interface AwaitBackfillOptions {
  /** Called about once a second with the progress. */
  readonly onProgress?: (progress: BackfillProgress) => void;
  /** Stops the waiting. The backfill continues. */
  readonly signal?: AbortSignal;
}

/** Waits until a backfill has ended. A failed or cancelled run is an answer, not an error. */
export async function awaitBackfill(
  client: Client,
  started: StartedBackfill,
  { onProgress, signal }: AwaitBackfillOptions = {},
): Promise<BackfillReport> {
  const handle = client.workflow.getHandle<() => Promise<BackfillResult>>(started.workflowId, started.runId);
  const reportProgress = async (): Promise<void> => {
    const progress = await progressOf(client, started);
    if (progress) onProgress?.(progress);
  };
  const ended = await awaitRun(handle, { look: onProgress && reportProgress, signal });
  if ('failure' in ended) return await failedBackfill(client, started, ended.failure);
  return { ...started, ...ended.result };
}

async function failedBackfill(
  client: Client,
  started: StartedBackfill,
  { cancelled, error, detail }: FailedRun,
): Promise<BackfillReport> {
  const last = isProgress(detail) ? detail : await progressOf(client, started);
  const { windows, pages, events, newEvents, range } = last ?? NOTHING;
  const counts = defined({ windows, pages, events, newEvents, range });
  return { ...started, ...counts, ...(cancelled ? { outcome: 'cancelled' } : { outcome: 'failed', error }) };
}

const NOTHING: Omit<BackfillProgress, 'connectionId' | 'state'> = {
  windows: { done: 0, failed: 0, total: 0 },
  pages: 0,
  events: 0,
  newEvents: 0,
};

const isProgress = (detail: unknown): detail is BackfillProgress =>
  isJsonObject(detail) && 'windows' in detail && 'pages' in detail;

/** Queries the newest run; undefined when no worker answers. */
async function progressOf(client: Client, { workflowId }: StartedBackfill): Promise<BackfillProgress | undefined> {
  const newest = client.workflow.getHandle(workflowId);
  try {
    return await client.withDeadline(Date.now() + QUERY_LIMIT_MS, () => newest.query(backfillProgress));
  } catch {
    return undefined;
  }
}
