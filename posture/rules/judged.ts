import type { Basis, Judgement } from '../../model/verdicts.js';
import { nextOf } from './moments.js';

/** A judgement with dates in it, and with room for what there may be none of. */
export interface Finding extends Pick<Judgement, 'verdict' | 'code' | 'reason' | 'thresholds'> {
  readonly action?: string | undefined;
  readonly basis: readonly Basis[];
  readonly details?: Judgement['details'] | undefined;
  readonly freshUntil?: Date | undefined;
  /** Moments at which the rule may say something else. Those that are over do not matter. */
  readonly turns?: readonly (Date | undefined)[];
}

export function judged(finding: Finding, now: Date): Judgement {
  const { verdict, code, reason, action, basis, thresholds, details, freshUntil, turns = [] } = finding;
  const turnsAt = nextOf([freshUntil, ...turns], now);
  return {
    verdict,
    code,
    reason,
    ...(action !== undefined && { action }),
    basis,
    ...(thresholds !== undefined && { thresholds }),
    ...(details !== undefined && Object.keys(details).length > 0 && { details }),
    ...(freshUntil !== undefined && { freshUntil: freshUntil.toISOString() }),
    ...(turnsAt !== undefined && { turnsAt: turnsAt.toISOString() }),
  };
}
