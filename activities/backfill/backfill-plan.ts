import { common, without, type TimeRange } from '../../model/time-ranges.js';
import { slices } from '../../mimecast/audit-windows.js';
import type { HeldRanges } from '../../evidence/ledger/held.js';
import type { WindowRow } from '../../evidence/ledger/window.js';

/** A window that a backfill has to read: left behind by an earlier batch or backfill, or to be opened. */
export type PlannedWindow = TimeRange & { readonly left?: WindowRow };

/**
 * Plans the windows that are missing from a range, oldest first, because the vendor drops the oldest first.
 *
 * - Ranges covered by complete windows are not read again, regardless of what read them.
 * - Windows that a backfill left behind resume from their page unchanged, even if they extend beyond the range.
 * - Windows that failed in this run are not tried again.
 * - The rest is cut into slices.
 */
export function planBackfill(
  range: TimeRange,
  { held, unfinished, failed }: HeldRanges,
  runId: string,
): PlannedWindow[] {
  const left = unfinished.filter((window) => window.state === 'filling' && overlaps(window, range));
  const givenUp = failed.filter((window) => window.runId === runId);
  const missing = without([range], [...held, ...left, ...givenUp]);
  const planned: PlannedWindow[] = [
    ...left.map((window) => ({ start: window.start, end: window.end, left: window })),
    ...missing.flatMap((part) => slices(part)),
  ];
  return planned.sort((a, b) => a.start.getTime() - b.start.getTime());
}

/**
 * Returns the lost parts of a range before the look-back: not held, not recorded as lost, and not being read by a
 * window that was opened while the vendor still kept it.
 */
export function lostFrom(
  range: TimeRange,
  { held, unfinished }: HeldRanges,
  recorded: readonly TimeRange[],
): { readonly lost: TimeRange[]; readonly toRecord: TimeRange[] } {
  const lost = without([range], [...held, ...unfinished.filter(({ pages }) => pages > 0)]);
  return { lost, toRecord: without(lost, recorded) };
}

const overlaps = (one: TimeRange, other: TimeRange): boolean => common([one], [other]).length > 0;
