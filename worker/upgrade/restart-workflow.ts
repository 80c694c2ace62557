import type { Client } from '@temporalio/client';
import { WorkflowIdConflictPolicy } from '@temporalio/client';
import { connectionStart, CONNECTION_WORKFLOW } from '../../contract/connection-start.js';
import { connectionWorkflowId } from '../../contract/ids.js';
import { sha256 } from '../../evidence/database/canonical.js';
import { credentialsRotated } from '../../contract/messages.js';
import { isJsonObject } from '../../model/json.js';
import { WORKFLOW_VERSION } from '../../model/workflow-version.js';
import { announcementsIn, isUntouched, unansweredUpdates, type Announcement } from './run-history.js';
import { decodedObject, isRunning, readRun, startedAs, type Run } from './runs.js';

/** Memo key of a run that an upgrade started: for which version, and in place of which run. */
const RESTART_MEMO = 'mimecastRestart';

/** A connection's workflow that was started from its row and has no completed step. */
export interface RestartedWorkflow {
  readonly runId: string;
  /** The runs before it whose messages are not known to be carried out, the oldest first. */
  readonly replaced: readonly Run[];
}

/**
 * Starts a connection's workflow from its row, and ends the run that was there, in one request of the server. A run that an
 * interrupted upgrade has started already, and no worker has touched, is taken as it is.
 *
 * @param taskQueue where there was no run before
 */
export async function restartWorkflow(
  client: Client,
  taskQueue: string,
  connectionId: string,
): Promise<RestartedWorkflow> {
  const start = connectionStart(connectionId);
  const found = await readRun(client, start.workflowId);
  if (found && isRunning(found) && isUntouched(found.events) && restartOf(found)?.version === WORKFLOW_VERSION) {
    return { runId: found.description.runId, replaced: await replacedBy(client, found) };
  }
  const inherited = found ? await startedAs(found) : { taskQueue, memo: {} };
  const from = found?.description.runId;
  const { firstExecutionRunId } = await client.workflow.start(CONNECTION_WORKFLOW, {
    ...start,
    ...inherited,
    memo: { ...inherited.memo, [RESTART_MEMO]: { version: WORKFLOW_VERSION, ...(from !== undefined && { from }) } },
    workflowIdConflictPolicy: WorkflowIdConflictPolicy.TERMINATE_EXISTING,
  });
  // Read again, now that it has ended: messages may have arrived until then.
  return {
    runId: firstExecutionRunId,
    replaced: from === undefined ? [] : await chainFrom(client, start.workflowId, from),
  };
}

async function replacedBy(client: Client, run: Run): Promise<Run[]> {
  const from = restartOf(run)?.from;
  return from === undefined ? [] : await chainFrom(client, run.description.workflowId, from);
}

/** A run, and the untouched ones before it that interrupted upgrades started one in place of the other; the oldest first. */
async function chainFrom(client: Client, workflowId: string, runId: string): Promise<Run[]> {
  const run = await readRun(client, workflowId, runId);
  if (!run) return [];
  return [...(isUntouched(run.events) ? await replacedBy(client, run) : []), run];
}

function restartOf({ description }: Run): { readonly version: number; readonly from?: string } | undefined {
  const restart = description.memo?.[RESTART_MEMO];
  if (!isJsonObject(restart) || typeof restart['version'] !== 'number') return undefined;
  const { version, from } = restart;
  return { version, ...(typeof from === 'string' && { from }) };
}

/**
 * Sends a restarted workflow, in order, the announcements of new keys that the runs before it received and that no credential
 * version came of. They are sent as they were, also those that cannot be decoded here; the server drops what it has already.
 *
 * @param digests of all credential versions: lower-case hex SHA-256 of the sealed text
 * @returns how many were sent
 */
export async function sendRotationsAgain(
  client: Client,
  connectionId: string,
  { runId, replaced }: RestartedWorkflow,
  digests: ReadonlySet<string>,
): Promise<number> {
  let sent = 0;
  for (const { description, events } of replaced) {
    for (const announcement of announcementsIn(events)) {
      const digest = await digestOf(client, announcement);
      if (digest !== undefined && digests.has(digest)) continue;
      await client.workflowService.signalWorkflowExecution({
        namespace: client.options.namespace,
        workflowExecution: { workflowId: connectionWorkflowId(connectionId), runId },
        signalName: credentialsRotated.name,
        input: announcement.input ?? null,
        header: announcement.header ?? null,
        identity: client.options.identity,
        requestId: `${description.runId}/${announcement.eventId}`,
      });
      sent += 1;
    }
  }
  return sent;
}

/** As the credential version has it that came of the announcement. */
async function digestOf(client: Client, { input }: Announcement): Promise<string | undefined> {
  const { sealed } = (await decodedObject(client, input)) ?? {};
  return typeof sealed === 'string' ? sha256(sealed).toString('hex') : undefined;
}

/** Names of the updates that the replaced runs had accepted and not answered. */
export const lostUpdates = ({ replaced }: RestartedWorkflow): string[] =>
  replaced.flatMap(({ events }) => unansweredUpdates(events));
