import { terminalText } from '../../model/text.js';
import type { ScheduleClient, ScheduleDescription, ScheduleHandle } from '@temporalio/client';
import { ScheduleAlreadyRunning, ScheduleNotFoundError } from '@temporalio/client';
import type { ConnectionRow } from '../../model/connection.js';
import { pollScheduleId } from '../../contract/ids.js';
import type { PolledStream } from '../../model/streams.js';
import { POLLED_STREAMS } from '../../model/streams.js';
import type { PlannedSchedule } from './schedule-plan.js';
import { PLAN_DIGEST, planSchedules } from './schedule-plan.js';

/** A pause that was made in Temporal and not through the connection. */
export interface FoundPause {
  readonly stream: PolledStream;
  readonly note: string;
}

/**
 * Reconciles a connection's schedules with its row: creates missing ones, updates those that differ, deletes unwanted
 * ones, pauses, and lifts pauses of this package. Idempotent. Only the connection's workflow calls it, one call at a
 * time.
 *
 * @param lift streams whose schedules are unpaused regardless of who paused them, unless the row pauses them
 * @returns pauses of operators, which stay
 */
export async function reconcileSchedules(
  schedules: ScheduleClient,
  row: ConnectionRow,
  taskQueue: string,
  lift: readonly PolledStream[] = [],
): Promise<FoundPause[]> {
  const planned = planSchedules(row, taskQueue);
  const wanted = new Set(planned.map(({ stream }) => stream));
  const unwanted = POLLED_STREAMS.filter((stream) => !wanted.has(stream));

  await Promise.all(
    unwanted.map(async (stream) => {
      await deleteSchedule(schedules.getHandle(pollScheduleId(row.connectionId, stream)));
    }),
  );
  const found = await Promise.all(planned.map((plan) => reconcile(schedules, plan, lift.includes(plan.stream))));
  return found.flatMap((pause) => pause ?? []);
}

/** Deletes a schedule. Idempotent. */
export async function deleteSchedule(handle: ScheduleHandle): Promise<void> {
  try {
    await handle.delete();
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error;
  }
}

/** Returns a schedule's description; undefined when there is no such schedule. */
export async function describeSchedule(handle: ScheduleHandle): Promise<ScheduleDescription | undefined> {
  try {
    return await handle.describe();
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return undefined;
    throw error;
  }
}

async function reconcile(
  schedules: ScheduleClient,
  plan: PlannedSchedule,
  lift: boolean,
): Promise<FoundPause | undefined> {
  const handle = schedules.getHandle(plan.scheduleId);
  const found = await describeSchedule(handle);
  if (!found) {
    await create(schedules, plan);
    return undefined;
  }
  if (found.action.memo?.[PLAN_DIGEST] !== plan.digest) {
    // Without its state, an update would lift every pause, the operator's too.
    await handle.update((previous) => ({ ...plan.options, state: previous.state }));
  }
  return await assertPause(handle, plan, lift);
}

async function create(schedules: ScheduleClient, plan: PlannedSchedule): Promise<void> {
  try {
    await schedules.create({
      ...plan.options,
      scheduleId: plan.scheduleId,
      ...(plan.pause && { state: { paused: true, note: ourNote(plan.pause.note) } }),
    });
  } catch (error) {
    // An earlier attempt of this activity created it.
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
  }
}

/** Prefix of this package's notes. A pause with another note is the operator's and stays. */
const OUR_NOTE = 'temporal-mimecast: ';

const ourNote = (note: string): string => OUR_NOTE + terminalText(note);

/** Sets the pause of the plan with its newest note. A pause of an operator is reported, unless it is to be lifted. */
async function assertPause(
  handle: ScheduleHandle,
  { stream, pause }: PlannedSchedule,
  lift: boolean,
): Promise<FoundPause | undefined> {
  const { state } = await handle.describe();
  const { paused, note = '' } = state;
  const ours = note.startsWith(OUR_NOTE);
  if (pause) {
    if (!paused || note !== ourNote(pause.note)) await handle.pause(ourNote(pause.note));
    return undefined;
  }
  if (!paused) return undefined;
  if (!ours && !lift) return { stream, note: note || 'paused in Temporal' };
  await handle.unpause(`${OUR_NOTE}resumed`);
  return undefined;
}
