import { setTimeout as delay } from 'node:timers/promises';
import type { ScheduleClient, ScheduleDescription, ScheduleExecutionActionResult } from '@temporalio/client';
import { ScheduleOverlapPolicy } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { pollScheduleId } from '../../contract/ids.js';
import type { StartedPoll } from '../../contract/reports.js';
import type { PolledStream } from '../../model/streams.js';
import { describeSchedule } from './reconcile-schedules.js';

/** The longest that a triggered schedule may take to show the run that it started. */
const START_LIMIT_MS = 10_000;
const LOOK_AGAIN_MS = 50;

/**
 * Starts a poll through its schedule, or returns the run that is already in progress.
 *
 * The schedule's overlap policy applies only if it is given explicitly: a plain trigger ignores it. With `SKIP`, a
 * trigger that meets a run just started by the schedule does nothing, and that run is returned.
 */
export async function startPoll(
  schedules: ScheduleClient,
  connectionId: string,
  stream: PolledStream,
): Promise<StartedPoll> {
  const handle = schedules.getHandle(pollScheduleId(connectionId, stream));
  const before = await describeSchedule(handle);
  if (!before) throw notScheduled(connectionId, stream);

  const [going] = before.info.runningActions;
  if (going) return answer(stream, going, true);

  const known = new Set(before.info.recentActions.map(({ action }) => action.workflow.firstExecutionRunId));
  await handle.trigger(ScheduleOverlapPolicy.SKIP);
  const deadline = performance.now() + START_LIMIT_MS;
  while (performance.now() < deadline) {
    const started = newRun(await handle.describe(), known);
    if (started) return answer(stream, started, false);
    await delay(LOOK_AGAIN_MS);
  }
  throw notStarted(connectionId, stream);
}

function newRun(schedule: ScheduleDescription, known: ReadonlySet<string>): ScheduleExecutionActionResult | undefined {
  const { recentActions, runningActions } = schedule.info;
  return [...recentActions.map(({ action }) => action), ...runningActions].findLast(
    ({ workflow }) => !known.has(workflow.firstExecutionRunId),
  );
}

function answer(stream: PolledStream, { workflow }: ScheduleExecutionActionResult, joined: boolean): StartedPoll {
  return { stream, workflowId: workflow.workflowId, runId: workflow.firstExecutionRunId, joined };
}

function notScheduled(connectionId: string, stream: PolledStream): ApplicationFailure {
  return ApplicationFailure.nonRetryable(
    `${connectionId} has no schedule for ${stream}: the stream is not enabled.`,
    'MimecastStreamNotEnabled',
  );
}

function notStarted(connectionId: string, stream: PolledStream): ApplicationFailure {
  return ApplicationFailure.nonRetryable(
    `The schedule of ${stream} took the request but had started no run after ${START_LIMIT_MS / 1000} s. ` +
      `Look at "status ${connectionId}" before you send it again.`,
    'MimecastPollNotStarted',
  );
}
