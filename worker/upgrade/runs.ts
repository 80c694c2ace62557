import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/client';
import { decodeArrayFromPayloads } from '@temporalio/common/lib/internal-non-workflow/index.js';
import type { temporal } from '@temporalio/proto';
import { isJsonObject } from '../../model/json.js';

/** A run of a workflow: as it was started, and what happened in it. */
export interface Run {
  readonly description: WorkflowExecutionDescription;
  readonly events: readonly temporal.api.history.v1.IHistoryEvent[];
}

/** Reads a run, the newest unless it is named. None when there is no such workflow, or no such run any more. */
export async function readRun(client: Client, workflowId: string, runId?: string): Promise<Run | undefined> {
  try {
    const description = await client.workflow.getHandle(workflowId, runId).describe();
    const { events } = await client.workflow.getHandle(workflowId, description.runId).fetchHistory();
    return { description, events: events ?? [] };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}

export const isRunning = ({ description }: Run): boolean => description.status.name === 'RUNNING';

/** Ends a run; one that has ended by itself is ended. */
export async function terminateRun(client: Client, workflowId: string, runId: string): Promise<void> {
  try {
    await client.workflow.getHandle(workflowId, runId).terminate(REASON);
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
}

const REASON = 'temporal-mimecast migrate: ended, to continue on the workers of another release';

/** The options with which a run was started, for a run in its place. */
export async function startedAs({ description }: Run) {
  const { taskQueue, memo, priority } = description;
  const [staticSummary, staticDetails] = await Promise.all([description.staticSummary(), description.staticDetails()]);
  return {
    taskQueue,
    memo: memo ?? {},
    typedSearchAttributes: description.typedSearchAttributes.getAll().filter(({ key }) => !isOfServer(key.name)),
    ...(priority && { priority }),
    ...(staticSummary !== undefined && { staticSummary }),
    ...(staticDetails !== undefined && { staticDetails }),
  };
}

/** Search attributes that the server sets itself. */
const isOfServer = (name: string): boolean => name === 'BuildIds' || name.startsWith('Temporal');

/** The first payload as a JSON object; none when it is something else or cannot be decoded. */
export async function decodedObject(
  client: Client,
  input: temporal.api.common.v1.IPayloads | null | undefined,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  try {
    const [value] = await decodeArrayFromPayloads(client.options.loadedDataConverter, input?.payloads);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
