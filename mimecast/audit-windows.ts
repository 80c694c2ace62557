const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Whole seconds, because requests carry no fraction. */
export interface TimeRange {
  readonly start: Date;
  readonly end: Date;
}

export interface WindowRules {
  /** How far back a window may start. The vendor refuses more than 60 days; the hour is for clocks and for the time until the call. */
  readonly lookBackMs: number;
  /** How far back the start of a window that was opened before may lie when it is asked for: nearly all that the vendor keeps. */
  readonly keptMs: number;
  /** The longest window: what a failure costs at most. */
  readonly sliceMs: number;
  /** How far a poll's first window reaches into what is already held, for events that appeared after they happened. */
  readonly overlapMs: number;
  /** How far a poll's end stays behind its start, so that events have settled when they are read. */
  readonly settlingMs: number;
  /** The range that is read once more for late events. */
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
 * The rules for a log that is read once a day and that the vendor keeps for another time. Late events are looked for with every
 * poll of the day, which may come a little early.
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
  /** End of the last complete window; none before the first. */
  readonly watermark?: Date | undefined;
  /** The poll's own end, from `pollEnd`. */
  readonly end: Date;
  /** This poll has already opened a window: the next one goes on exactly where that ended. */
  readonly openedThisPoll: boolean;
  readonly now: Date;
  readonly rules?: WindowRules;
}

export interface NextWindow {
  readonly window: TimeRange;
  /** What lies before the window, was never read, and can no longer be. */
  readonly gap?: TimeRange;
}

/**
 * The range that a poll must read next.
 *
 * The first window of all reaches back as far as the vendor keeps events, because what is not read now is gone there.
 * Later ones start at the watermark, a poll's first one a little before it. None is longer than a slice or starts before
 * the look-back; what falls out of the look-back unread is answered as a gap.
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
 * The end of a poll: fixed once, in the past. Taken from when the chain's first run really started, because a schedule's
 * own time may be an old tick that was kept in a buffer.
 */
export function pollEnd(startOfFirstRun: Date, rules: WindowRules = WINDOW_RULES): Date {
  return new Date(floorToSecond(startOfFirstRun.getTime() - rules.settlingMs));
}

/** The start for a window that is read again from its first page: the look-back has moved on since it was opened. */
export function clampStart(start: Date, now: Date, rules: WindowRules = WINDOW_RULES): Date {
  return new Date(Math.max(start.getTime(), earliestStart(now, rules)));
}

/**
 * Where a window that is open, and of which nothing was read yet, must be asked for now: where it is, or moved to what the
 * vendor still keeps. Asked for as it is, it would be refused for ever.
 */
export function keptRange({ start, end }: TimeRange, now: Date, rules: WindowRules = WINDOW_RULES): TimeRange {
  if (start.getTime() >= now.getTime() - rules.keptMs) return { start, end };
  const from = earliestStart(now, rules);
  return range(from, end.getTime() > from ? end.getTime() : from + rules.sliceMs);
}

export interface LateEventsPosition {
  /** The poll's own end. */
  readonly end: Date;
  /** End of the last such window. */
  readonly lateEventsReadTo?: Date | undefined;
  /** The stream's watermark before this poll. Without one, this poll has just read everything. */
  readonly watermark?: Date | undefined;
  readonly rules?: WindowRules;
}

/** The range to read again for events that arrived late: once a day. @returns nothing when it is not due */
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
  /** What can be asked for. None when all of the request lies before the look-back or has not settled. */
  readonly range?: TimeRange;
  /** What was asked for and lies before the look-back. */
  readonly beyondLookBack?: TimeRange;
  /** Where the request was cut at its end: what is younger has not settled, or has not happened. */
  readonly cutAt?: Date;
}

/** What of a range can be asked for now: within the vendor's look-back, and settled. In whole seconds, never less than was asked for. */
export function backfillRange({ from, to, now, rules = WINDOW_RULES }: RequestedRange): BackfillRange {
  const earliest = earliestStart(now, rules);
  const settled = pollEnd(now, rules).getTime();
  const asked = { start: floorToSecond(from.getTime()), end: ceilToSecond(to.getTime()) };
  const end = Math.min(asked.end, settled);
  const start = Math.max(asked.start, earliest);
  return {
    ...(start < end && { range: range(start, end) }),
    ...(asked.start < Math.min(earliest, end) && { beyondLookBack: range(asked.start, Math.min(earliest, end)) }),
    ...(end < asked.end && { cutAt: new Date(end) }),
  };
}

/** Cuts a range into windows of one slice at most, oldest first. */
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
