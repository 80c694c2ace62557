import { CONNECTION_ATTRIBUTE } from './search-attributes.js';
import { connectionWorkflowId } from './ids.js';

/** The workflow of a connection. */
export const CONNECTION_WORKFLOW = 'mimecastConnection';

/** Options with which a connection's workflow is started, whoever starts it. Its task queue is the caller's to add. */
export const connectionStart = (connectionId: string) => ({
  workflowId: connectionWorkflowId(connectionId),
  args: [{ connectionId }] as [{ connectionId: string }],
  staticSummary: `Mimecast connection ${connectionId}`,
  priority: { fairnessKey: connectionId },
  typedSearchAttributes: [{ key: CONNECTION_ATTRIBUTE, value: connectionId }],
});
