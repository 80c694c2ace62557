import { CONNECTION_ATTRIBUTE } from './search-attributes.js';
import { connectionWorkflowId } from './ids.js';

/** The workflow of a connection. */
export const CONNECTION_WORKFLOW = 'mimecastConnection';

/** Options that start a connection's workflow. The caller adds the task queue. */
export const connectionStart = (connectionId: string) => ({
  workflowId: connectionWorkflowId(connectionId),
  args: [{ connectionId }] as [{ connectionId: string }],
  staticSummary: `Mimecast connection ${connectionId}`,
  priority: { fairnessKey: connectionId },
  typedSearchAttributes: [{ key: CONNECTION_ATTRIBUTE, value: connectionId }],
});
