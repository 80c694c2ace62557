import {
  isCancellation,
  patched,
  setCurrentDetails,
  TemporalFailure,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { BegunPoll } from '../../contract/activities.js';
import { keeping } from '../activities.js';
import { failureOf, redRun } from '../failures.js';
import { failedPollDetails, pollDetails } from './poll-details.js';
import type { PollResult } from '../../contract/reports.js';
import { OUTCOME_ATTRIBUTE } from '../../contract/search-attributes.js';
import type { PolledStream } from '../../model/streams.js';
import { tellOfRefusedKeys } from './tell-of-refused-keys.js';

/** What every poll is started with. */
export interface PollInput {
  readonly connectionId: string;
}

/** Share of the interval after which a poll begins no further batch and leaves the rest to the next poll. */
const SOFT_BUDGET = 0.8;

/** Whether a poll has lasted so long that it leaves the rest to the next one. */
export function pastSoftBudget(startedAt: Date, { everyMs }: BegunPoll): boolean {
  return Date.now() - startedAt.getTime() > SOFT_BUDGET * everyMs;
}

/** How a stream's own part of a poll ended: what it found, and the failure that makes the run red. */
export interface Collected {
  readonly result: PollResult;
  readonly failure?: unknown;
}

/**
 * What all polls have in common: find the connection, collect, record how it ended, and explain a red run in its first line.
 *
 * @throws ApplicationFailure of the type of what went wrong, with the {@link PollResult} as its detail
 */
export async function runPoll(
  connectionId: string,
  stream: PolledStream,
  startedAt: Date,
  collect: (begun: BegunPoll) => Promise<Collected>,
): Promise<PollResult> {
  const none: PollResult = { connectionId, stream, outcome: 'disconnected', endpoints: [] };
  const begun = await begin(connectionId, stream);
  const collected = begun.disconnected ? { result: none } : await attempt(none, () => collect(begun));
  const failure = collected.failure === undefined ? undefined : failureOf(collected.failure);

  upsertSearchAttributes([{ key: OUTCOME_ATTRIBUTE, value: failure?.cause ?? collected.result.outcome }]);
  const { workflowId, runId, firstExecutionRunId } = workflowInfo();
  const result = await keeping['mimecast.finishPoll']({
    result: collected.result,
    workflowId,
    runId,
    firstRunId: firstExecutionRunId,
    startedAt: startedAt.toISOString(),
    ...(failure && { error: failure.message }),
  });
  setCurrentDetails(failure ? failedPollDetails(result, failure) : pollDetails(result));
  if (!failure) return result;
  const { refusedVersion } = failure;
  // Polls of the first release ended without a word.
  if (refusedVersion !== undefined && patched('poll-tells-of-refused-keys')) {
    await tellOfRefusedKeys(connectionId, stream, refusedVersion);
  }
  throw redRun(failure, result);
}

/** What keeps a poll from beginning is told by the run alone: there may be no connection to record it for. */
async function begin(connectionId: string, stream: PolledStream): Promise<BegunPoll> {
  try {
    return await keeping['mimecast.beginPoll'](connectionId, stream);
  } catch (error) {
    if (isCancellation(error) || !(error instanceof TemporalFailure)) throw error;
    const failure = failureOf(error);
    // Polls of the first release were not found by what kept them from beginning.
    if (patched('poll-names-what-kept-it')) upsertSearchAttributes([{ key: OUTCOME_ATTRIBUTE, value: failure.cause }]);
    throw redRun(failure, { connectionId, stream, outcome: 'failed', endpoints: [] });
  }
}

async function attempt(none: PollResult, collect: () => Promise<Collected>): Promise<Collected> {
  try {
    return await collect();
  } catch (failure) {
    // What is no failure of an activity is the engine's own: a cancelled poll, or the end of a run that goes on as a new one.
    if (isCancellation(failure) || !(failure instanceof TemporalFailure)) throw failure;
    return { result: { ...none, outcome: 'failed' }, failure };
  }
}
