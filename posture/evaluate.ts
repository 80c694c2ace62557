import { appliedAnnotations } from './applied-annotations.js';
import { CATALOGUE } from './controls/catalogue.js';
import type { Control } from './rules/control.js';
import { nextOf } from './rules/moments.js';
import type { Facts } from '../model/facts.js';
import type {
  Annotation,
  AppliedAnnotation,
  ControlResult,
  Evaluation,
  Judgement,
  Subject,
  Summary,
  Verdict,
  VerdictChange,
} from '../model/verdicts.js';
import { dayOf } from '../model/time.js';
import { defined } from '../model/json.js';

export interface EvaluationInput {
  readonly facts: Facts;
  /** Absent until the account is known. */
  readonly account?: { readonly code: string; readonly name?: string };
  /** All annotations of this connection, including withdrawn and expired ones. */
  readonly annotations: readonly Annotation[];
  /** Previous evaluation. */
  readonly before?: Evaluation;
  readonly cause: Evaluation['cause'];
}

/**
 * Evaluates all controls of a connection at one time. Deterministic: the same input gives the same bytes, and no clock
 * is read.
 *
 * Annotations come first: a control that is declared not applicable is not evaluated. Other annotations are listed
 * beside the verdict.
 */
export function evaluate({ facts, account, annotations, before, cause }: EvaluationInput): Evaluation {
  const { connectionId, now } = facts;
  const known = new Map(before?.controls.map((result) => [result.id, result]));
  const ours = annotations.filter((annotation) => annotation.connectionId === connectionId);
  const controls = CATALOGUE.map((control) => {
    const applied = appliedAnnotations(ours, control.id, now);
    return resultOf(control, facts, applied, lastKnownFrom(before, known.get(control.id)));
  });
  const nextEvaluation = nextOf([...controls.flatMap(timesOf), ...ours.flatMap(timesOfAnnotation)], now);
  return {
    connectionId,
    at: now.toISOString(),
    cause,
    ...(account && defined({ accountCode: account.code, accountName: account.name })),
    summary: summaryOf(controls),
    bySubject: { tenant: summaryOf(about(controls, 'tenant')), collector: summaryOf(about(controls, 'collector')) },
    controls,
    changes: controls.flatMap((result) => changeOf(result, known.get(result.id))),
    ...(nextEvaluation && { turnsAt: nextEvaluation.toISOString() }),
  };
}

function resultOf(
  control: Control,
  facts: Facts,
  annotations: readonly AppliedAnnotation[],
  lastKnown: ControlResult['lastKnown'],
): ControlResult {
  const { id, version, title, subject, severity, mappings } = control;
  const waiver = annotations.find(({ kind, expired }) => kind === 'not-applicable' && !expired);
  const { verdict, ...judgement } = waiver ? notApplicable(waiver) : control.judge(facts);
  return {
    id,
    version,
    title,
    subject,
    severity,
    verdict,
    ...judgement,
    reason: `${judgement.reason}${expiryNotes(annotations)}`,
    evidence: [...new Set(judgement.basis.flatMap(({ digest }) => digest ?? []))],
    ...(verdict === 'unknown' && lastKnown && { lastKnown }),
    mappings,
    annotations,
  };
}

function notApplicable({ annotationId, createdAt, expiresAt, reason }: AppliedAnnotation): Omit<
  Judgement,
  'verdict'
> & {
  readonly verdict: 'not-applicable';
} {
  return {
    verdict: 'not-applicable',
    code: 'not-applicable',
    reason: `Declared not applicable until ${dayOf(expiresAt)}: ${reason}`,
    basis: [{ source: `annotation/${annotationId}`, observedAt: createdAt }],
  };
}

/** Mentions expired annotations in the reason, so that they are renewed. */
function expiryNotes(annotations: readonly AppliedAnnotation[]): string {
  return annotations
    .filter(({ expired }) => expired)
    .map(({ kind, expiresAt }) => ` What was said of it (${kind}) expired on ${dayOf(expiresAt)}.`)
    .join('');
}

/** Returns the previous verdict or, if that was unknown, the last known verdict. */
function lastKnownFrom(before: Evaluation | undefined, result: ControlResult | undefined): ControlResult['lastKnown'] {
  if (!before || !result) return undefined;
  return result.verdict === 'unknown' ? result.lastKnown : { verdict: result.verdict, at: before.at };
}

function changeOf({ id, verdict, code }: ControlResult, before: ControlResult | undefined): VerdictChange[] {
  if (before?.verdict === verdict) return [];
  return [defined({ id, from: before?.verdict, to: verdict, code })];
}

function summaryOf(controls: readonly ControlResult[]): Summary {
  const count = (wanted: Verdict): number => controls.filter(({ verdict }) => verdict === wanted).length;
  return {
    pass: count('pass'),
    fail: count('fail'),
    unknown: count('unknown'),
    notApplicable: count('not-applicable'),
  };
}

const about = (controls: readonly ControlResult[], subject: Subject): ControlResult[] =>
  controls.filter((control) => control.subject === subject);

const timesOf = ({ turnsAt, freshUntil }: ControlResult): Date[] => [turnsAt, freshUntil].flatMap(dateOf);

/** Times at which an annotation can change the result: its start, withdrawal and expiry. */
const timesOfAnnotation = ({ createdAt, expiresAt, withdrawnAt }: Annotation): Date[] =>
  [createdAt, expiresAt, withdrawnAt].flatMap(dateOf);

const dateOf = (moment: string | undefined): Date[] => (moment === undefined ? [] : [new Date(moment)]);
