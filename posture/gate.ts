import type { ControlResult, Evaluation, Severity } from '../model/verdicts.js';

export interface PostureGate {
  /** `unknown` counts what fails, too. */
  readonly failOn: 'fail' | 'unknown';
  /** The least severe that counts. `info` is told and never counts. */
  readonly minSeverity: Exclude<Severity, 'info'>;
  /** Also count what somebody accepted or attested. */
  readonly strict: boolean;
}

/** Ascending. */
const SEVERITIES: readonly Severity[] = ['info', 'low', 'medium', 'high'];

/**
 * The controls that make a posture bad for whoever asks by a gate, in the order of the record.
 *
 * A risk that somebody accepted excuses a fail and an attestation excuses an unknown, as long as they last; the verdicts stay
 * what they are.
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

/** A record that had to be made again by now: nothing runs that would have. Verdicts are given some minutes to turn. */
export function isOverdue({ turnsAt }: Pick<Evaluation, 'turnsAt'>, now: Date): boolean {
  return turnsAt !== undefined && Date.parse(turnsAt) + OVERDUE_AFTER_MS < now.getTime();
}

const OVERDUE_AFTER_MS = 10 * 60_000;
