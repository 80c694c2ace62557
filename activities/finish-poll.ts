import type { EvidenceStore } from '../evidence/store.js';
import type { PollResult } from '../workflows/reports.js';
import type { FinishedRun } from './types.js';

/**
 * Records how a poll ended, and completes its result with what only the store knows: the totals of the whole poll and
 * the head of the evidence log, which makes the engine's history a second witness of it.
 */
export async function finishPoll(store: EvidenceStore, now: () => Date, finished: FinishedRun): Promise<PollResult> {
  const { workflowId, runId, firstRunId, error } = finished;
  const { connectionId, stream, outcome } = finished.result;
  const counts =
    stream === 'audit-events' ? await store.ledger.pollCounts(connectionId, stream, firstRunId) : undefined;
  const totals = counts && { pages: counts.pages, events: counts.events, newEvents: counts.newEvents };
  await store.polls.record({
    connectionId,
    stream,
    outcome,
    workflowId,
    runId,
    startedAt: new Date(finished.startedAt),
    finishedAt: now(),
    ...totals,
    ...(error !== undefined && { error }),
  });
  const head = await store.log.head(connectionId);
  return { ...finished.result, ...totals, ...(head && { head }) };
}
