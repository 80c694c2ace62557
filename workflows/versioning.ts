import type { VersioningBehavior, Workflow } from '@temporalio/common';
import { setWorkflowOptions, workflowInfo } from '@temporalio/workflow';

/**
 * Says how runs of a workflow move between releases of a worker, on workers that have deployment versions. A server
 * refuses the first task of a run that says so on a worker without them, so there nothing is said.
 */
export function versioned(workflow: Workflow, versioningBehavior: VersioningBehavior): void {
  setWorkflowOptions(
    () => (workflowInfo().currentDeploymentVersion?.deploymentName ? { versioningBehavior } : {}),
    workflow,
  );
}
