import type { Completeness, MissingCause, MissingRange } from '../../model/completeness.js';
import { common, merged, without, type TimeRange } from '../../model/time-ranges.js';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../model/time.js';
import { defined } from '../../model/json.js';

/** The parts of the polls' rules that limit what can be held. A test keeps the two equal. */
export const OWED_RULES = {
  /** The farthest that a window may start in the past. */
  lookBackMs: 60 * DAY_MS - HOUR_MS,
  /** The time by which a poll's end stays behind its start. */
  settlingMs: 5 * MINUTE_MS,
} as const;

/**
 * A first poll that is due later than this after the connect loses what the vendor drops meanwhile, and that is owed.
 */
const FIRST_POLL_MS = DAY_MS;

/** Facts about a stream from which its completeness is computed. */
export interface KnownCoverage {
  /** First accepted proof of the connection's keys. */
  readonly acceptedAt: Date;
  /** Time between two polls. */
  readonly everyMs: number;
  /** The moment that is evaluated. */
  readonly now: Date;
  /** Time of disconnection: nothing is owed after it. */
  readonly disconnectedAt?: Date;
  /** Its schedule polls: enabled, connected and not paused. */
  readonly polled: boolean;
  readonly watermark?: Date;
  /** Ranges covered by complete windows. */
  readonly held: readonly TimeRange[];
  /** Ranges recorded as lost. */
  readonly lost: readonly TimeRange[];
  /** Ranges of failed windows. */
  readonly failed: readonly TimeRange[];
}

/**
 * Computes the owed range of a stream, and every part of it that is not held, with the cause. In whole seconds, like
 * windows.
 *
 * - The owed range begins where a first poll on time would have begun, and ends where a poll on time has read to.
 * - Ranges covered by complete windows of any kind are held.
 * - The cause is `look-back` for a recorded gap, else `window-failed` for a failed window, else `behind` after the
 *   watermark while the stream is polled, else `not-polled`.
 * - Ranges within the vendor's look-back are fillable, regardless of the cause.
 */
export function completenessOf(known: KnownCoverage): Completeness {
  const owed = owedRange(known);
  const missing = without([owed], known.held);
  return defined({
    from: owed.start,
    due: owed.end,
    watermark: known.watermark,
    gaps: withCauses(missing, known).flatMap((range) => splitAtLookBack(range, known.now)),
  });
}

function owedRange({ acceptedAt, everyMs, now, disconnectedAt = now }: KnownCoverage): TimeRange {
  const { lookBackMs, settlingMs } = OWED_RULES;
  const firstPollDue = acceptedAt.getTime() + Math.min(everyMs, FIRST_POLL_MS) + settlingMs;
  const start = Math.ceil((firstPollDue - lookBackMs) / 1000) * 1000;
  const end = Math.floor((Math.min(now.getTime(), disconnectedAt.getTime()) - everyMs - settlingMs) / 1000) * 1000;
  return { start: new Date(start), end: new Date(Math.max(start, end)) };
}

type Caused = TimeRange & { readonly cause: MissingCause };

function withCauses(missing: readonly TimeRange[], { lost, failed, watermark, polled }: KnownCoverage): Caused[] {
  const ahead = missing.map(({ start, end }) => ({ start: watermark && watermark > start ? watermark : start, end }));
  const reasons: readonly (readonly [readonly TimeRange[], MissingCause])[] = [
    [lost, 'look-back'],
    [failed, 'window-failed'],
    [ahead, polled ? 'behind' : 'not-polled'],
    [missing, 'not-polled'],
  ];
  const caused = new Map<MissingCause, TimeRange[]>();
  let rest: readonly TimeRange[] = missing;
  for (const [ranges, cause] of reasons) {
    caused.set(cause, [...(caused.get(cause) ?? []), ...common(rest, ranges)]);
    rest = without(rest, ranges);
  }
  return [...caused]
    .flatMap(([cause, ranges]) => merged(ranges).map((range) => ({ ...range, cause })))
    .sort((a, b) => a.start.getTime() - b.start.getTime());
}

function splitAtLookBack({ cause, ...range }: Caused, now: Date): MissingRange[] {
  const kept = [{ start: new Date(Math.ceil((now.getTime() - OWED_RULES.lookBackMs) / 1000) * 1000), end: range.end }];
  return [
    ...without([range], kept).map((part) => ({ ...part, cause, fillable: false })),
    ...common([range], kept).map((part) => ({ ...part, cause, fillable: true })),
  ];
}
