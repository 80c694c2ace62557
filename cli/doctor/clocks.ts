import { durationText, MINUTE_MS, SECOND_MS } from '../../model/time.js';
import { findingsOn, type Finding } from './finding.js';
import type { Looked } from './look.js';

const clock = findingsOn('clock');
const THIS_CLOCK = "this machine's clock";

const WARN_FROM_MS = 5 * SECOND_MS;
/** Mimecast refuses signatures for it. */
const FAIL_FROM_MS = MINUTE_MS;

/** Amount by which this machine's clock is ahead of another: between `leastMs` and `mostMs`, negative when behind. */
export interface Skew {
  readonly leastMs: number;
  readonly mostMs: number;
}

/** Returns the skew against a clock that was read between two local times. */
export function skewOf(theirs: Date, requestedAt: Date, answeredAt: Date): Skew {
  return { leastMs: requestedAt.getTime() - theirs.getTime(), mostMs: answeredAt.getTime() - theirs.getTime() };
}

/** A Temporal server forgets a worker this long after it last heard of it. */
const WORKERS_REMEMBERED_MS = 5 * MINUTE_MS;

/**
 * Returns the skew against the Temporal server, which does not expose its clock: derived from its time of the last
 * contact with a worker. That time is in the past, and not older than workers are remembered.
 */
export function skewByWorkers(lastHeardOf: Date, now: Date): Skew {
  const mostMs = now.getTime() - lastHeardOf.getTime();
  return { leastMs: mostMs - WORKERS_REMEMBERED_MS, mostMs };
}

interface Clocks {
  /** Stable word for scripts: the clock that is compared. */
  readonly check: string;
  readonly mine: string;
  readonly theirs: string;
}

export function judgeSkew({ check, mine, theirs }: Clocks, { leastMs, mostMs }: Skew): Finding {
  const aheadMs = leastMs > 0 ? leastMs : Math.min(mostMs, 0);
  const offMs = Math.abs(aheadMs);
  if (offMs > WARN_FROM_MS) {
    const found = `${mine} is ${durationText(offMs)} ${aheadMs > 0 ? 'ahead of' : 'behind'} ${theirs}`;
    const judged = offMs > FAIL_FROM_MS ? clock.failure : clock.warning;
    return judged(check, found, `Check NTP: ${mine} or ${theirs} is wrong.`);
  }
  const agrees = mostMs <= WARN_FROM_MS ? 'agrees with' : 'is not behind';
  const limit = mostMs <= WARN_FROM_MS ? '' : `, and ahead by at most ${durationText(mostMs)}`;
  return clock.ok(check, `${mine} ${agrees} ${theirs}${limit}`);
}

export function judgePostgresClock(server: Looked<{ readonly skew: Skew }>): Finding {
  if ('trouble' in server) return clock.skipped('postgres', 'Postgres is not reached');
  return judgeSkew({ check: 'postgres', mine: THIS_CLOCK, theirs: "Postgres's clock" }, server.seen.skew);
}

/** @param lastHeardOf last contact with any worker, by the server's clock */
export function judgeTemporalClock(lastHeardOf: Date | undefined, now: Date): Finding {
  if (lastHeardOf === undefined) {
    return clock.skipped(
      'temporal',
      "Temporal's clock shows only in when it last heard of a worker, and it knows of none",
    );
  }
  return judgeSkew(
    { check: 'temporal', mine: THIS_CLOCK, theirs: "the Temporal server's clock" },
    skewByWorkers(lastHeardOf, now),
  );
}
