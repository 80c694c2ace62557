import {
  isCancellation,
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
import { pollInput } from '../../contract/requests/starts.js';
import { isContinued, rejectInput } from '../start-input.js';
import { reportRefusedKeys } from './report-refused-keys.js';

/** Input of every poll. */
export interface PollInput {
  readonly connectionId: string;
}

/**
 * Checks the input of a poll. What it carries over counts only when the run before it wrote it.
 *
 * @throws ApplicationFailure `MimecastInvalidRequest`
 */
export function checkedPollInput<Input extends PollInput & { readonly carried?: unknown }>(
  input: Input,
): Omit<Input, 'carried'> & { readonly carried?: Input['carried'] | undefined } {
  rejectInput(pollInput, input);
  return isContinued() ? input : { ...input, carried: undefined };
}

/** Share of the interval after which a poll begins no further batch. */
const SOFT_BUDGET = 0.8;

/** Returns true when a poll has run so long that it leaves the rest to the next one. */
export function pastSoftBudget(startedAt: Date, { everyMs }: BegunPoll): boolean {
  return Date.now() - startedAt.getTime() > SOFT_BUDGET * everyMs;
}

/** End of a stream's own part of a poll: its result, and the failure that fails the run. */
export interface Collected {
  readonly result: PollResult;
  readonly failure?: unknown;
}

/**
 * Runs a poll of any stream: finds the connection, collects, records the outcome, and explains a failed run in its first line.
 *
 * @throws ApplicationFailure with the cause's type and message, and the {@link PollResult} as its detail
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
  if (refusedVersion !== undefined) await reportRefusedKeys(connectionId, stream, refusedVersion);
  throw redRun(failure, result);
}

/** A poll that cannot begin fails with its reason and is not recorded: there may be no connection to record it for. */
async function begin(connectionId: string, stream: PolledStream): Promise<BegunPoll> {
  try {
    return await keeping['mimecast.beginPoll'](connectionId, stream);
  } catch (error) {
    if (isCancellation(error) || !(error instanceof TemporalFailure)) throw error;
    const failure = failureOf(error);
    upsertSearchAttributes([{ key: OUTCOME_ATTRIBUTE, value: failure.cause }]);
    throw redRun(failure, { connectionId, stream, outcome: 'failed', endpoints: [] });
  }
}

async function attempt(none: PollResult, collect: () => Promise<Collected>): Promise<Collected> {
  try {
    return await collect();
  } catch (failure) {
    // Anything but an activity's failure is the engine's own: a cancelled poll, or the end of a run that continues as new.
    if (isCancellation(failure) || !(failure instanceof TemporalFailure)) throw failure;
    return { result: { ...none, outcome: 'failed' }, failure };
  }
}
