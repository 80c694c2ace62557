import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../model/time.js';

/** Time range in whole seconds: requests carry no fractions. */
export interface TimeRange {
  readonly start: Date;
  readonly end: Date;
}

export interface WindowRules {
  /**
   * Oldest start of a new window, as an age. The vendor refuses more than 60 days; one hour is a margin for clock skew
   * and delays.
   */
  readonly lookBackMs: number;
  /** Oldest start of a window that is already open when it is requested, as an age: close to the vendor's limit. */
  readonly keptMs: number;
  /** Longest window, and so the most that has to be read again after a failure. */
  readonly sliceMs: number;
  /** Overlap of a poll's first window with the range already read, for events that the vendor publishes late. */
  readonly overlapMs: number;
  /** Age of a poll's end when the poll starts, so that the vendor has published all events before it. */
  readonly settlingMs: number;
  /** Length of the range that is read again for late events. */
  readonly lateEventsMs: number;
  readonly lateEventsEveryMs: number;
}

export const WINDOW_RULES: WindowRules = {
  lookBackMs: 60 * DAY_MS - HOUR_MS,
  keptMs: 60 * DAY_MS - 10 * MINUTE_MS,
  sliceMs: DAY_MS,
  overlapMs: 30 * MINUTE_MS,
  settlingMs: 5 * MINUTE_MS,
  lateEventsMs: 2 * DAY_MS,
  lateEventsEveryMs: DAY_MS,
};

/**
 * Rules for a log that is read once a day and that the vendor keeps for `vendorKeepsMs`. Late events are due after half
 * a day, so that each daily poll reads them even when it starts a little early.
 */
export function dailyWindowRules(vendorKeepsMs: number): WindowRules {
  return {
    ...WINDOW_RULES,
    lookBackMs: vendorKeepsMs - HOUR_MS,
    keptMs: vendorKeepsMs - 10 * MINUTE_MS,
    lateEventsEveryMs: DAY_MS / 2,
  };
}

export interface WindowPosition {
  /** End of the last complete window; absent before the first. */
  readonly watermark?: Date | undefined;
  /** End of the poll, from `pollEnd`. */
  readonly end: Date;
  /** True when this poll has already opened a window. The next window then starts exactly at the watermark. */
  readonly openedThisPoll: boolean;
  readonly now: Date;
  readonly rules?: WindowRules;
}

export interface NextWindow {
  readonly window: TimeRange;
  /** Range before the window that was never read and is no longer available. */
  readonly gap?: TimeRange;
}

/**
 * Returns the next range that a poll reads.
 *
 * The first window starts as far back as the vendor keeps events. Later windows start at the watermark; the first one
 * of a poll starts `overlapMs` earlier. No window is longer than a slice or starts before the look-back. Unread time
 * before the look-back is returned as a gap.
 */
export function nextWindow(position: WindowPosition): NextWindow | 'nothing-to-do' {
  const { watermark, openedThisPoll, now, rules = WINDOW_RULES } = position;
  const earliest = earliestStart(now, rules);
  const pollEndsAt = floorToSecond(position.end.getTime());
  const held = watermark === undefined ? earliest : floorToSecond(watermark.getTime());
  if (pollEndsAt <= Math.max(held, earliest)) return 'nothing-to-do';

  const wanted = watermark === undefined || openedThisPoll ? held : held - rules.overlapMs;
  const start = Math.max(wanted, earliest);
  const end = Math.min(start + rules.sliceMs, pollEndsAt);
  const window = range(start, end);
  return held < earliest ? { window, gap: range(held, earliest) } : { window };
}

/**
 * Returns the end of a poll, in the past and fixed for all its runs. It is based on the actual start of the first run,
 * because a schedule's nominal time can be an old action that was buffered.
 */
export function pollEnd(startOfFirstRun: Date, rules: WindowRules = WINDOW_RULES): Date {
  return new Date(floorToSecond(startOfFirstRun.getTime() - rules.settlingMs));
}

/**
 * Returns the start for a window that is read again from its first page. The look-back has moved since the window was
 * opened.
 */
export function clampStart(start: Date, now: Date, rules: WindowRules = WINDOW_RULES): Date {
  return new Date(Math.max(start.getTime(), earliestStart(now, rules)));
}

/**
 * Returns the range to request for an open window of which nothing was read. A range that the vendor no longer keeps is
 * moved forward; requested unchanged, it would be rejected on every attempt.
 */
export function keptRange({ start, end }: TimeRange, now: Date, rules: WindowRules = WINDOW_RULES): TimeRange {
  if (start.getTime() >= now.getTime() - rules.keptMs) return { start, end };
  const from = earliestStart(now, rules);
  return range(from, end.getTime() > from ? end.getTime() : from + rules.sliceMs);
}

export interface LateEventsPosition {
  /** End of the poll. */
  readonly end: Date;
  /** End of the last window that was read for late events. */
  readonly lateEventsReadTo?: Date | undefined;
  /** Watermark of the stream before this poll. When absent, this poll has just read everything. */
  readonly watermark?: Date | undefined;
  readonly rules?: WindowRules;
}

/** Returns the range to read again for late events. @returns undefined when it is not due */
export function lateEventsWindow(position: LateEventsPosition): TimeRange | undefined {
  const { lateEventsReadTo, watermark, rules = WINDOW_RULES } = position;
  const end = floorToSecond(position.end.getTime());
  if (watermark === undefined) return undefined;
  if (lateEventsReadTo !== undefined && end - lateEventsReadTo.getTime() < rules.lateEventsEveryMs) return undefined;
  return range(end - rules.lateEventsMs, end);
}

export interface RequestedRange {
  readonly from: Date;
  readonly to: Date;
  readonly now: Date;
  readonly rules?: WindowRules;
}

export interface BackfillRange {
  /** Part of the request that can be read now. Absent when all of it is before the look-back or too recent. */
  readonly range?: TimeRange;
  /** Part of the request that is before the look-back. */
  readonly beyondLookBack?: TimeRange;
  /** End of `range` when the request was cut: later events are not published yet, or in the future. */
  readonly cutAt?: Date;
}

/**
 * Returns the part of a requested range that can be read now: within the vendor's look-back, and at least `settlingMs`
 * old. Bounds are rounded outwards to whole seconds.
 */
export function backfillRange({ from, to, now, rules = WINDOW_RULES }: RequestedRange): BackfillRange {
  const earliest = earliestStart(now, rules);
  const settled = pollEnd(now, rules).getTime();
  const requested = { start: floorToSecond(from.getTime()), end: ceilToSecond(to.getTime()) };
  const end = Math.min(requested.end, settled);
  const start = Math.max(requested.start, earliest);
  return {
    ...(start < end && { range: range(start, end) }),
    ...(requested.start < Math.min(earliest, end) && {
      beyondLookBack: range(requested.start, Math.min(earliest, end)),
    }),
    ...(end < requested.end && { cutAt: new Date(end) }),
  };
}

/** Splits a range into windows of at most one slice, oldest first. */
export function slices({ start, end }: TimeRange, rules: WindowRules = WINDOW_RULES): TimeRange[] {
  const count = Math.ceil((end.getTime() - start.getTime()) / rules.sliceMs);
  return Array.from({ length: Math.max(count, 0) }, (_, index) => {
    const from = start.getTime() + index * rules.sliceMs;
    return range(from, Math.min(from + rules.sliceMs, end.getTime()));
  });
}

function earliestStart(now: Date, rules: WindowRules): number {
  return ceilToSecond(now.getTime() - rules.lookBackMs);
}

const ceilToSecond = (ms: number): number => Math.ceil(ms / SECOND_MS) * SECOND_MS;

const floorToSecond = (ms: number): number => Math.floor(ms / SECOND_MS) * SECOND_MS;

const range = (start: number, end: number): TimeRange => ({ start: new Date(start), end: new Date(end) });
