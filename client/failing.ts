import type { Client } from '@temporalio/client';
import { connectionWorkflowId } from '../contract/ids.js';
import type { ConnectionStatus } from '../contract/reports.js';
import { SECOND_MS } from '../model/time.js';
import { describeWorkflows, type SeenWorkflow } from './inspection.js';
import type { FailingConnection } from './reports.js';

/** A worker that dies costs one attempt of a workflow task; more are failures. */
const ATTEMPTS_ALLOWED = 2;

/** The longest that descriptions of workflows may take; what is not described in time counts as well. */
const DESCRIBE_FOR_MS = 5 * SECOND_MS;

/** Returns true when the next task of a workflow fails again and again. */
export const isStuck = ({ attempts = 1 }: SeenWorkflow): boolean => attempts > ATTEMPTS_ALLOWED;

/**
 * Returns the command that gets a connection going again whose workflow task fails: the run continues before the message that it
 * failed at, without the signals that came after. What they said is lost: a rotation has to be sent again.
 */
export function resetCommand(connectionId: string, namespace = 'default'): string {
  const inNamespace = namespace === 'default' ? '' : ` --namespace ${namespace}`;
  return (
    `temporal workflow reset --workflow-id ${connectionWorkflowId(connectionId)} --type LastWorkflowTask` +
    ` --reapply-exclude Signal --reason "its task failed"${inNamespace}`
  );
}

/** Returns connections whose workflow task fails again and again, by id. */
export async function stuckConnections(
  client: Client,
  connectionIds: readonly string[],
): Promise<ReadonlyMap<string, FailingConnection>> {
  const limits = { requestMs: DESCRIBE_FOR_MS, until: Date.now() + DESCRIBE_FOR_MS };
  const seen = await describeWorkflows(client, connectionIds.map(connectionWorkflowId), limits);
  const failing = connectionIds.flatMap((connectionId) => {
    const workflow = seen.get(connectionWorkflowId(connectionId));
    if (!workflow || workflow === 'missing' || !isStuck(workflow)) return [];
    return [[connectionId, stuck(client, connectionId, workflow)] as const];
  });
  return new Map(failing);
}

/** Returns the same for one connection. A disconnected one has no workflow. */
export async function stuckConnection(
  client: Client,
  connectionId: string,
  state: ConnectionStatus['state'],
): Promise<FailingConnection | undefined> {
  if (state === 'disconnected') return undefined;
  return (await stuckConnections(client, [connectionId])).get(connectionId);
}

/** Returns the failure of a connection whose row cannot be read. */
export const unreadableConnection = ({ unreadable }: ConnectionStatus): FailingConnection | undefined =>
  unreadable && {
    what: 'row',
    reason: `the stored connection cannot be read: ${unreadable.problem}`,
    fix: unreadable.fix,
  };

function stuck(client: Client, connectionId: string, { attempts = 1 }: SeenWorkflow): FailingConnection {
  const times = `${attempts - 1} ${attempts === 2 ? 'time' : 'times'}`;
  const fix = resetCommand(connectionId, client.options.namespace);
  return { what: 'workflow', reason: `the next task of its workflow has failed ${times}`, fix };
}
