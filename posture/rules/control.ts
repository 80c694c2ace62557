import type { Facts } from '../../model/facts.js';
import type { ControlId, Judgement, Mappings, Severity, Subject } from '../../model/verdicts.js';

/**
 * One statement that must hold, and the rule that says whether it does. Pure: the same facts give the same judgement.
 *
 * The rule never says `not-applicable`, which is for people to say; an annotation does.
 */
export interface Control {
  readonly id: ControlId;
  /** The statement. */
  readonly title: string;
  /** Why it matters, in two sentences at most. */
  readonly rationale: string;
  /** How to put it right, in the words of the Mimecast console. */
  readonly remediation: string;
  /** When it says what, in words. */
  readonly rule: RuleInWords;
  /** What the API cannot show about it, so that nobody takes a pass for more than it is. */
  readonly limits: string;
  readonly severity: Severity;
  readonly subject: Subject;
  /** Raised whenever the same facts may be judged otherwise. */
  readonly version: number;
  readonly mappings: Mappings;
  /** Told, and left out of what makes a command fail. */
  readonly advisory?: boolean;
  judge(facts: Facts): Judgement;
}

export interface RuleInWords {
  readonly pass: string;
  /** None for controls that only ever see that something acts: silence in a log is never a fail. */
  readonly fail?: string;
  /** Besides evidence that is stale, cannot be read, has another shape, or contradicts itself. */
  readonly unknown: string;
}
