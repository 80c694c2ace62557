import { createHash } from 'node:crypto';
import type { ScheduleOptions, ScheduleOptionsAction } from '@temporalio/client';
import { ScheduleOverlapPolicy } from '@temporalio/client';
import type { Priority } from '@temporalio/common';
import type { ConnectionRow, StreamPause } from '../../model/connection.js';
import { pollScheduleId } from '../../contract/ids.js';
import { CONNECTION_ATTRIBUTE, STREAM_ATTRIBUTE } from '../../contract/search-attributes.js';
import type { PolledStream } from '../../model/streams.js';
import { POLL_WORKFLOWS, POLLED_STREAMS } from '../../model/streams.js';
import { HOUR_MS } from '../../model/time.js';

/**
 * The largest delay that the server adds to a scheduled time, so that connections with the same offset do not start
 * at once.
 */
const JITTER_MS = 30_000;

/** A poll that takes longer is beyond its own time budget and every retry. Only then does the server end it. */
const RUN_LIMIT_MS = 48 * HOUR_MS;

/** Lower than requests that operators wait for (1, 2), higher than backfills (5). The scale of the server is 1 to 5. */
const POLL_PRIORITY = 3;

/** Memo key of the schedule's action for the digest of the plan. */
export const PLAN_DIGEST = 'mimecastPlanDigest';

/** The schedule of one stream according to the connection's row. */
export interface PlannedSchedule {
  readonly stream: PolledStream;
  readonly scheduleId: string;
  readonly options: PlannedOptions;
  /** Identifies the plan. The server rewrites specifications when it stores them, so they cannot be compared. */
  readonly digest: string;
  /** The pause that the schedule must have, if any. */
  readonly pause?: StreamPause;
}

type PlannedOptions = Omit<ScheduleOptions, 'scheduleId' | 'state' | 'memo' | 'action'> & {
  /** The SDK sends the priority; its types omit it here. */
  readonly action: ScheduleOptionsAction & { readonly priority: Priority };
};

/** Plans the schedules of a connection: one for each enabled stream. */
export function planSchedules(row: ConnectionRow, taskQueue: string): PlannedSchedule[] {
  if (row.state === 'disconnecting' || row.state === 'disconnected') return [];
  return POLLED_STREAMS.flatMap((stream) => {
    const settings = row.settings.streams[stream];
    return settings?.enabled ? [planSchedule(row, stream, settings.everyMs, taskQueue)] : [];
  });
}

function planSchedule(row: ConnectionRow, stream: PolledStream, everyMs: number, taskQueue: string): PlannedSchedule {
  const { connectionId } = row;
  const scheduleId = pollScheduleId(connectionId, stream);
  const offsetMs = scheduleOffsetMs(connectionId, stream, everyMs);
  const digest = digestOf({ connectionId, stream, everyMs, offsetMs, taskQueue, generation: row.generation });
  const pause = pauseOf(row, stream);
  return {
    stream,
    scheduleId,
    digest,
    ...(pause && { pause }),
    options: {
      spec: { intervals: [{ every: everyMs, offset: offsetMs }], jitter: JITTER_MS },
      // After an outage only the last missed time is made up for: one poll covers everything since the previous one.
      policies: { overlap: ScheduleOverlapPolicy.BUFFER_ONE, catchupWindow: everyMs },
      action: {
        type: 'startWorkflow',
        workflowType: POLL_WORKFLOWS[stream],
        workflowId: scheduleId,
        args: [{ connectionId }],
        taskQueue,
        workflowExecutionTimeout: RUN_LIMIT_MS,
        staticSummary: `${connectionId}: ${stream}`,
        // With a backlog every tenant gets its turn, regardless of the pages of others.
        priority: { priorityKey: POLL_PRIORITY, fairnessKey: connectionId },
        memo: { [PLAN_DIGEST]: digest },
        typedSearchAttributes: [
          { key: CONNECTION_ATTRIBUTE, value: connectionId },
          { key: STREAM_ATTRIBUTE, value: stream },
        ],
      },
      typedSearchAttributes: [
        { key: CONNECTION_ATTRIBUTE, value: connectionId },
        { key: STREAM_ATTRIBUTE, value: stream },
      ],
    },
  };
}

/** Returns the pause of a stream. A stream that was added while the keys are rejected is paused like the others. */
function pauseOf({ state, pauses }: ConnectionRow, stream: PolledStream): StreamPause | undefined {
  const refusals = Object.values(pauses)
    .flat()
    .filter(({ by }) => by === 'refused-keys');
  const reasons = [...(state === 'refused' ? refusals.slice(0, 1) : []), ...(pauses[stream] ?? [])];
  return reasons[0];
}

/**
 * Computes when, within its interval, a stream of a connection is polled. A hash spreads connections evenly over the
 * interval and gives each a constant offset, so that restarts and reconciliation do not move it.
 *
 * @returns whole seconds, in milliseconds, less than `everyMs`
 */
export function scheduleOffsetMs(connectionId: string, stream: string, everyMs: number): number {
  const hash = createHash('sha256').update(`${connectionId}/${stream}`).digest().readUIntBE(0, 6);
  return (hash % Math.max(1, Math.floor(everyMs / 1000))) * 1000;
}

/** Increased when the form of planned schedules changes, so that existing schedules are updated. */
const PLAN_VERSION = 1;

function digestOf(plan: Readonly<Record<string, string | number>>): string {
  return createHash('sha256')
    .update(JSON.stringify([PLAN_VERSION, Object.entries(plan).sort()]))
    .digest('hex');
}
