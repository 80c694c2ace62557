import type { Client } from '@temporalio/client';
import { WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from '@temporalio/client';
import type { mimecastBackfillAuditEvents } from '../workflows/backfill/backfill-audit-events.js';
import type { TimeSpan } from '../contract/backfill.js';
import { backfillWorkflowId } from '../contract/ids.js';
import { CONNECTION_ATTRIBUTE, STREAM_ATTRIBUTE } from '../contract/search-attributes.js';
import { MimecastClientError } from './errors.js';
import type { StartedBackfill } from './reports.js';
import type { BackfillRequest } from './requests.js';

/** Lower than requests that operators wait for, and than polls. The scale of the server is 1 to 5. */
const BACKFILL_PRIORITY = 5;

/** Memo key of the requested range, which can be read without a worker. */
const ASKED_MEMO = 'mimecastBackfill';

/** @throws MimecastClientError `invalid-range` */
export function backfillSpan(request: BackfillRequest, now: Date): TimeSpan {
  const { from, to = now } = request;
  if (Number.isNaN(from.getTime()) || Number.isNaN(to.getTime())) {
    throw invalidRange('One end of the range is not a date.', 'Give two dates.');
  }
  if (from >= now) {
    throw invalidRange(
      `Nothing can be read from ${iso(from)} on: that is in the future.`,
      'Give a moment in the last 60 days: Mimecast keeps no more.',
    );
  }
  if (from < to) return { start: iso(from), end: iso(to) };
  throw invalidRange(`The range is empty: ${iso(from)} is not before ${iso(to)}.`, 'Exchange or correct the two.');
}

const invalidRange = (message: string, nextStep: string): MimecastClientError =>
  new MimecastClientError('invalid-range', message, nextStep);

/** Starts a backfill, or returns the one that is running. */
export async function startBackfill(
  client: Client,
  taskQueue: string,
  connectionId: string,
  asked: TimeSpan,
): Promise<StartedBackfill> {
  const workflowId = backfillWorkflowId(connectionId);
  for (;;) {
    try {
      const handle = await client.workflow.start<typeof mimecastBackfillAuditEvents>('mimecastBackfillAuditEvents', {
        workflowId,
        taskQueue,
        args: [{ connectionId, from: asked.start, to: asked.end }],
        staticSummary: `${connectionId}: backfill of audit-events, ${asked.start} to ${asked.end}`,
        priority: { priorityKey: BACKFILL_PRIORITY, fairnessKey: connectionId },
        memo: { [ASKED_MEMO]: asked },
        typedSearchAttributes: [
          { key: CONNECTION_ATTRIBUTE, value: connectionId },
          { key: STREAM_ATTRIBUTE, value: 'audit-events' },
        ],
      });
      return { connectionId, workflowId, runId: handle.firstExecutionRunId, joined: false, asked };
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
    const running = await runningBackfill(client, connectionId);
    // A backfill that ended between the two requests no longer blocks a new one.
    if (running) return running;
  }
}

async function runningBackfill(client: Client, connectionId: string): Promise<StartedBackfill | undefined> {
  const workflowId = backfillWorkflowId(connectionId);
  const { status, memo, raw } = await client.workflow.getHandle(workflowId).describe();
  if (status.name !== 'RUNNING') return undefined;
  const runId = raw.workflowExecutionInfo?.firstRunId ?? raw.workflowExecutionInfo?.execution?.runId ?? '';
  return { connectionId, workflowId, runId, joined: true, asked: memo?.[ASKED_MEMO] as TimeSpan };
}

/** @throws MimecastClientError `backfill-running` when the running backfill has another range */
export function refuseOtherRange(
  { connectionId, workflowId, joined, asked }: StartedBackfill,
  request: BackfillRequest,
) {
  const isSame = asked.start === iso(request.from) && (request.to === undefined || asked.end === iso(request.to));
  if (!joined || isSame) return;
  throw new MimecastClientError(
    'backfill-running',
    `A backfill of ${connectionId} is already running, over ${asked.start} to ${asked.end} (${workflowId}). Nothing was started.`,
    `Wait until it has ended, or end it: temporal-mimecast backfill ${connectionId} --cancel`,
  );
}

/** @returns whether one was running */
export async function cancelBackfill(client: Client, connectionId: string): Promise<boolean> {
  try {
    // Checked first: the server accepts a cancellation of a run that was already cancelled.
    if (!(await runningBackfill(client, connectionId))) return false;
    await client.workflow.getHandle(backfillWorkflowId(connectionId)).cancel();
    return true;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}

const iso = (at: Date): string => at.toISOString();
