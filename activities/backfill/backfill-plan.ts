import { common, without, type TimeRange } from '../../model/time-ranges.js';
import { slices } from '../../mimecast/audit-windows.js';
import type { HeldRanges } from '../../evidence/ledger/held.js';
import type { WindowRow } from '../../evidence/ledger/window.js';

/** A window that a backfill has still to read: one that an earlier batch or backfill left behind, or one to be opened. */
export type PlannedWindow = TimeRange & { readonly left?: WindowRow };

/**
 * The windows that are missing from a range, oldest first, because the vendor drops the oldest first.
 *
 * - What complete windows cover is not read again, whoever read it.
 * - Windows that a backfill left behind go on from their page, as they are, also where they reach out of the range.
 * - What this run has given up it does not try again.
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
 * What of a range before the look-back is lost: neither held, nor recorded as lost already, nor being read by a window that
 * was opened while the vendor still kept it.
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
