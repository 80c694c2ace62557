import type { Client } from '@temporalio/client';
import { runningPolls } from '../../activities/schedules/end-polls.js';
import { startPoll } from '../../activities/schedules/poll-now.js';
import { describeSchedule } from '../../activities/schedules/reconcile-schedules.js';
import { pollScheduleId } from '../../contract/ids.js';
import { CONNECTION_ATTRIBUTE } from '../../contract/search-attributes.js';
import type { EvidenceStore } from '../../evidence/store.js';
import { isPolledStream, POLL_WORKFLOWS, POLLED_STREAMS, type PolledStream } from '../../model/streams.js';
import { isUntouched } from './run-history.js';
import { isRunning, readRun, type Run } from './runs.js';

/** Workflow ids of running polls, by connection: those that the server's index lists. */
export type ListedPolls = ReadonlyMap<string, readonly string[]>;

/** The polls of all connections that run, in one list. It may be a moment behind: each connection's schedules say the rest. */
export async function listRunningPolls(client: Client): Promise<ListedPolls> {
  const types = Object.values(POLL_WORKFLOWS).map((type) => `"${type}"`);
  const query = `ExecutionStatus = "Running" AND WorkflowType IN (${types.join(', ')})`;
  const listed = new Map<string, string[]>();
  for await (const { workflowId, typedSearchAttributes } of client.workflow.list({ query })) {
    const connectionId = typedSearchAttributes.get(CONNECTION_ATTRIBUTE);
    if (connectionId !== undefined) listed.set(connectionId, [...(listed.get(connectionId) ?? []), workflowId]);
  }
  return listed;
}

/** A poll that workers of another release have begun. */
export interface BegunPollRun {
  readonly stream: PolledStream;
  readonly workflowId: string;
  readonly runId: string;
  readonly firstRunId: string;
  readonly startedAt: Date;
}

/** Returns the polls of a connection that have begun. A poll without a completed step has not: workers of this release begin it. */
export async function begunPolls(client: Client, connectionId: string, listed: ListedPolls): Promise<BegunPollRun[]> {
  const ids = new Set([...(listed.get(connectionId) ?? []), ...(await runningPolls(client, connectionId))]);
  const runs = await Promise.all([...ids].map((workflowId) => readRun(client, workflowId)));
  return runs.flatMap((run) => (run && isRunning(run) && !isUntouched(run.events) ? begunPoll(run) : []));
}

function begunPoll({ description }: Run): BegunPollRun[] {
  const { workflowId, runId, type, startTime, raw } = description;
  const stream = POLLED_STREAMS.find((candidate) => POLL_WORKFLOWS[candidate] === type);
  // Text that is not there is empty.
  const [firstRunId = runId] = [raw.workflowExecutionInfo?.firstRunId].filter(Boolean);
  return stream ? [{ stream, workflowId, runId, firstRunId: firstRunId ?? runId, startedAt: startTime }] : [];
}

/** Records that a poll was interrupted, with what it had stored. Its open window stays in the ledger for the next poll. */
export async function recordInterrupted(
  { polls, ledger }: EvidenceStore,
  connectionId: string,
  { stream, workflowId, runId, firstRunId, startedAt }: BegunPollRun,
): Promise<void> {
  const isPaged = stream === 'audit-events' || stream === 'threat-statistics';
  const { pages, events, newEvents } = isPaged
    ? await ledger.pollCounts(connectionId, stream, firstRunId)
    : { pages: undefined, events: undefined, newEvents: undefined };
  const counts = pages === undefined ? {} : { pages, events, newEvents };
  await polls.recordInterrupted({ connectionId, stream, workflowId, runId, startedAt, ...counts });
}

/**
 * Starts the polls again whose newest record says that they were interrupted, unless their schedule is paused. Asked again, it
 * joins what it started.
 */
export async function startInterruptedPolls(
  client: Client,
  { polls }: EvidenceStore,
  connectionId: string,
): Promise<PolledStream[]> {
  const newest = await polls.latest(connectionId);
  const interrupted = newest.flatMap(({ stream, outcome }) =>
    outcome === 'interrupted' && isPolledStream(stream) ? [stream] : [],
  );
  const started = interrupted.map(async (stream) => {
    const schedule = await describeSchedule(client.schedule.getHandle(pollScheduleId(connectionId, stream)));
    // One that is missing is created by the connection's workflow, which does not know of this poll: its next one resumes.
    if (!schedule || schedule.state.paused) return [];
    await startPoll(client.schedule, connectionId, stream);
    return [stream];
  });
  return (await Promise.all(started)).flat();
}
