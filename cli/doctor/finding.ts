import { EXIT, type ExitCode } from '../console/exit-codes.js';

/** How a check ended. `skipped`: its ground is missing, so that nothing can be said. */
export type Verdict = 'ok' | 'warning' | 'failure' | 'skipped';

/** What checks are about, in the order in which people read them. */
export type Group = 'machine' | 'temporal' | 'postgres' | 'ring' | 'clock' | 'connections';

/** What one check found. The JSON of `doctor --json`. */
export interface Finding {
  readonly group: Group;
  /** Stable word for scripts. */
  readonly check: string;
  /** A connection's id, or `<id>/<stream>`; none for what concerns all of them. */
  readonly subject?: string;
  readonly verdict: Verdict;
  /** One line for people. */
  readonly found: string;
  /** What to do about it; always there for a warning and a failure. */
  readonly nextStep?: string;
}

/** Makes the findings of one group, or about one subject. What is wrong cannot be said without its next step. */
export interface FindingMaker {
  readonly ok: (check: string, found: string) => Finding;
  readonly warning: (check: string, found: string, nextStep: string) => Finding;
  readonly failure: (check: string, found: string, nextStep: string) => Finding;
  readonly skipped: (check: string, found: string, nextStep?: string) => Finding;
}

export function findingsOn(group: Group, subject?: string): FindingMaker {
  const made =
    (verdict: Verdict) =>
    (check: string, found: string, nextStep?: string): Finding => ({
      group,
      check,
      ...(subject !== undefined && { subject }),
      verdict,
      found,
      ...(nextStep !== undefined && { nextStep }),
    });
  return { ok: made('ok'), warning: made('warning'), failure: made('failure'), skipped: made('skipped') };
}

/** The id of the connection that a finding is about. */
export const connectionOf = ({ subject }: Finding): string | undefined => subject?.split('/', 1)[0];

/** The checks that tell whether a server is there at all: named here because the exit code goes by them. */
export const REACHABLE = 'reachable';

export function exitCodeOf(findings: readonly Finding[]): ExitCode {
  const failures = findings.filter(({ verdict }) => verdict === 'failure');
  const unreachable = failures.filter(({ check }) => check === REACHABLE).map(({ group }) => group);
  if (unreachable.includes('temporal') && unreachable.includes('postgres')) return EXIT.unreachable;
  return failures.length > 0 ? EXIT.badAnswer : EXIT.done;
}
