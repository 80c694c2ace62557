import type { ControlResult, StoredEvaluation, Summary, Verdict } from '../../model/verdicts.js';
import { minuteOf, dayOf } from '../../model/time.js';
import type { Colours } from '../console/terminal.js';
import { paragraph } from './paragraph.js';
import { table } from './table.js';

/** Formats all controls, worst first. */
export function postureLines(
  evaluation: StoredEvaluation,
  { all }: { readonly all: boolean },
  colours: Colours,
): string[] {
  const shown = worstFirst(evaluation.controls).filter(({ verdict }) => all || verdict !== 'pass');
  return [
    headLine(evaluation, colours),
    '',
    ...(shown.length === 0 ? ['Every control passes.'] : controlLines(shown, colours)),
    '',
    summaryLine(evaluation, all),
  ];
}

const ORDER: readonly Verdict[] = ['fail', 'unknown', 'not-applicable', 'pass'];
const SEVERITY_ORDER = ['high', 'medium', 'low', 'info'];

function worstFirst(controls: readonly ControlResult[]): ControlResult[] {
  const rank = ({ verdict, severity }: ControlResult): number =>
    ORDER.indexOf(verdict) * SEVERITY_ORDER.length + SEVERITY_ORDER.indexOf(severity);
  return controls.toSorted((a, b) => rank(a) - rank(b));
}

function headLine({ connectionId, accountCode, at, sequence }: StoredEvaluation, colours: Colours): string {
  const account = accountCode === undefined ? '' : `  ${accountCode}`;
  const evaluated = colours.dim(`evaluated ${minuteOf(at)} UTC · evidence #${sequence}`);
  return `${colours.bold(connectionId)}${account}  ${evaluated}`;
}

/** Formats a line per control, with its reason wrapped beside it. */
function controlLines(controls: readonly ControlResult[], colours: Colours): string[] {
  const idWidth = Math.max(...controls.map(({ id }) => id.length));
  const columns = (verdict: string, severity: string, id: string): string =>
    `${verdict.padEnd(9)}${severity.padEnd(8)}${id.padEnd(idWidth + 2)}`;
  const heading = colours.dim(`${columns('VERDICT', 'SEV', 'CONTROL')}WHY`);
  return [
    heading,
    ...controls.flatMap((control) => {
      const { verdict, severity, id, reason } = control;
      const lines = paragraph(columns(SHORT[verdict], severity, id), [reason, ...annotationWords(control)].join(' · '));
      return lines.map((line, index) => (index === 0 ? paintFirst(line, verdict, colours) : line));
    }),
  ];
}

const SHORT: Readonly<Record<Verdict, string>> = {
  pass: 'PASS',
  fail: 'FAIL',
  unknown: 'UNKNOWN',
  'not-applicable': 'N/A',
};

function paintFirst(line: string, verdict: Verdict, colours: Colours): string {
  const word = SHORT[verdict];
  return `${paintVerdict(verdict, colours)}${line.slice(word.length)}`;
}

function paintVerdict(verdict: Verdict, colours: Colours): string {
  const paint = { pass: colours.green, fail: colours.red, unknown: colours.yellow, 'not-applicable': colours.dim }[
    verdict
  ];
  return paint(SHORT[verdict]);
}

function annotationWords({ annotations }: ControlResult): string[] {
  return annotations.map(({ kind, expired, expiresAt }) =>
    expired ? `${kind} EXPIRED ${dayOf(expiresAt)}` : `${kind} until ${dayOf(expiresAt)}`,
  );
}

function summaryLine({ bySubject }: StoredEvaluation, all: boolean): string {
  const hint = all ? '--explain ID' : '--all shows passes, --explain ID';
  return `tenant: ${counts(bySubject.tenant)} · collector: ${counts(bySubject.collector)}   (${hint})`;
}

export function counts({ pass, fail, unknown, notApplicable }: Summary): string {
  return `${pass} pass ${fail} fail ${unknown} unknown${notApplicable > 0 ? ` ${notApplicable} n/a` : ''}`;
}

/** Explains one verdict. */
export function explanationLines(evaluation: StoredEvaluation, control: ControlResult, colours: Colours): string[] {
  const { id, title, subject, severity, verdict, code, reason, action, lastKnown, freshUntil, version } = control;
  const line = (label: string, text: string | undefined): string[] =>
    text === undefined ? [] : paragraph(label.padEnd(12), text);
  return [
    `${colours.bold(id)}  ${paintVerdict(verdict, colours)}  ${colours.dim(`${code} · ${severity} · ${subject} · rule v${version}`)}`,
    ...line('statement', title),
    ...line('why', reason),
    ...line('do this', action),
    ...line('thresholds', pairs(control.thresholds)),
    ...line('details', pairs(control.details)),
    ...line('good until', freshUntil && `${minuteOf(freshUntil)} UTC`),
    ...line('last known', lastKnown && `${lastKnown.verdict}, ${minuteOf(lastKnown.at)} UTC`),
    ...control.annotations.flatMap(({ annotationId, kind, owner, reason: text, expiresAt, expired, file }) =>
      line(
        'said',
        `${kind}${expired ? ' (EXPIRED)' : ''} by ${owner}, until ${dayOf(expiresAt)}: ${text}${file ? ` [${file.name}, sha256 ${file.sha256}]` : ''} (${annotationId})`,
      ),
    ),
    '',
    ...basisTable(control, colours),
    ...mappingLines(control),
    '',
    colours.dim(`evaluated ${minuteOf(evaluation.at)} UTC · evidence #${evaluation.sequence}`),
  ];
}

function pairs(values: ControlResult['details']): string | undefined {
  const entries = Object.entries(values ?? {});
  if (entries.length === 0) return undefined;
  const text = (value: number | string | readonly string[]): string =>
    typeof value === 'object' ? value.join('; ') : String(value);
  return entries.map(([name, value]) => `${name} ${text(value)}`).join(', ');
}

function basisTable({ basis }: ControlResult, colours: Colours): string[] {
  if (basis.length === 0) return ['It rests on no evidence.'];
  const rows = basis.map(({ source, observedAt, digest }) => [
    source,
    observedAt === undefined ? '-' : minuteOf(observedAt),
    digest ?? '-',
  ]);
  return table(['EVIDENCE', 'READ (UTC)', 'SHA-256'], rows, colours);
}

function mappingLines({ mappings: { nist, iso, cis } }: ControlResult): string[] {
  const named = { 'NIST SP 800-53r5': nist, 'ISO/IEC 27001:2022': iso, 'CIS Controls v8.1': cis };
  const lines = Object.entries(named).flatMap(([framework, requirements]) =>
    requirements.map(({ id, title }) => `supports ${framework} ${id} ${title}`),
  );
  return lines.length === 0 ? [] : ['', ...lines];
}
