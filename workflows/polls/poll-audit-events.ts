import { continueAsNew, setCurrentDetails, workflowInfo } from '@temporalio/workflow';
import type { AuditProgress, BegunPoll } from '../../contract/activities.js';
import { collecting } from '../activities.js';
import type { Collected, PollInput } from './poll.js';
import { checkedPollInput, pastSoftBudget, runPoll } from './poll.js';
import { auditProgressDetails, batchSummary } from './poll-details.js';
import type { PollResult } from '../../contract/reports.js';
import { versioned } from '../versioning.js';

/** Input of a poll of the audit log. */
export interface AuditPollInput extends PollInput {
  /** Carried from run to run of one poll. The sender does not set it. */
  readonly carried?: { readonly startedAt: string; readonly progress: AuditProgress };
}

/**
 * One poll of the administrative audit log: covers everything since the last complete window, window by window and
 * page by page, and survives any restart. Pages stay out of history: the activity stores them together with the
 * checkpoint, and answers with counts.
 */
export async function mimecastPollAuditEvents(input: AuditPollInput): Promise<PollResult> {
  const { connectionId, carried } = checkedPollInput(input);
  const startedAt = carried ? new Date(carried.startedAt) : workflowInfo().startTime;

  return await runPoll(connectionId, 'audit-events', startedAt, async (begun) => {
    let progress = carried?.progress;
    do {
      if (pastSoftBudget(startedAt, begun)) return collectedBy(connectionId, progress, 'behind');
      progress = await nextBatch(connectionId, begun, startedAt, progress);
      setCurrentDetails(auditProgressDetails(progress));
      if (progress.state === 'more' && workflowInfo().continueAsNewSuggested) {
        const carried = { startedAt: startedAt.toISOString(), progress };
        await continueAsNew<typeof mimecastPollAuditEvents>({ connectionId, carried });
      }
    } while (progress.state === 'more');
    return collectedBy(connectionId, progress, progress.state);
  });
}

// A poll is short: it ends on the code that it began with.
versioned(mimecastPollAuditEvents, 'PINNED');

async function nextBatch(
  connectionId: string,
  begun: BegunPoll,
  startedAt: Date,
  before: AuditProgress | undefined,
): Promise<AuditProgress> {
  const batch = {
    connectionId,
    generation: begun.generation,
    runId: workflowInfo().firstExecutionRunId,
    startedAt: startedAt.toISOString(),
    windowOpened: before?.windowOpened ?? false,
  };
  return await collecting['mimecast.collectAuditPages'].executeWithOptions({ summary: batchSummary(before) }, [batch]);
}

function collectedBy(
  connectionId: string,
  progress: AuditProgress | undefined,
  state: Exclude<AuditProgress['state'], 'more'>,
): Collected {
  const { pages = 0, events = 0, newEvents = 0 } = progress ?? {};
  const read = events > 0 ? 'collected' : 'empty';
  const outcome = state === 'complete' ? read : state;
  const endpoint = state === 'forbidden' || state === 'unavailable' ? state : read;
  return {
    result: {
      connectionId,
      stream: 'audit-events',
      outcome,
      endpoints: progress
        ? [
            {
              endpoint: 'audit-events',
              path: progress.path,
              outcome: endpoint,
              items: events,
              ...(progress.permission !== undefined && { permission: progress.permission }),
            },
          ]
        : [],
      pages,
      events,
      newEvents,
      ...(progress?.watermark !== undefined && { watermark: progress.watermark }),
    },
  };
}
