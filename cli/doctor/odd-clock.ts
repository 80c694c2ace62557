import { durationText, SECOND_MS } from '../../model/time.js';
import type { Finding } from './finding.js';

/** A clock, by how far it is ahead of this machine's: between `leastMs` and `mostMs`, negative when behind. */
export interface ComparedClock {
  /** `Postgres (db:5432)`. */
  readonly machine: string;
  readonly leastMs: number;
  readonly mostMs: number;
}

/** Clocks that differ by less agree. */
const TOLERANCE_MS = 5 * SECOND_MS;

interface OddClock {
  readonly machine: string;
  /** Least time by which it is ahead of each of the others; negative when behind. */
  readonly aheadMs: number;
}

/** Returns the clock that differs from all others while these agree. With two clocks, either may be the wrong one. */
export function oddClock(clocks: readonly ComparedClock[]): OddClock | undefined {
  if (clocks.length < 3) return undefined;
  const odd = clocks.filter((clock) => {
    const others = clocks.filter((other) => other !== clock);
    const agree = others.every((one) => others.every((other) => gapMs(one, other) === 0));
    return agree && others.every((other) => gapMs(clock, other) !== 0);
  });
  const [only] = odd;
  if (!only || odd.length > 1) return undefined;
  const gaps = clocks.filter((clock) => clock !== only).map((other) => gapMs(only, other));
  const [least = 0] = gaps.sort((one, other) => Math.abs(one) - Math.abs(other));
  return { machine: only.machine, aheadMs: least };
}

/** Returns the least time by which the first is ahead of the second; 0 when they may agree. */
function gapMs(one: ComparedClock, other: ComparedClock): number {
  const least = one.leastMs - other.mostMs;
  const most = one.mostMs - other.leastMs;
  if (least > TOLERANCE_MS) return least;
  return most < -TOLERANCE_MS ? most : 0;
}

/** Adds to findings about clocks that differ which machine to look at. */
export function namingOddClock(findings: readonly Finding[], clocks: readonly ComparedClock[]): Finding[] {
  const nextStep = stepFor(clocks);
  return findings.map((finding) =>
    finding.verdict === 'warning' || finding.verdict === 'failure' ? { ...finding, nextStep } : finding,
  );
}

function stepFor(clocks: readonly ComparedClock[]): string {
  const odd = oddClock(clocks);
  const compared = clocks.map(({ machine }) => machine).join(', ');
  if (!odd)
    return `Check NTP on each machine: ${compared}. "temporal-mimecast doctor --test" compares Mimecast's clock too.`;
  const off = `${durationText(Math.abs(odd.aheadMs))} ${odd.aheadMs > 0 ? 'ahead of' : 'behind'}`;
  return `Check NTP on ${odd.machine}: its clock is ${off} the others (${compared}).`;
}
