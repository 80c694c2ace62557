import type { ControlResult, StoredEvaluation } from '../../model/verdicts.js';
import type { Column } from './csv.js';
import { shownName, type Rendering } from './rendering.js';
import type { TracedEvaluation } from './verdict-history.js';

/** One verdict of one record, with everything that a self-contained row needs. */
export interface VerdictRow {
  readonly evaluation: StoredEvaluation;
  readonly control: ControlResult;
  /** Start of the current verdict: ISO, UTC. */
  readonly since: string;
  readonly rendering: Rendering;
}

export function verdictRows({ evaluation, history }: TracedEvaluation, rendering: Rendering): VerdictRow[] {
  return evaluation.controls.map((control) => ({
    evaluation,
    control,
    since: history.of(control.id).since,
    rendering,
  }));
}

/** Returns a line of JSON without its line end: all fields of the control's result. */
export function verdictLine({ evaluation, control, since, rendering }: VerdictRow): string {
  const { connectionId, sequence, at, accountCode } = evaluation;
  return JSON.stringify({
    type: 'verdict',
    connectionId,
    ...(accountCode !== undefined && { accountCode }),
    sequence,
    at,
    since,
    ...control,
    annotations: control.annotations.map((annotation) => ({
      ...annotation,
      owner: shownName(annotation.owner, rendering),
    })),
  });
}

const ids = (requirements: readonly { readonly id: string }[]): string => requirements.map(({ id }) => id).join(' ');

export const VERDICT_COLUMNS: readonly Column<VerdictRow>[] = [
  { name: 'connection', about: 'id of the connection', value: ({ evaluation }) => evaluation.connectionId },
  { name: 'account', about: 'Mimecast account code', value: ({ evaluation }) => evaluation.accountCode },
  { name: 'evaluated_at', about: 'moment of the record, UTC', value: ({ evaluation }) => evaluation.at },
  { name: 'record', about: "the record's place in the log", value: ({ evaluation }) => evaluation.sequence },
  { name: 'control', about: 'id of the control', value: ({ control }) => control.id },
  { name: 'control_version', about: 'version of its rule', value: ({ control }) => control.version },
  { name: 'title', about: 'the statement that must hold', value: ({ control }) => control.title },
  { name: 'subject', about: 'tenant or collector', value: ({ control }) => control.subject },
  { name: 'severity', about: 'high, medium, low, info', value: ({ control }) => control.severity },
  { name: 'verdict', about: 'pass, fail, unknown, not-applicable', value: ({ control }) => control.verdict },
  { name: 'code', about: 'why, for programs', value: ({ control }) => control.code },
  { name: 'reason', about: 'why, for people', value: ({ control }) => control.reason },
  { name: 'since', about: 'the verdict has been this one since, UTC', value: ({ since }) => since },
  { name: 'action', about: 'what to do', value: ({ control }) => control.action },
  { name: 'fresh_until', about: 'the evidence is good until, UTC', value: ({ control }) => control.freshUntil },
  {
    name: 'last_known',
    about: 'of an unknown: the verdict before',
    value: ({ control }) => control.lastKnown?.verdict,
  },
  { name: 'last_known_at', about: 'and when it was last said', value: ({ control }) => control.lastKnown?.at },
  {
    name: 'thresholds',
    about: 'limits that it went by, as JSON',
    value: ({ control }) => control.thresholds && JSON.stringify(control.thresholds),
  },
  {
    name: 'evidence',
    about: 'SHA-256 of the bodies it rests on, with blanks between',
    value: ({ control }) => control.evidence.join(' '),
  },
  { name: 'nist', about: 'supports, NIST SP 800-53 Rev. 5', value: ({ control }) => ids(control.mappings.nist) },
  { name: 'iso', about: 'supports, ISO/IEC 27001:2022 Annex A', value: ({ control }) => ids(control.mappings.iso) },
  { name: 'cis', about: 'supports, CIS Controls v8.1', value: ({ control }) => ids(control.mappings.cis) },
  {
    name: 'annotations',
    about: 'what people say of it: kind and end of each',
    value: ({ control }) => control.annotations.map(({ kind, expiresAt }) => `${kind} until ${expiresAt}`).join('; '),
  },
];
