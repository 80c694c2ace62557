import { Context, log } from '@temporalio/activity';
import { postureStatus } from '../../contract/connection-status.js';
import { connectionWorkflowId } from '../../contract/ids.js';
import { postureTurned } from '../../contract/messages.js';
import type { PollResult } from '../../contract/reports.js';
import type { ActivityDependencies } from '../dependencies.js';
import { evaluateConnection, isNews } from '../posture/evaluate-connection.js';
import type { FinishedRun } from '../../contract/activities.js';
import type { Clock } from '../../evidence/database/clock.js';
import type { EvidenceStore } from '../../evidence/store.js';

/**
 * Records how a poll ended, evaluates the controls, and completes the poll's result with what only the store knows:
 * the totals of the whole poll and the head of the evidence log. The workflow history thereby becomes an independent
 * record of the head.
 */
export async function finishPoll(dependencies: ActivityDependencies, finished: FinishedRun): Promise<PollResult> {
  const { store } = dependencies;
  const { workflowId, runId, error } = finished;
  const { connectionId, stream, outcome } = finished.result;
  const totals = await totalsOf(store, finished);
  const now = await store.clock();
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
  await tellVerdicts(dependencies, connectionId, now);
  const head = await store.log.head(connectionId);
  return { ...finished.result, ...totals, ...(head && { head }) };
}

async function totalsOf(
  { ledger }: Pick<EvidenceStore, 'ledger'>,
  { result: { connectionId, stream }, firstRunId }: FinishedRun,
): Promise<Pick<PollResult, 'pages' | 'events' | 'newEvents'>> {
  if (stream !== 'audit-events' && stream !== 'threat-statistics') return {};
  const { pages, events, newEvents } = await ledger.pollCounts(connectionId, stream, firstRunId);
  return { pages, events, newEvents };
}

/**
 * Evaluates, and notifies the connection of news. Most polls bring none, and a signal for each would fill the
 * connection's history. Best effort: a signal that is lost is made up for by the connection's own next evaluation.
 */
async function tellVerdicts(dependencies: ActivityDependencies, connectionId: string, now: Clock): Promise<void> {
  const evaluated = await evaluateConnection(dependencies, connectionId, 'poll');
  if (!evaluated || !isNews(evaluated)) return;
  const headline = await dependencies.store.evaluations.headline(connectionId);
  if (!headline) return;
  const connection = Context.current().client.workflow.getHandle(connectionWorkflowId(connectionId));
  try {
    await connection.signal(postureTurned, postureStatus(headline, now()));
  } catch (error) {
    const reason = error instanceof Error ? error.name : 'unknown';
    log.warn('The connection could not be told of its new verdicts.', { connectionId, reason });
  }
}
