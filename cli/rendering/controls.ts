import type { Control } from '../../posture/rules/control.js';
import type { Mappings, Requirement } from '../../model/verdicts.js';
import type { Colours } from '../console/terminal.js';
import { paragraph } from './paragraph.js';
import { table } from './table.js';

/** Lists all controls, those about the tenant first, one per line. */
export function catalogueLines(controls: readonly Control[], colours: Colours): string[] {
  const rows = controls.map(({ id, severity, subject, title }) => [id, severity, subject, title]);
  return [
    ...table(['CONTROL', 'SEVERITY', 'SUBJECT', 'STATEMENT'], rows, colours),
    '',
    'explain one  temporal-mimecast controls <id>',
  ];
}

const LABEL_WIDTH = 14;

/** Explains one control. */
export function controlLines(control: Control, colours: Colours): string[] {
  const { id, title, severity, subject, version, advisory, rationale, rule, remediation, limits, mappings } = control;
  const part = (label: string, text: string): string[] => paragraph(label.padEnd(LABEL_WIDTH), text);
  const kind = `${severity}, about the ${subject}, rule ${version}${advisory ? ', told and never a failure' : ''}`;
  return [
    colours.bold(id),
    ...part('', title),
    ...part('', kind),
    '',
    ...part('why', rationale),
    '',
    ...part('pass', rule.pass),
    ...(rule.fail === undefined ? [] : part('fail', rule.fail)),
    ...part('unknown', rule.unknown),
    ...part('', 'Always unknown: evidence that is stale, cannot be read, has another shape, or contradicts itself.'),
    '',
    ...part('put it right', remediation),
    '',
    ...part('cannot show', limits),
    '',
    ...mappingLines(mappings).flatMap((line, index) => part(index === 0 ? 'supports' : '', line)),
  ];
}

function mappingLines({ nist, iso, cis }: Mappings): string[] {
  const lines = [
    ...named('NIST SP 800-53', nist),
    ...named('ISO/IEC 27001:2022', iso),
    ...named('CIS Controls 8.1', cis),
  ];
  return lines.length === 0
    ? ['no requirement of NIST SP 800-53, ISO/IEC 27001 or CIS Controls that clearly fits']
    : lines;
}

const named = (framework: string, requirements: readonly Requirement[]): string[] =>
  requirements.map(({ id, title }) => `${framework} ${id} ${title}`);
