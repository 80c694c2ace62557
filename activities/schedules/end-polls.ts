import type { Client } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/client';
import { backfillWorkflowId, pollScheduleId } from '../../contract/ids.js';
import { POLLED_STREAMS } from '../../model/streams.js';
import { deleteSchedule, describeSchedule } from './reconcile-schedules.js';

/**
 * Lists the running polls of a connection's schedules. Call it before the schedules are deleted: afterwards they are
 * unknown.
 */
export async function runningPolls(client: Client, connectionId: string): Promise<string[]> {
  const schedules = await Promise.all(
    POLLED_STREAMS.map((stream) => describeSchedule(client.schedule.getHandle(pollScheduleId(connectionId, stream)))),
  );
  return schedules.flatMap((found) => found?.info.runningActions.map(({ workflow }) => workflow.workflowId) ?? []);
}

/** Deletes a connection's schedules, and cancels its polls and its backfill. Idempotent. */
export async function endPolls(client: Client, connectionId: string, workflowIds: readonly string[]): Promise<void> {
  for (const stream of POLLED_STREAMS) {
    await deleteSchedule(client.schedule.getHandle(pollScheduleId(connectionId, stream)));
  }
  for (const workflowId of [...workflowIds, backfillWorkflowId(connectionId)]) await cancelRun(client, workflowId);
}

async function cancelRun(client: Client, workflowId: string): Promise<void> {
  try {
    await client.workflow.getHandle(workflowId).cancel();
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
}
