import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import pMap from 'p-map';
import { connectionWorkflowId } from '../contract/ids.js';
import type { ConnectionStatus } from '../contract/reports.js';
import { defined } from '../model/json.js';
import { unreadableConnection } from './failing.js';
import type { ListedConnection } from './reports.js';
import { credentialReport } from './status.js';

/** Concurrent requests to workflows. */
export const QUERIES = { concurrency: 20 };

/** Returns the ids of connections whose workflow is running, from the server's index, which may lag slightly. */
export async function runningConnections(client: Client): Promise<Set<string>> {
  const ids = new Set<string>();
  const query = 'WorkflowType = "mimecastConnection" AND ExecutionStatus = "Running"';
  for await (const { workflowId } of client.workflow.list({ query })) ids.add(workflowId.replace('mimecast/', ''));
  return ids;
}

/**
 * Returns the connections whose workflow should be running and is not. Those that the index lacks are checked by id.
 */
export async function missingWorkflows(
  client: Client,
  statuses: readonly ConnectionStatus[],
  running: ReadonlySet<string>,
): Promise<Set<string>> {
  const doubtful = statuses
    .filter(({ connectionId, state }) => (state === 'connected' || state === 'refused') && !running.has(connectionId))
    .map(({ connectionId }) => connectionId);
  const found = await pMap(doubtful, (connectionId) => isRunning(client, connectionId), QUERIES);
  return new Set(doubtful.filter((_, index) => found[index] === false));
}

async function isRunning(client: Client, connectionId: string): Promise<boolean> {
  try {
    const { status } = await client.workflow.getHandle(connectionWorkflowId(connectionId)).describe();
    return status.name === 'RUNNING';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}

export function listedConnection(status: ConnectionStatus, now: Date): ListedConnection {
  const { connectionId, state, baseUrl, account, credentials, pausedFor, settings, posture, refusedSince } = status;
  return defined({
    connectionId,
    state,
    failing: unreadableConnection(status),
    baseUrl,
    pausedFor,
    account,
    credentials: credentials && credentialReport(credentials, now),
    settings,
    posture,
    refusedSince,
  });
}
