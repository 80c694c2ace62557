import { getExternalWorkflowHandle, isCancellation, log, workflowInfo } from '@temporalio/workflow';
import { connectionWorkflowId } from '../../contract/ids.js';
import { keysRefused } from '../../contract/messages.js';
import type { PolledStream } from '../../model/streams.js';

/** Best effort: a connection that is gone has nothing to pause, and a run that is red for its own reason stays so. */
export async function tellOfRefusedKeys(connectionId: string, stream: PolledStream, version: number): Promise<void> {
  const { runId } = workflowInfo();
  try {
    await getExternalWorkflowHandle(connectionWorkflowId(connectionId)).signal(keysRefused, { version, stream, runId });
  } catch (error) {
    if (isCancellation(error)) throw error;
    log.warn('The connection could not be told that its keys were refused.', { connectionId, version });
  }
}
