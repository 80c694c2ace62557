import type { Client } from '@temporalio/client';
import { CONNECTION_WORKFLOW } from '../../contract/connection-start.js';
import { connectionWorkflowId } from '../../contract/ids.js';
import type { RunningEntity } from './plan.js';

/** The connections' workflows that run, as the server's index knows them: it may be a moment behind. */
export async function listEntities(client: Client): Promise<RunningEntity[]> {
  const entities: RunningEntity[] = [];
  const query = `ExecutionStatus = "Running" AND WorkflowType = "${CONNECTION_WORKFLOW}"`;
  for await (const { workflowId, runId, taskQueue } of client.workflow.list({ query })) {
    entities.push({ connectionId: workflowId.slice(connectionWorkflowId('').length), workflowId, runId, taskQueue });
  }
  return entities;
}
