import type { Facts } from '../../model/facts.js';
import type { ControlId, Judgement, Mappings, Severity, Subject } from '../../model/verdicts.js';

/**
 * One statement that is required to be true, and the rule that judges it. Pure: the same facts give the same judgement.
 *
 * The rule never returns `not-applicable`; only an annotation does.
 */
export interface Control {
  readonly id: ControlId;
  /** The statement. */
  readonly title: string;
  /** Rationale, in at most two sentences. */
  readonly rationale: string;
  /** Steps to fix it, in the words of the Mimecast console. */
  readonly remediation: string;
  /** The rule in words, for each verdict. */
  readonly rule: RuleInWords;
  /** Limits of the API, so that a pass is not overrated. */
  readonly limits: string;
  readonly severity: Severity;
  readonly subject: Subject;
  /** Raised whenever the same facts may be judged differently. */
  readonly version: number;
  readonly mappings: Mappings;
  /** True when it is reported, but does not count for exit codes. */
  readonly advisory?: boolean;
  judge(facts: Facts): Judgement;
}

export interface RuleInWords {
  readonly pass: string;
  /** Absent for controls that only see activity: an empty log is never a fail. */
  readonly fail?: string;
  /** Conditions besides evidence that is stale, unreadable, in an unknown form, or contradictory. */
  readonly unknown: string;
}
