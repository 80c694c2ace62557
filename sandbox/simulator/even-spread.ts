import { Random } from './random.js';

export interface SpreadOptions {
  readonly seed: number;
  /** From `from` to `to`, evenly spread with some jitter. */
  readonly count: number;
  readonly from: Date;
  readonly to: Date;
  /** Goes on at the same rate after `to`, as time passes. */
  readonly ongoing: boolean;
}

/** Moments in order of time, known by their place without the ones before. */
export interface Spread {
  /** Whole seconds. */
  readonly timeMs: (index: number) => number;
  readonly countUntil: (untilMs: number) => number;
}

/** The first number of `new Random(seed, index)` is the jitter of the time: whoever goes on with it draws that first. */
export function evenSpread({ seed, count: total, from, to, ongoing }: SpreadOptions): Spread {
  const fromMs = from.getTime();
  const stepMs = (to.getTime() - fromMs) / Math.max(total, 1);
  const last = ongoing ? Infinity : total;

  const timeMs = (index: number): number => {
    const jitter = new Random(seed, index).below(1000) / 1000;
    return Math.floor((fromMs + (index + jitter) * stepMs) / 1000) * 1000;
  };
  return {
    timeMs,
    countUntil(untilMs) {
      if (total === 0 || untilMs < fromMs) return 0;
      let count = Math.min(Math.floor((untilMs - fromMs) / stepMs), last);
      while (count < last && timeMs(count) <= untilMs) count++;
      while (count > 0 && timeMs(count - 1) > untilMs) count--;
      return count;
    },
  };
}
