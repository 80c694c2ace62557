import type { ControlResult, Severity } from '../../model/verdicts.js';
import type { Column } from './csv.js';
import { annotationOf, explainCommand, shownName } from './rendering.js';
import type { VerdictRow } from './verdict-rows.js';

const RANK: Readonly<Record<Severity, number>> = { high: 0, medium: 1, low: 2, info: 3 };

/** Selects the controls that need action: fails before unknowns, then by severity, then oldest first. */
export function actionPlan(rows: readonly VerdictRow[]): VerdictRow[] {
  return rows
    .filter(({ control }) => control.verdict === 'fail' || control.verdict === 'unknown')
    .sort(
      (one, other) =>
        Number(one.control.verdict === 'unknown') - Number(other.control.verdict === 'unknown') ||
        RANK[one.control.severity] - RANK[other.control.severity] ||
        compare(one.since, other.since) ||
        compare(one.control.id, other.control.id),
    );
}

const compare = (one: string, other: string): number => (one < other ? -1 : Number(one > other));

/** Decision about a fail or an unknown: an accepted risk before an attestation. */
const decisionOn = (control: ControlResult) =>
  annotationOf(control, 'accepted-risk') ?? annotationOf(control, 'attestation');

export const ACTION_PLAN_COLUMNS: readonly Column<VerdictRow>[] = [
  { name: 'Connection', about: 'id of the connection', value: ({ evaluation }) => evaluation.connectionId },
  { name: 'Severity', about: 'high, medium, low, info', value: ({ control }) => control.severity },
  { name: 'Verdict', about: 'fail or unknown', value: ({ control }) => control.verdict },
  { name: 'Control', about: 'id of the control', value: ({ control }) => control.id },
  { name: 'Statement', about: 'what must hold', value: ({ control }) => control.title },
  { name: 'What is wrong', about: 'why it does not pass', value: ({ control }) => control.reason },
  { name: 'Since', about: 'moment since which it is so, UTC', value: ({ since }) => since },
  { name: 'Subject', about: 'tenant or collector', value: ({ control }) => control.subject },
  { name: 'Fix', about: 'what to do', value: ({ control }) => control.action },
  {
    name: 'Command',
    about: 'command that shows the details',
    value: ({ evaluation, control }) => explainCommand(evaluation.connectionId, control.id),
  },
  {
    name: 'Decision',
    about: 'accepted-risk or attestation, if any',
    value: ({ control }) => decisionOn(control)?.kind,
  },
  {
    name: 'Owner',
    about: 'who answers for the decision; withheld without --names',
    value: ({ control, rendering }) => {
      const decision = decisionOn(control);
      return decision && shownName(decision.owner, rendering);
    },
  },
  { name: 'Expires', about: 'end of the decision, UTC', value: ({ control }) => decisionOn(control)?.expiresAt },
  { name: 'Decision reason', about: 'why it was decided', value: ({ control }) => decisionOn(control)?.reason },
  { name: 'Evaluated at', about: 'moment of the record, UTC', value: ({ evaluation }) => evaluation.at },
];
