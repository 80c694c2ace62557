import { continueAsNew, isCancellation, setCurrentDetails, workflowInfo } from '@temporalio/workflow';
import type { BegunLog, BegunPoll, ProtectionProgress } from '../../contract/activities.js';
import type { PollOutcome } from '../../model/outcomes.js';
import { collecting } from '../activities.js';
import { collectOne, worst, type Attempt } from './endpoint-poll.js';
import { failureOf } from '../failures.js';
import type { Collected, PollInput } from './poll.js';
import { checkedPollInput, pastSoftBudget, runPoll } from './poll.js';
import { batchSummary, logsProgressDetails } from './poll-details.js';
import type { PolledEndpoint, PollResult } from '../../contract/reports.js';
import { versioned } from '../versioning.js';
import { streamOutcome } from '../../model/outcomes.js';

const STREAM = 'threat-statistics';

/** Input of a poll of threat statistics. */
export interface ThreatStatisticsPollInput extends PollInput {
  /** Carried from run to run of one poll. The sender does not set it. */
  readonly carried?: { readonly startedAt: string; readonly progress: LogsProgress };
}

/** Progress of each log. */
export type LogsProgress = Readonly<Record<string, ProtectionProgress>>;

/** A log in this run. */
interface PolledLog extends BegunLog {
  readonly progress?: ProtectionProgress | undefined;
  /** It failed for good: the other logs are read to their ends all the same. */
  readonly failure?: unknown;
}

/**
 * One poll of what Mimecast's protections did: counts everything in the four protection logs since their last complete windows.
 * The logs are read side by side, a batch of each at a time, and each has windows of its own: one that may not be read keeps
 * none of the others back. Rows stay out of history: the activity counts them and answers how many there were.
 */
export async function mimecastPollThreatStatistics(input: ThreatStatisticsPollInput): Promise<PollResult> {
  const { connectionId, carried } = checkedPollInput(input);
  const startedAt = carried ? new Date(carried.startedAt) : workflowInfo().startTime;

  return await runPoll(connectionId, STREAM, startedAt, async (begun) => {
    let logs = logsOf(begun, carried?.progress);
    while (logs.some(goesOn)) {
      if (pastSoftBudget(startedAt, begun)) return collectedBy(connectionId, logs, []);
      const further = async (log: PolledLog): Promise<PolledLog> =>
        goesOn(log) ? await nextBatch(connectionId, begun, startedAt, log) : log;
      logs = await Promise.all(logs.map(further));
      setCurrentDetails(logsProgressDetails(logs));
      if (logs.some(goesOn) && workflowInfo().continueAsNewSuggested) {
        const progress = progressOf(logs);
        await continueAsNew<typeof mimecastPollThreatStatistics>({
          connectionId,
          carried: { startedAt: startedAt.toISOString(), progress },
        });
      }
    }
    // Totals that Mimecast reports, where its API has them. They are shown next to our counts, never added to them.
    const totals = await Promise.all(begun.endpoints.map((name) => collectOne(connectionId, STREAM, begun, name)));
    return collectedBy(connectionId, logs, totals);
  });
}

// A poll is short: it ends on the code that it began with.
versioned(mimecastPollThreatStatistics, 'PINNED');

function logsOf({ logs = [] }: BegunPoll, carried: LogsProgress = {}): PolledLog[] {
  return logs.map((log) => ({ ...log, progress: carried[log.protection] }));
}

/** Returns the progress that the next run continues from. A log that failed is tried again there. */
function progressOf(logs: readonly PolledLog[]): LogsProgress {
  return Object.fromEntries(logs.flatMap(({ protection, progress }) => (progress ? [[protection, progress]] : [])));
}

const goesOn = ({ progress, failure }: PolledLog): boolean =>
  failure === undefined && (progress === undefined || progress.state === 'more');

async function nextBatch(
  connectionId: string,
  { generation }: BegunPoll,
  startedAt: Date,
  log: PolledLog,
): Promise<PolledLog> {
  const { protection, progress: before } = log;
  const batch = {
    connectionId,
    generation,
    protection,
    runId: workflowInfo().firstExecutionRunId,
    startedAt: startedAt.toISOString(),
    windowOpened: before?.windowOpened ?? false,
  };
  const summary = `${protection}: ${batchSummary(before)}`;
  try {
    return {
      ...log,
      progress: await collecting['mimecast.collectProtectionLogs'].executeWithOptions({ summary }, [batch]),
    };
  } catch (failure) {
    if (isCancellation(failure)) throw failure;
    return { ...log, failure };
  }
}

function collectedBy(connectionId: string, logs: readonly PolledLog[], totals: readonly Attempt[]): Collected {
  const endpoints = [...logs.flatMap(polledLog), ...totals.flatMap(({ endpoint }) => endpoint ?? [])];
  const sum = (count: 'pages' | 'events' | 'newEvents'): number =>
    logs.reduce((total, { progress }) => total + (progress?.[count] ?? 0), 0);
  const watermark = logs.flatMap(({ progress }) => progress?.watermark ?? []).sort()[0];
  return {
    result: {
      connectionId,
      stream: STREAM,
      outcome: outcomeOf(logs, totals, endpoints),
      endpoints,
      pages: sum('pages'),
      events: sum('events'),
      newEvents: sum('newEvents'),
      ...(watermark !== undefined && { watermark }),
    },
    failure: worst([...logs, ...totals]),
  };
}

function outcomeOf(
  logs: readonly PolledLog[],
  totals: readonly Attempt[],
  endpoints: readonly PolledEndpoint[],
): PollOutcome {
  const has = (state: ProtectionProgress['state']): boolean => logs.some(({ progress }) => progress?.state === state);
  if (has('disconnected') || totals.some(({ endpoint }) => !endpoint)) return 'disconnected';
  if (has('superseded')) return 'superseded';
  if (logs.some(goesOn)) return 'behind';
  return streamOutcome(endpoints.map(({ outcome }) => outcome));
}

/** Returns the result of a log in this poll; empty when the log has not been read yet. */
function polledLog({ endpoint, path, progress, failure }: PolledLog): PolledEndpoint[] {
  if (failure !== undefined) return [{ endpoint, path, outcome: 'failed', error: failureOf(failure).message }];
  if (!progress) return [];
  const { state, events, permission } = progress;
  const read = events > 0 ? 'collected' : 'empty';
  const outcome = state === 'forbidden' || state === 'unavailable' ? state : read;
  return [{ endpoint, path, outcome, items: events, ...(permission !== undefined && { permission }) }];
}
