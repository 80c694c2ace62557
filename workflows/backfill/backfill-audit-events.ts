import {
  continueAsNew,
  isCancellation,
  setCurrentDetails,
  setHandler,
  TemporalFailure,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { BackfillBatchResult, BegunBackfill } from '../../contract/activities.js';
import { backfilling, keeping } from '../activities.js';
import {
  backfillBatchSummary,
  backfillDetails,
  backfillResultDetails,
  endedBackfillDetails,
} from './backfill-details.js';
import type { BackfillInput, BackfillProgress, BackfillResult } from '../../contract/backfill.js';
import { backfillProgress } from '../../contract/backfill.js';
import { backfillRun } from '../../contract/requests/backfill.js';
import { requestedSpan, backfillResult, initialProgress, progressAfter } from './backfill-progress.js';
import { failureOf, redRun } from '../failures.js';
import { OUTCOME_ATTRIBUTE } from '../../contract/search-attributes.js';
import { reportRefusedKeys } from '../polls/report-refused-keys.js';
import { isContinued, rejectInput } from '../start-input.js';
import { versioned } from '../versioning.js';

const STREAM = 'audit-events';

/** Input of a backfill. The sender gives the range; the rest is carried from run to run. */
export interface BackfillRun extends BackfillInput {
  /** Carried from run to run of one backfill. The sender does not set it. */
  readonly carried?: {
    readonly startedAt: string;
    readonly begun: BegunBackfill;
    readonly progress: BackfillProgress;
  };
}

/**
 * Reads the missing windows of a range of the audit log, several side by side, and survives any restart. The ledger
 * says which are missing: a cancelled backfill resumes from there when it is started again, and the windows that polls
 * have stored are not read twice. The polls' watermark is never moved.
 */
export async function mimecastBackfillAuditEvents(given: BackfillRun): Promise<BackfillResult> {
  rejectInput(backfillRun, given);
  const { connectionId, from, to } = given;
  const input: BackfillRun = isContinued() ? given : { connectionId, from, to };
  let progress = input.carried?.progress ?? initialProgress(input);
  setHandler(backfillProgress, () => progress);

  const show = (next: BackfillProgress): void => {
    progress = next;
    setCurrentDetails(backfillDetails(next));
  };
  try {
    const result = await backfill(input, () => progress, show);
    progress = { ...progress, state: result.outcome };
    upsertSearchAttributes([{ key: OUTCOME_ATTRIBUTE, value: result.outcome }]);
    setCurrentDetails(backfillResultDetails(result));
    return result;
  } catch (error) {
    // Every other error belongs to the SDK: the end of a run that continues as a new one.
    if (!(error instanceof TemporalFailure)) throw error;
    const asked = requestedSpan(input);
    if (isCancellation(error)) {
      progress = { ...progress, state: 'cancelled' };
      upsertSearchAttributes([{ key: OUTCOME_ATTRIBUTE, value: 'cancelled' }]);
      setCurrentDetails(endedBackfillDetails(progress, asked));
      throw error;
    }
    const failure = failureOf(error);
    progress = { ...progress, state: 'failed' };
    upsertSearchAttributes([{ key: OUTCOME_ATTRIBUTE, value: failure.cause }]);
    setCurrentDetails(endedBackfillDetails(progress, asked, failure));
    if (failure.refusedVersion !== undefined) {
      await reportRefusedKeys(input.connectionId, STREAM, failure.refusedVersion);
    }
    throw redRun(failure, progress);
  }
}

// It may go on for days, and would keep the workers of an old release that long.
versioned(mimecastBackfillAuditEvents, 'AUTO_UPGRADE');

async function backfill(
  input: BackfillRun,
  progress: () => BackfillProgress,
  show: (progress: BackfillProgress) => void,
): Promise<BackfillResult> {
  const { connectionId, from, to, carried } = input;
  const { startTime, firstExecutionRunId: runId } = workflowInfo();
  const startedAt = carried ? new Date(carried.startedAt) : startTime;
  const begun = carried?.begun ?? (await keeping['mimecast.beginBackfill']({ connectionId, from, to }, runId));
  const { generation, range, disconnected } = begun;
  if (disconnected || !range || begun.windows === 0) return backfillResult(input, begun);
  if (!carried) show(initialProgress(input, begun));

  let batch: BackfillBatchResult;
  do {
    const summary = backfillBatchSummary(progress());
    batch = await backfilling['mimecast.backfillAuditEvents'].executeWithOptions({ summary }, [
      { connectionId, generation, runId, range },
    ]);
    show(progressAfter(progress(), batch, Date.now() - startedAt.getTime()));
    if (batch.state === 'more' && workflowInfo().continueAsNewSuggested) {
      await continueAsNew<typeof mimecastBackfillAuditEvents>({
        connectionId,
        from,
        to,
        carried: { startedAt: startedAt.toISOString(), begun, progress: progress() },
      });
    }
  } while (batch.state === 'more');
  return backfillResult(input, begun, batch);
}
