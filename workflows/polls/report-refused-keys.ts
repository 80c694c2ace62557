import { getExternalWorkflowHandle, isCancellation, log, workflowInfo } from '@temporalio/workflow';
import { connectionWorkflowId } from '../../contract/ids.js';
import { keysRefused } from '../../contract/messages.js';
import type { PolledStream } from '../../model/streams.js';

/** Reports rejected keys to the connection's workflow. Best effort: a failure to send is logged, and the run fails for its own reason. */
export async function reportRefusedKeys(connectionId: string, stream: PolledStream, version: number): Promise<void> {
  const { runId } = workflowInfo();
  try {
    await getExternalWorkflowHandle(connectionWorkflowId(connectionId)).signal(keysRefused, { version, stream, runId });
  } catch (error) {
    if (isCancellation(error)) throw error;
    log.warn('The connection could not be told that its keys were refused.', { connectionId, version });
  }
}
