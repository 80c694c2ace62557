import { findingsOn, type Finding } from './finding.js';
import type { Looked } from './look.js';

const clock = findingsOn('clock');
const MINE = "this machine's clock";

const WARN_FROM_MS = 5_000;
/** Signatures are refused for it, and the connection takes it for a clock that is off rather than for refused keys. */
const FAIL_FROM_MS = 60_000;

/** How far this machine's clock is ahead of another: somewhere from `leastMs` to `mostMs`, negative when it is behind. */
export interface Skew {
  readonly leastMs: number;
  readonly mostMs: number;
}

/** The skew against a clock that was read between two moments of ours. */
export function skewOf(theirs: Date, askedAt: Date, answeredAt: Date): Skew {
  return { leastMs: askedAt.getTime() - theirs.getTime(), mostMs: answeredAt.getTime() - theirs.getTime() };
}

/** A Temporal server forgets a worker this long after it last heard of it. */
const WORKERS_REMEMBERED_MS = 5 * 60_000;

/**
 * The skew against the Temporal server, which tells no time of its own: by the moment, on its clock, at which it last
 * heard of a worker. That moment is past, and not longer past than workers are remembered.
 */
export function skewByWorkers(lastHeardOf: Date, now: Date): Skew {
  const mostMs = now.getTime() - lastHeardOf.getTime();
  return { leastMs: mostMs - WORKERS_REMEMBERED_MS, mostMs };
}

interface Clocks {
  /** Stable word for scripts: whose clock it is compared with. */
  readonly check: string;
  readonly mine: string;
  readonly theirs: string;
}

export function judgeSkew({ check, mine, theirs }: Clocks, { leastMs, mostMs }: Skew): Finding {
  const aheadMs = leastMs > 0 ? leastMs : Math.min(mostMs, 0);
  const offMs = Math.abs(aheadMs);
  if (offMs > WARN_FROM_MS) {
    const found = `${mine} is ${seconds(offMs)} ${aheadMs > 0 ? 'ahead of' : 'behind'} ${theirs}`;
    const judged = offMs > FAIL_FROM_MS ? clock.failure : clock.warning;
    return judged(check, found, `Mend the time service (NTP): ${mine} or ${theirs} is wrong.`);
  }
  const agrees = mostMs <= WARN_FROM_MS ? 'agrees with' : 'is not behind';
  const limit = mostMs <= WARN_FROM_MS ? '' : `, and ahead by at most ${seconds(mostMs)}`;
  return clock.ok(check, `${mine} ${agrees} ${theirs}${limit}`);
}

export function judgePostgresClock(server: Looked<{ readonly skew: Skew }>): Finding {
  if ('trouble' in server) return clock.skipped('postgres', 'Postgres is not reached');
  return judgeSkew({ check: 'postgres', mine: MINE, theirs: "Postgres's clock" }, server.seen.skew);
}

/** @param lastHeardOf of any worker, by the server's clock */
export function judgeTemporalClock(lastHeardOf: Date | undefined, now: Date): Finding {
  if (lastHeardOf === undefined) {
    return clock.skipped(
      'temporal',
      "Temporal's clock shows only in when it last heard of a worker, and it knows of none",
    );
  }
  return judgeSkew(
    { check: 'temporal', mine: MINE, theirs: "the Temporal server's clock" },
    skewByWorkers(lastHeardOf, now),
  );
}

const seconds = (ms: number): string => {
  const whole = Math.round(ms / 1000);
  return whole < 120 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
};
