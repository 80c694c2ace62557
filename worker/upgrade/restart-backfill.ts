import type { Client } from '@temporalio/client';
import { WorkflowIdConflictPolicy } from '@temporalio/client';
import { backfillWorkflowId } from '../../contract/ids.js';
import { isUntouched, startInput } from './run-history.js';
import { decodedObject, isRunning, readRun, startedAs, terminateRun } from './runs.js';

/**
 * Starts a connection's running backfill again with its arguments: the ledger knows what it has read. Ends it where the
 * connection is being disconnected.
 *
 * @returns whether a backfill runs now
 */
export async function restartBackfill(
  client: Client,
  connectionId: string,
  { isLeaving }: { readonly isLeaving: boolean },
): Promise<boolean> {
  const workflowId = backfillWorkflowId(connectionId);
  const run = await readRun(client, workflowId);
  if (!run || !isRunning(run)) return false;
  if (isLeaving) {
    await terminateRun(client, workflowId, run.description.runId);
    return false;
  }
  // An upgrade that was interrupted has started it, or it has not begun: workers of this release begin it.
  if (isUntouched(run.events)) return true;

  const { from, to } = (await decodedObject(client, startInput(run.events))) ?? {};
  await client.workflow.start(run.description.type, {
    ...(await startedAs(run)),
    workflowId,
    args: [{ connectionId, from, to }],
    workflowIdConflictPolicy: WorkflowIdConflictPolicy.TERMINATE_EXISTING,
  });
  return true;
}
