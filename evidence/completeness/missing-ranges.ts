import type { Completeness, MissingCause, MissingRange } from '../../model/completeness.js';
import { common, merged, without, type TimeRange } from '../../model/time-ranges.js';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../model/time.js';
import { defined } from '../../model/json.js';

/** The polls' own rules, as far as they say what can be held; a test keeps the two the same. */
export const OWED_RULES = {
  /** How far back a window may start. */
  lookBackMs: 60 * DAY_MS - HOUR_MS,
  /** How far a poll's end stays behind its start. */
  settlingMs: 5 * MINUTE_MS,
} as const;

/** A first poll that is due later than this after the connect loses what the vendor drops meanwhile, and that is owed. */
const FIRST_POLL_MS = DAY_MS;

/** What is known of a stream when it is asked how complete it is. */
export interface KnownCoverage {
  /** First accepted proof of the connection's keys. */
  readonly acceptedAt: Date;
  /** Time between two polls. */
  readonly everyMs: number;
  /** The moment that is judged. */
  readonly now: Date;
  /** When it was disconnected: since then nothing is owed. */
  readonly disconnectedAt?: Date;
  /** Whether its schedule polls: enabled, connected and not paused. */
  readonly polled: boolean;
  readonly watermark?: Date;
  /** What complete windows cover. */
  readonly held: readonly TimeRange[];
  /** What was recorded as lost. */
  readonly lost: readonly TimeRange[];
  /** Windows that were given up. */
  readonly failed: readonly TimeRange[];
}

/**
 * What is owed of a stream, and every part of it that is not held with the reason. Whole seconds, as windows have them.
 *
 * - Owed begins where a first poll that came in time would have begun, and ends where one that came in time has read to.
 * - What complete windows cover is held, whatever kind they are.
 * - A recorded gap is `look-back`; else a window that was given up is `window-failed`; else what lies ahead of the watermark is
 *   `behind` while the stream is polled. The rest, `not-polled`.
 * - Fillable is what lies within the vendor's look-back, whatever the reason was.
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
