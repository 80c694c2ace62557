import type { Client } from '@temporalio/client';
import type { MarkedConnection } from '../../evidence/connections/workflow-versions.js';
import type { EvidenceStore } from '../../evidence/store.js';
import type { PolledStream } from '../../model/streams.js';
import { WORKFLOW_VERSION } from '../../model/workflow-version.js';
import { begunPolls, recordInterrupted, startInterruptedPolls, type ListedPolls } from './interrupted-polls.js';
import type { UpgradeStep } from './progress.js';
import { restartBackfill } from './restart-backfill.js';
import { lostUpdates, restartWorkflow, sendRotationsAgain } from './restart-workflow.js';
import { terminateRun } from './runs.js';

/** Result of restarting a connection. */
export interface RestartedConnection {
  readonly connectionId: string;
  /** Polls that were interrupted and started again. Those of paused streams are not. */
  readonly polls: readonly PolledStream[];
  /** A backfill was started again. */
  readonly backfill: boolean;
  /** Announcements of new keys that were sent again. */
  readonly rotations: number;
  /** Updates that the workflow had accepted and not answered: their senders got an error, and send them again. */
  readonly lostUpdates: readonly string[];
}

export interface RestartContext {
  readonly client: Client;
  readonly store: EvidenceStore;
  /** For connections that had no workflow. */
  readonly taskQueue: string;
  readonly listed: ListedPolls;
  readonly after: (step: UpgradeStep) => void;
}

/**
 * Restarts a connection's workflow from its row, with its polls and its backfill. Each step finds by itself what is left to do,
 * and the mark comes last: a process that dies after any of them is followed by one that comes to the same end.
 */
export async function restartConnection(
  { client, store, taskQueue, listed, after }: RestartContext,
  { connectionId, state }: MarkedConnection,
): Promise<RestartedConnection> {
  const isLeaving = state === 'disconnecting';
  const polls = await begunPolls(client, connectionId, listed);
  for (const poll of polls) await recordInterrupted(store, connectionId, poll);
  after('polls-recorded');
  for (const { workflowId, runId } of polls) await terminateRun(client, workflowId, runId);
  after('polls-ended');
  const backfill = await restartBackfill(client, connectionId, { isLeaving });
  after('backfill-restarted');
  const workflow = await restartWorkflow(client, taskQueue, connectionId);
  after('workflow-restarted');
  const digests = (await store.connections.credentialVersions(connectionId)).map(({ sealedDigest }) => sealedDigest);
  const rotations = isLeaving ? 0 : await sendRotationsAgain(client, connectionId, workflow, new Set(digests));
  after('rotations-sent');
  const started = isLeaving ? [] : await startInterruptedPolls(client, store, connectionId);
  after('polls-started');
  await store.workflowVersions.mark(connectionId, WORKFLOW_VERSION);
  after('marked');
  return { connectionId, polls: started, backfill, rotations, lostUpdates: lostUpdates(workflow) };
}
