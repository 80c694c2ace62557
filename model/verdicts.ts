/**
 * What is said about a connection: one verdict for each control, always with its reason and the observations behind it. JSON
 * throughout, because a record of it is stored as it is and rendered again and again. Moments are ISO, UTC.
 */

/** What a control concludes. `unknown`: the evidence is missing, stale or unreadable. */
export type Verdict = 'pass' | 'fail' | 'unknown' | 'not-applicable';

/** How much a failure of the control matters. */
export type Severity = 'high' | 'medium' | 'low' | 'info';

/** Whose state a control is about: the tenant's at Mimecast, or that of what collects its evidence. */
export type Subject = 'tenant' | 'collector';

/** The controls, by the ids that reports and messages use. `temporal-mimecast controls` lists them with their statements. */
export type ControlId =
  | 'url-protection-policy'
  | 'url-protection-operating'
  | 'attachment-management-policy'
  | 'attachment-sandbox-operating'
  | 'content-examination-outbound'
  | 'content-examination-inbound'
  | 'blocked-senders-policy'
  | 'no-broad-override'
  | 'policy-expiring'
  | 'archiving-on'
  | 'archive-retention'
  | 'audit-evidence'
  | 'evidence-fresh'
  | 'credential-age'
  | 'api-generation';

/** One requirement of a framework that a control supports. It supports it; it never satisfies it alone. */
export interface Requirement {
  /** As the framework writes it: `SI-3`, `A.8.7`, `9.3`. */
  readonly id: string;
  readonly title: string;
}

/** NIST SP 800-53 revision 5, ISO/IEC 27001:2022 Annex A, CIS Controls 8.1. Empty where none clearly fits. */
export interface Mappings {
  readonly nist: readonly Requirement[];
  readonly iso: readonly Requirement[];
  readonly cis: readonly Requirement[];
}

/** One thing that a verdict rests on. */
export interface Basis {
  /** `url-protect`, `account`, `statistics/url`, `ledger`, `keys`. */
  readonly source: string;
  /** Lower-case hex SHA-256 of the body that was judged; none for what has no body. */
  readonly digest?: string;
  readonly observedAt?: string;
}

/**
 * Why a verdict is what it is, for machines. Those that every control may have are named; each control adds its own, which its
 * file lists.
 */
export type JudgementCode =
  'stale' | 'unreadable' | 'forbidden' | 'no-vendor-api' | 'shape' | 'conflict' | (string & {});

/** What one control says about the facts. */
export interface Judgement {
  readonly verdict: Exclude<Verdict, 'not-applicable'>;
  readonly code: JudgementCode;
  /** One sentence for people, without names of persons. */
  readonly reason: string;
  /** What to do, in the words of the Mimecast console or as a command of ours; none when there is nothing to do. */
  readonly action?: string;
  readonly basis: readonly Basis[];
  /** The limits that it went by: `{ retentionDays: 365 }`. */
  readonly thresholds?: Readonly<Record<string, number>>;
  /** Counts and lists for whoever explains it: `{ carveOuts: 2, expired: ["…"] }`. */
  readonly details?: Readonly<Record<string, number | string | readonly string[]>>;
  /** The evidence it rests on is good until then. */
  readonly freshUntil?: string;
  /** When it may turn by itself although nothing new is read: evidence goes stale, a policy ends, a key ages. In the future. */
  readonly turnsAt?: string;
}

/** How many controls have each verdict. */
export interface Summary {
  readonly pass: number;
  readonly fail: number;
  readonly unknown: number;
  readonly notApplicable: number;
}

/** One control in an evaluation, with everything that a report needs of it. */
export interface ControlResult extends Omit<Judgement, 'verdict' | 'basis'> {
  readonly id: ControlId;
  /** Of the control's rule: raised whenever the same facts may be judged otherwise. */
  readonly version: number;
  /** The statement that must hold. */
  readonly title: string;
  readonly subject: Subject;
  readonly severity: Severity;
  readonly verdict: Verdict;
  readonly basis: readonly Basis[];
  /** Digests of the basis, for whoever wants no more. */
  readonly evidence: readonly string[];
  /** For an unknown: what was known last, and until when it was said. */
  readonly lastKnown?: { readonly verdict: Verdict; readonly at: string };
  readonly mappings: Mappings;
  readonly annotations: readonly AppliedAnnotation[];
}

/** A stored record: what all controls said about a connection at one moment. Reports render a record, never the clock. */
export interface Evaluation {
  readonly connectionId: string;
  readonly at: string;
  readonly cause: 'poll' | 'timer' | 'change';
  readonly accountCode?: string;
  readonly accountName?: string;
  readonly summary: Summary;
  readonly bySubject: Readonly<Record<Subject, Summary>>;
  readonly controls: readonly ControlResult[];
  /** Controls whose verdict is not that of the record before. */
  readonly changes: readonly VerdictChange[];
  /** When it must be made again although nothing new was read. */
  readonly turnsAt?: string;
}

/** A control whose verdict differs from the previous evaluation. */
export interface VerdictChange {
  readonly id: ControlId;
  /** None for the first evaluation. */
  readonly from?: Verdict;
  readonly to: Verdict;
  readonly code: string;
}

/** An evaluation as the store gives it back. */
export interface StoredEvaluation extends Evaluation {
  /** Its place in the connection's log. */
  readonly sequence: number;
}

/** What an annotation does to the verdict of its control. */
export type AnnotationKind =
  /** Changes the verdict. */
  | 'not-applicable'
  /** Stands beside the verdict: the owner knows, and takes the risk. */
  | 'accepted-risk'
  /** Stands beside the verdict: a file shows what no endpoint shows. */
  | 'attestation';

/** What people say about a control. It never hides a verdict, and it ends by itself. */
export interface Annotation {
  readonly annotationId: string;
  readonly connectionId: string;
  readonly controlId: ControlId;
  readonly kind: AnnotationKind;
  /** Who answers for it. */
  readonly owner: string;
  readonly reason: string;
  readonly createdAt: string;
  readonly expiresAt: string;
  /** Of an attestation: lower-case hex SHA-256 of the file, and its name. The file itself is not kept. */
  readonly file?: { readonly sha256: string; readonly name: string };
  /** Withdrawn before it expired. */
  readonly withdrawnAt?: string;
}

/** An annotation as it stands at the moment of an evaluation. */
export interface AppliedAnnotation extends Omit<Annotation, 'connectionId' | 'controlId' | 'withdrawnAt'> {
  readonly expired: boolean;
}

/** An evaluation without its controls: enough for a status line. */
export interface EvaluationHeadline extends Pick<Evaluation, 'at' | 'summary' | 'bySubject' | 'turnsAt'> {
  readonly failing: readonly ControlId[];
}
