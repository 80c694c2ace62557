import type { Client, ScheduleDescription, ScheduleSpecDescription } from '@temporalio/client';
import { ScheduleNotFoundError, WorkflowNotFoundError } from '@temporalio/client';
import pMap, { pMapSkip } from 'p-map';
import { STREAM_ATTRIBUTE } from '../contract/search-attributes.js';
import { defined } from '../model/json.js';

/**
 * Reads the state of connections from Temporal, for diagnosis. Read-only.
 *
 * A description is a query to the schedule's own workflow and costs dozens of times more than a line of the list.
 * Lists are therefore for all connections, and descriptions for selected ones. Lists may lag slightly.
 */

/** A schedule as the list shows it. */
export interface SeenSchedule {
  readonly paused: boolean;
  /** The note of the pause. */
  readonly note: string;
  readonly workflowType: string;
  /** Empty for a schedule with a calendar. */
  readonly intervals: readonly { readonly everyMs: number; readonly offsetMs: number }[];
  readonly nextPollAt?: Date;
  /** Known from a description only. */
  readonly details?: ScheduleDetails;
}

export interface ScheduleDetails {
  readonly taskQueue: string;
  readonly overlap: string;
  /** Memo of the runs that it starts. */
  readonly memo: Readonly<Record<string, unknown>>;
  readonly createdAt: Date;
}

/** The newest run of a connection's workflow. */
export interface SeenWorkflow {
  /** Status in Temporal's terms: `RUNNING`, `TERMINATED`. */
  readonly status: string;
  readonly closedAt?: Date;
  /** Number of attempts of its next workflow task; known from a description only. More than two: the task fails. */
  readonly attempts?: number;
}

export interface LookLimits {
  /** Limit of one request. */
  readonly requestMs: number;
  /** Milliseconds since the epoch; no request is started after it. */
  readonly until?: number;
}

const DESCRIPTIONS = { concurrency: 16 };

/** Small enough that a busy server answers each page in time. */
const PAGE_SIZE = 200;

/** Lists the schedules of all connections by id. Incomplete when time runs out. */
export async function listSchedules(client: Client, limits: LookLimits): Promise<Map<string, SeenSchedule>> {
  const query = `${STREAM_ATTRIBUTE.name} IS NOT NULL`;
  const listed = await pages(client, client.schedule.list({ query, pageSize: PAGE_SIZE }), limits);
  return new Map(
    listed.map(({ scheduleId, spec, action, state, info }) => {
      const [nextPollAt] = info.nextActionTimes;
      const seen = { workflowType: action?.workflowType ?? '', paused: state.paused, note: state.note ?? '' };
      return [scheduleId, { ...seen, intervals: intervalsOf(spec), ...(nextPollAt && { nextPollAt }) }];
    }),
  );
}

/** Lists the running workflows of connections by id. Incomplete when time runs out. */
export async function listWorkflows(client: Client, limits: LookLimits): Promise<Map<string, SeenWorkflow>> {
  const query = 'WorkflowType = "mimecastConnection" AND ExecutionStatus = "Running"';
  const listed = await pages(client, client.workflow.list({ query, pageSize: PAGE_SIZE }), limits);
  return new Map(listed.map(({ workflowId, status }) => [workflowId, { status: status.name }]));
}

/** Describes schedules by id, as far as they answered in time; `missing` when there is no such schedule. */
export async function describeSchedules(
  client: Client,
  scheduleIds: readonly string[],
  limits: LookLimits,
): Promise<Map<string, SeenSchedule | 'missing'>> {
  return await describeEach(client, scheduleIds, limits, async (scheduleId) => {
    try {
      return describedSchedule(await client.schedule.getHandle(scheduleId).describe());
    } catch (error) {
      if (error instanceof ScheduleNotFoundError) return 'missing';
      throw error;
    }
  });
}

/** Describes workflows by id, as far as they answered in time; `missing` when there is none, or it was deleted. */
export async function describeWorkflows(
  client: Client,
  workflowIds: readonly string[],
  limits: LookLimits,
): Promise<Map<string, SeenWorkflow | 'missing'>> {
  return await describeEach(client, workflowIds, limits, async (workflowId) => {
    try {
      const { status, closeTime, raw } = await client.workflow.getHandle(workflowId).describe();
      const attempts = raw.pendingWorkflowTask?.attempt;
      return {
        status: status.name,
        ...(closeTime && { closedAt: closeTime }),
        ...(typeof attempts === 'number' && { attempts }),
      };
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return 'missing';
      throw error;
    }
  });
}

/** Reads a list to its end, each page in bounded time. Returns what it has when a page fails or time runs out. */
async function pages<Item>(
  client: Client,
  list: AsyncIterable<Item>,
  { requestMs, until = Infinity }: LookLimits,
): Promise<Item[]> {
  const items: Item[] = [];
  const iterator = list[Symbol.asyncIterator]();
  while (Date.now() < until) {
    try {
      const next = await client.withDeadline(Date.now() + requestMs, () => iterator.next());
      if (next.done) return items;
      items.push(next.value);
    } catch {
      return items;
    }
  }
  return items;
}

/** Describes items concurrently. Those that fail are left out. */
async function describeEach<Seen>(
  client: Client,
  ids: readonly string[],
  { requestMs, until = Infinity }: LookLimits,
  describe: (id: string) => Promise<Seen>,
): Promise<Map<string, Seen>> {
  const described = async (id: string) => {
    if (Date.now() >= until) return pMapSkip;
    try {
      return [id, await client.withDeadline(Date.now() + requestMs, () => describe(id))] as const;
    } catch {
      return pMapSkip;
    }
  };
  return new Map(await pMap(ids, described, DESCRIPTIONS));
}

function describedSchedule({ spec, action, state, policies, info }: ScheduleDescription): SeenSchedule {
  const [nextPollAt] = info.nextActionTimes;
  return defined({
    workflowType: action.workflowType,
    paused: state.paused,
    note: state.note ?? '',
    intervals: intervalsOf(spec),
    nextPollAt,
    details: {
      taskQueue: action.taskQueue,
      overlap: policies.overlap ?? '',
      memo: action.memo ?? {},
      createdAt: info.createdAt,
    },
  });
}

function intervalsOf(spec: ScheduleSpecDescription | undefined): SeenSchedule['intervals'] {
  return (spec?.intervals ?? []).map(({ every, offset }) => ({ everyMs: every, offsetMs: offset }));
}
