import type { WorkflowService } from '@temporalio/client';
import type { TemporalNamespace } from '../evidence/database/errors.js';

/** A namespace with the id that its server gave it. */
export async function describeNamespace(
  { workflowService }: { readonly workflowService: WorkflowService },
  name: string,
): Promise<TemporalNamespace> {
  const { namespaceInfo } = await workflowService.describeNamespace({ namespace: name });
  const id = namespaceInfo?.id;
  return id ? { name, id } : { name };
}
