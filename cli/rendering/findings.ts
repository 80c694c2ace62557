import type { Finding, Group, Verdict } from '../doctor/finding.js';
import type { Colours } from '../console/terminal.js';

const WORDS = { ok: 'OK', warning: 'WARN', failure: 'FAIL', skipped: 'SKIP' } as const satisfies Record<
  Verdict,
  string
>;

/** Formats the findings of the doctor: one line per check, with the next step below a problem. */
export function findingLines(findings: readonly Finding[], colours: Colours): string[] {
  const width = Math.max(...findings.map((finding) => nameOf(finding).length));
  const groups = [...new Set(findings.map(({ group }) => group))];
  return [...groups.flatMap((group) => groupLines(group, findings, width, colours)), totals(findings)];
}

function groupLines(group: Group, findings: readonly Finding[], width: number, colours: Colours): string[] {
  const lines = findings
    .filter((finding) => finding.group === group)
    .flatMap((finding) => {
      const { verdict, found, nextStep } = finding;
      const word = paint(verdict, colours)(WORDS[verdict].padEnd(4));
      const next = nextStep === undefined ? [] : [`      ${colours.dim('next')}  ${nextStep}`];
      return [`${word}  ${nameOf(finding).padEnd(width)}  ${found}`, ...next];
    });
  return [colours.bold(group), ...lines, ''];
}

const nameOf = ({ check, subject }: Finding): string => (subject === undefined ? check : `${subject} ${check}`);

const paint = (verdict: Verdict, colours: Colours): ((text: string) => string) =>
  ({ ok: colours.green, warning: colours.yellow, failure: colours.red, skipped: colours.dim })[verdict];

function totals(findings: readonly Finding[]): string {
  const count = (wanted: Verdict): number => findings.filter(({ verdict }) => verdict === wanted).length;
  const failures = count('failure');
  const warnings = count('warning');
  const skipped = count('skipped');
  return [
    failures === 0 ? 'nothing failed' : `${failures} failed`,
    ...(warnings > 0 ? [warnings === 1 ? '1 warning' : `${warnings} warnings`] : []),
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
    `${count('ok')} ok`,
  ].join(', ');
}
