import type { Client, ScheduleDescription, ScheduleSpecDescription } from '@temporalio/client';
import { ScheduleNotFoundError, WorkflowNotFoundError } from '@temporalio/client';
import pMap, { pMapSkip } from 'p-map';
import { STREAM_ATTRIBUTE } from '../contract/search-attributes.js';
import { defined } from '../model/json.js';

/**
 * What Temporal has of connections, for those who want to know what is wrong: it only looks.
 *
 * A description is a query that the schedule's own workflow answers, dozens of times dearer than its line in the list. So
 * lists are for all connections, and descriptions for those that are worth it. Lists may be a moment late.
 */

/** A schedule, as the list knows it. */
export interface SeenSchedule {
  readonly paused: boolean;
  /** What whoever paused it said. */
  readonly note: string;
  readonly workflowType: string;
  /** Empty for a schedule that goes by a calendar. */
  readonly intervals: readonly { readonly everyMs: number; readonly offsetMs: number }[];
  readonly nextPollAt?: Date;
  /** Only a description knows these. */
  readonly details?: ScheduleDetails;
}

export interface ScheduleDetails {
  readonly taskQueue: string;
  readonly overlap: string;
  /** Of the runs that it starts. */
  readonly memo: Readonly<Record<string, unknown>>;
  readonly createdAt: Date;
}

/** A connection's workflow: its newest run. */
export interface SeenWorkflow {
  /** In Temporal's words: `RUNNING`, `TERMINATED`. */
  readonly status: string;
  readonly closedAt?: Date;
  /** How often its next step has been tried; only a description knows it. More than once or twice: the step fails. */
  readonly attempts?: number;
}

export interface LookLimits {
  /** The longest that one request may take. */
  readonly requestMs: number;
  /** Milliseconds since the epoch; nothing is begun after it. */
  readonly until?: number;
}

const DESCRIPTIONS = { concurrency: 16 };

/** Small enough that a busy server answers each page in time. */
const PAGE_SIZE = 200;

/** The schedules of all connections, by id; those that are not in it may not have been reached. */
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

/** The connections' workflows that run, by id; those that are not in it may not have been reached. */
export async function listWorkflows(client: Client, limits: LookLimits): Promise<Map<string, SeenWorkflow>> {
  const query = 'WorkflowType = "mimecastConnection" AND ExecutionStatus = "Running"';
  const listed = await pages(client, client.workflow.list({ query, pageSize: PAGE_SIZE }), limits);
  return new Map(listed.map(({ workflowId, status }) => [workflowId, { status: status.name }]));
}

/** Descriptions by id, of those that answered in time: `missing` when there is no such schedule. */
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

/** Descriptions by id, of those that answered in time: `missing` when there never was one, or too long ago. */
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

/** Reads a list to its end, each page in bounded time, or until a page does not come: part of it is better than nothing. */
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

/** One that fails is left out: the others are still worth knowing. */
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
