import type { Basis, Judgement } from '../../model/verdicts.js';
import { defined } from '../../model/json.js';
import { nextOf } from './moments.js';

/** A judgement with `Date` values and optional fields. */
export interface Finding extends Pick<Judgement, 'verdict' | 'code' | 'reason' | 'thresholds'> {
  readonly action?: string | undefined;
  readonly basis: readonly Basis[];
  readonly details?: Judgement['details'] | undefined;
  readonly freshUntil?: Date | undefined;
  /** Times at which the rule may give another verdict. Past times are ignored. */
  readonly reevaluateAt?: readonly (Date | undefined)[];
}

export function judged(finding: Finding, now: Date): Judgement {
  const { verdict, code, reason, action, basis, thresholds, details, freshUntil, reevaluateAt = [] } = finding;
  const turnsAt = nextOf([freshUntil, ...reevaluateAt], now);
  return defined({
    verdict,
    code,
    reason,
    action,
    basis,
    thresholds,
    details: Object.keys(details ?? {}).length > 0 ? details : undefined,
    freshUntil: freshUntil?.toISOString(),
    turnsAt: turnsAt?.toISOString(),
  });
}
