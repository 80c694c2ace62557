import type { ControlResult, Evaluation, Severity } from '../model/verdicts.js';
import { MINUTE_MS } from '../model/time.js';

export interface PostureGate {
  /** `unknown` includes `fail`. */
  readonly failOn: 'fail' | 'unknown';
  /** Lowest severity that counts. `info` is reported and never counts. */
  readonly minSeverity: Exclude<Severity, 'info'>;
  /** Also count controls with an accepted risk or an attestation. */
  readonly strict: boolean;
}

/** Ascending. */
const SEVERITIES: readonly Severity[] = ['info', 'low', 'medium', 'high'];

/**
 * Returns the controls that fail a gate, in the order of the record.
 *
 * An accepted risk excuses a fail, and an attestation excuses an unknown, until they expire. The verdicts do not
 * change.
 */
export function postureFailures({ controls }: Pick<Evaluation, 'controls'>, gate: PostureGate): ControlResult[] {
  const least = SEVERITIES.indexOf(gate.minSeverity);
  return controls.filter((control) => {
    const { verdict, severity } = control;
    const counts = verdict === 'fail' || (verdict === 'unknown' && gate.failOn === 'unknown');
    return counts && SEVERITIES.indexOf(severity) >= least && (gate.strict || !isExcused(control));
  });
}

function isExcused({ verdict, annotations }: ControlResult): boolean {
  const excuse = verdict === 'fail' ? 'accepted-risk' : 'attestation';
  return annotations.some(({ kind, expired }) => kind === excuse && !expired);
}

/** True when the evaluation should have been renewed more than ten minutes ago, which means that no worker runs. */
export function isOverdue({ turnsAt }: Pick<Evaluation, 'turnsAt'>, now: Date): boolean {
  return turnsAt !== undefined && Date.parse(turnsAt) + OVERDUE_AFTER_MS < now.getTime();
}

const OVERDUE_AFTER_MS = 10 * MINUTE_MS;
