import { EXIT, type ExitCode } from '../console/exit-codes.js';
import { defined } from '../../model/json.js';

/** Verdict of a check. `skipped`: a requirement of the check is missing. */
export type Verdict = 'ok' | 'warning' | 'failure' | 'skipped';

/** Groups of checks, in display order. */
export type Group = 'machine' | 'temporal' | 'postgres' | 'ring' | 'clock' | 'connections';

/** Result of one check. The JSON of `doctor --json`. */
export interface Finding {
  readonly group: Group;
  /** Stable word for scripts. */
  readonly check: string;
  /** Id of a connection, or `<id>/<stream>`; absent for findings about all connections. */
  readonly subject?: string;
  readonly verdict: Verdict;
  /** One line for people. */
  readonly found: string;
  /** Next step; always present for warnings and failures. */
  readonly nextStep?: string;
}

/** Creates findings of one group, or about one subject. Warnings and failures require a next step. */
export interface FindingMaker {
  readonly ok: (check: string, found: string) => Finding;
  readonly warning: (check: string, found: string, nextStep: string) => Finding;
  readonly failure: (check: string, found: string, nextStep: string) => Finding;
  readonly skipped: (check: string, found: string, nextStep?: string) => Finding;
}

export function findingsOn(group: Group, subject?: string): FindingMaker {
  const made =
    (verdict: Verdict) =>
    (check: string, found: string, nextStep?: string): Finding =>
      defined({ group, check, subject, verdict, found, nextStep });
  return { ok: made('ok'), warning: made('warning'), failure: made('failure'), skipped: made('skipped') };
}

/** Returns the id of the connection that a finding is about. */
export const connectionOf = ({ subject }: Finding): string | undefined => subject?.split('/', 1)[0];

/** Name of the checks for reachable servers; the exit code depends on it. */
export const REACHABLE = 'reachable';

export function exitCodeOf(findings: readonly Finding[]): ExitCode {
  const failures = findings.filter(({ verdict }) => verdict === 'failure');
  const unreachable = failures.filter(({ check }) => check === REACHABLE).map(({ group }) => group);
  if (unreachable.includes('temporal') && unreachable.includes('postgres')) return EXIT.unreachable;
  return failures.length > 0 ? EXIT.badAnswer : EXIT.done;
}
