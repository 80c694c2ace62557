import type { TimeRange } from '../mimecast/audit-windows.js';

export type { TimeRange };

/** The same moments as a list that is in order, disjoint, and whose ranges do not touch. Ranges without length are dropped. */
export function merged(ranges: readonly TimeRange[]): TimeRange[] {
  const result: TimeRange[] = [];
  const ordered = ranges.filter(({ start, end }) => start < end);
  for (const range of ordered.sort((a, b) => a.start.getTime() - b.start.getTime())) {
    const last = result.at(-1);
    if (!last || range.start > last.end) result.push({ start: range.start, end: range.end });
    else if (range.end > last.end) result[result.length - 1] = { start: last.start, end: range.end };
  }
  return result;
}

/** Returns the ranges without the parts that others cover, sorted and disjoint as in {@link merged}. */
export function without(ranges: readonly TimeRange[], taken: readonly TimeRange[]): TimeRange[] {
  const cuts = merged(taken);
  return merged(ranges).flatMap((range) => {
    const left: TimeRange[] = [];
    let from = range.start;
    for (const cut of cuts) {
      if (cut.end <= from) continue;
      if (cut.start >= range.end) break;
      left.push({ start: from, end: cut.start });
      from = cut.end;
    }
    left.push({ start: from, end: range.end });
    return merged(left);
  });
}

/** Returns the parts of ranges that others cover too, sorted and disjoint as in {@link merged}. */
export function common(ranges: readonly TimeRange[], others: readonly TimeRange[]): TimeRange[] {
  return without(ranges, without(ranges, others));
}

/** A range of time that may be open at either end. From `from` on, up to but not including `to`. */
export interface MomentRange {
  readonly from?: Date;
  /** The moment before which it ends. */
  readonly to?: Date;
}
