import type { BackfillBatchResult, BegunBackfill } from '../../contract/activities.js';
import { spanText } from '../../model/time.js';
import type { BackfillInput, BackfillProgress, BackfillResult, TimeSpan } from '../../contract/backfill.js';

const NOTHING = { windows: { done: 0, failed: 0, total: 0 }, pages: 0, events: 0, newEvents: 0 };

export function initialProgress({ connectionId }: BackfillInput, begun?: BegunBackfill): BackfillProgress {
  const total = begun?.windows ?? 0;
  return {
    connectionId,
    state: 'starting',
    ...NOTHING,
    ...(begun?.range && { range: begun.range, windows: { ...NOTHING.windows, total } }),
  };
}

/**
 * Returns the progress of a backfill after a batch. The remaining time is the mean time of a window so far, times the number of
 * remaining windows: their number of pages is unknown until they are read.
 *
 * @param elapsedMs since the first run began
 */
export function progressAfter(
  { connectionId, range }: BackfillProgress,
  { windows, pages, events, newEvents }: BackfillBatchResult,
  elapsedMs: number,
): BackfillProgress {
  const ended = windows.done + windows.failed;
  return {
    connectionId,
    state: 'reading',
    ...(range && { range }),
    windows,
    pages,
    events,
    newEvents,
    ...(elapsedMs > 0 && { pagesPerSecond: Math.round((pages * 10_000) / elapsedMs) / 10 }),
    ...(ended > 0 && { timeLeftMs: Math.round((elapsedMs * (windows.total - ended)) / ended) }),
  };
}

/** Returns the result of a backfill. */
export function backfillResult(input: BackfillInput, begun: BegunBackfill, last?: BackfillBatchResult): BackfillResult {
  const { windows, pages, events, newEvents } = last ?? NOTHING;
  const state = begun.disconnected ? 'disconnected' : (last?.state ?? 'complete');
  const whole = windows.failed === 0 && begun.lost.length === 0;
  const read = whole ? 'complete' : 'partial';
  return {
    connectionId: input.connectionId,
    outcome: state === 'complete' || state === 'more' ? read : state,
    asked: requestedSpan(input),
    ...(begun.range && { range: begun.range }),
    windows,
    pages,
    events,
    newEvents,
    lost: begun.lost,
    notes: notesOf(begun, windows.failed),
    ...(last?.permission !== undefined && { permission: last.permission }),
    ...(last?.head && { head: last.head }),
  };
}

export const requestedSpan = ({ from, to }: BackfillInput): TimeSpan => ({ start: from, end: to });

function notesOf({ lost, cutAt }: BegunBackfill, failed: number): string[] {
  return [
    ...lost.map(
      (span) =>
        `Not held and no longer to be had: ${spanText(span)}. Mimecast keeps 60 days. See "temporal-mimecast gaps" for what is owed of it.`,
    ),
    ...(cutAt === undefined
      ? []
      : [`It ends at ${cutAt}: what is younger has not settled, and is left to the next poll.`]),
    ...(failed === 0
      ? []
      : [
          `${failed} ${failed === 1 ? 'window was' : 'windows were'} given up. Run the backfill again to try once more.`,
        ]),
  ];
}
