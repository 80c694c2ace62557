/**
 * Verdicts on a connection: one for each control, always with its reason and the observations behind it. JSON
 * throughout, because a record of it is stored as it is and rendered again and again. Moments are ISO, UTC.
 */

/** Conclusion of a control. `unknown`: the evidence is missing, stale or unreadable. */
export type Verdict = 'pass' | 'fail' | 'unknown' | 'not-applicable';

/** Severity of a failure of the control. */
export type Severity = 'high' | 'medium' | 'low' | 'info';

/** Subject of a control: the tenant at Mimecast, or the collection of its evidence. */
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

/** One requirement of a framework that a control supports. A control alone never satisfies a requirement. */
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

/** One piece of evidence that a verdict rests on. */
export interface Basis {
  /** `url-protect`, `account`, `statistics/url`, `ledger`, `keys`. */
  readonly source: string;
  /** Lower-case hex SHA-256 of the body that was judged; none for what has no body. */
  readonly digest?: string;
  readonly observedAt?: string;
}

/** Reason for a verdict, for programs. The named codes can occur with every control; each control adds its own. */
export type JudgementCode =
  'stale' | 'unreadable' | 'forbidden' | 'no-vendor-api' | 'shape' | 'conflict' | (string & {});

/** The conclusion of one control. */
export interface Judgement {
  readonly verdict: Exclude<Verdict, 'not-applicable'>;
  readonly code: JudgementCode;
  /** One sentence for people, without names of persons. */
  readonly reason: string;
  /** The next step: in the words of the Mimecast console, or a command. Absent when none is needed. */
  readonly action?: string;
  readonly basis: readonly Basis[];
  /** The limits that it went by: `{ retentionDays: 365 }`. */
  readonly thresholds?: Readonly<Record<string, number>>;
  /** Counts and lists that explain the verdict: `{ carveOuts: 2, expired: ["…"] }`. */
  readonly details?: Readonly<Record<string, number | string | readonly string[]>>;
  /** When the evidence becomes stale. */
  readonly freshUntil?: string;
  /**
   * When the verdict may change although nothing new is read: evidence becomes stale, a policy ends, a key ages. In the
   * future.
   */
  readonly turnsAt?: string;
}

/** Number of controls with each verdict. */
export interface Summary {
  readonly pass: number;
  readonly fail: number;
  readonly unknown: number;
  readonly notApplicable: number;
}

/** One control in an evaluation, with everything that a report needs of it. */
export interface ControlResult extends Omit<Judgement, 'verdict' | 'basis'> {
  readonly id: ControlId;
  /** Version of the control's rule. Raised when the same facts may lead to another verdict. */
  readonly version: number;
  /** The statement that must be true. */
  readonly title: string;
  readonly subject: Subject;
  readonly severity: Severity;
  readonly verdict: Verdict;
  readonly basis: readonly Basis[];
  /** Digests of the basis. */
  readonly evidence: readonly string[];
  /** With `unknown`: the last known verdict, and when it was valid. */
  readonly lastKnown?: { readonly verdict: Verdict; readonly at: string };
  readonly mappings: Mappings;
  readonly annotations: readonly AppliedAnnotation[];
}

/** A record of the verdicts of all controls at one moment. Reports render a record and never the current time. */
export interface Evaluation {
  readonly connectionId: string;
  readonly at: string;
  readonly cause: 'poll' | 'timer' | 'change';
  readonly accountCode?: string;
  readonly accountName?: string;
  readonly summary: Summary;
  readonly bySubject: Readonly<Record<Subject, Summary>>;
  readonly controls: readonly ControlResult[];
  /** Controls whose verdict differs from the previous record. */
  readonly changes: readonly VerdictChange[];
  /** When it must be repeated although nothing new is read. */
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

/** A stored evaluation. */
export interface StoredEvaluation extends Evaluation {
  /** Its place in the connection's log. */
  readonly sequence: number;
}

/** Effect of an annotation on the verdict of its control. */
export type AnnotationKind =
  /** Changes the verdict. */
  | 'not-applicable'
  /** Shown next to the verdict: the owner knows and accepts the risk. */
  | 'accepted-risk'
  /** Shown next to the verdict: a file is the evidence, because no endpoint has it. */
  | 'attestation';

/** An annotation of one control. It never hides a verdict, and it expires. */
export interface Annotation {
  readonly annotationId: string;
  readonly connectionId: string;
  readonly controlId: ControlId;
  readonly kind: AnnotationKind;
  /** The person or team responsible for it. */
  readonly owner: string;
  readonly reason: string;
  readonly createdAt: string;
  readonly expiresAt: string;
  /** Of an attestation: lower-case hex SHA-256 of the file, and its name. The file itself is not kept. */
  readonly file?: { readonly sha256: string; readonly name: string };
  /** Withdrawn before it expired. */
  readonly withdrawnAt?: string;
}

/** State of an annotation at the moment of an evaluation. */
export interface AppliedAnnotation extends Omit<Annotation, 'connectionId' | 'controlId' | 'withdrawnAt'> {
  readonly expired: boolean;
}

/** An evaluation without its controls: enough for a status line. */
export interface EvaluationHeadline extends Pick<Evaluation, 'at' | 'summary' | 'bySubject' | 'turnsAt'> {
  readonly failing: readonly ControlId[];
  /** Its place in the connection's log. */
  readonly sequence?: number;
}
