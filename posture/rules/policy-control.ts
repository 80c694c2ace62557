import type { ConnectionSettings } from '../../model/connection.js';
import type { Facts } from '../../model/facts.js';
import type { Assessment, AssessmentOptions } from '../policies/assess.js';
import { assessRoute } from '../policies/assess-route.js';
import type { PolicyList } from '../policies/lists.js';
import type { Policy } from '../policies/policy.js';
import { bearsOn, type Route } from '../policies/scope.js';
import { boundariesOf } from '../policies/policy-state.js';
import type { ControlId, Judgement } from '../../model/verdicts.js';
import type { Control, RuleInWords } from './control.js';
import { judged } from './judged.js';
import type { Problem } from './read-endpoint.js';
import { readPolicies } from './read-policies.js';
import type { VerdictContext } from './verdict-context.js';

/**
 * A control that is judged by one list of policies.
 *
 * Logs do not contradict a list: a click can be on a link that was rewritten before a policy ended, the attachment log
 * belongs to another policy type (Attachment Protect), and rows of the DLP log are shown but not judged. Only
 * contradictions within an item are a problem (`shape`).
 */
export interface PolicyControl extends Control {
  readonly list: PolicyList;
  /** True when a policy may affect the control. */
  concerns(policy: Policy): boolean;
  /** Applies its rule to the policies at a time. */
  assess(policies: readonly Policy[], settings: ConnectionSettings, now: Date): Assessment;
}

export interface PolicyRule extends Omit<Control, 'judge'> {
  readonly list: PolicyList;
  concerns(policy: Policy): boolean;
  assess(policies: readonly Policy[], options: AssessmentOptions): Assessment;
  /** Additional facts shown with the verdict. Never part of it. */
  readonly context?: (facts: Facts) => VerdictContext;
}

export function policyControl(rule: PolicyRule): PolicyControl {
  const { context = () => ({ details: {}, words: '' }), ...shared } = rule;
  const assess: PolicyControl['assess'] = (policies, { coverage }, now) =>
    rule.assess(policies, { list: rule.list, declared: coverage, now });
  return { ...shared, assess, judge: (facts) => judge({ ...shared, assess }, context(facts), facts) };
}

/** Returns the rule of a control about all mail of one route. */
export const forRoute = (route: Route): Pick<PolicyRule, 'concerns' | 'assess'> => ({
  concerns: (policy) => bearsOn(policy, route),
  assess: (policies, options) => assessRoute(policies, route, options),
});

/** The rule in words, for types whose most specific policy applies. */
export const MOST_SPECIFIC_WINS: RuleInWords = {
  pass: 'A policy for all inbound mail is in force, and none that disables overrides it. Narrower policies that disable are counted as carve-outs.',
  fail: 'There is none, it is switched off, has ended or not begun, it covers only a part of the mail, or one that disables overrides it.',
  unknown:
    'Mimecast has no API for it, policies that act and that disable are equally specific, or a policy that may decide is not clear in every part.',
};

/** The rule in words, for types whose policies apply together. */
export const ALL_ADD_UP: RuleInWords = {
  pass: 'A policy for all mail of the route is in force. Policies of this type add up, so that others take nothing away unless they override.',
  fail: 'There is none, it is switched off, has ended or not begun, it covers only a part of the mail, or one that disables overrides it.',
  unknown: 'Mimecast has no API for it, or a policy that may decide is not clear in every part.',
};

type Judging = Pick<PolicyControl, 'id' | 'list' | 'remediation' | 'concerns' | 'assess'>;

function judge(control: Judging, context: VerdictContext, facts: Facts): Judgement {
  const { list, remediation, concerns, assess } = control;
  const { now, settings } = facts;
  const reading = readPolicies(facts, list);
  if (reading.problem) return judged(withContext(reading.problem, context, facts.connectionId, control.id), now);

  const { policies, basis, freshUntil } = reading;
  const { verdict, code, reason, details } = assess(policies, settings, now);
  const finding = {
    verdict,
    code,
    reason: verdict === 'unknown' ? `${reason}${context.words}` : reason,
    action: verdict === 'pass' ? undefined : remediation,
    basis: [basis],
    details: { ...details, ...context.details },
    freshUntil,
    reevaluateAt: boundariesOf(policies.filter(concerns)),
  };
  return judged(finding, now);
}

/** Adds the additional facts. Without an endpoint, an attested file is the only evidence. */
function withContext(
  problem: Problem,
  { details, words }: VerdictContext,
  connectionId: string,
  id: ControlId,
): Problem {
  const canBeAttested = problem.code === 'no-vendor-api' || problem.code === 'shape';
  const action = canBeAttested ? attest(connectionId, id) : problem.action;
  return { ...problem, action, reason: `${problem.reason}${words}`, details: { ...problem.details, ...details } };
}

const attest = (connectionId: string, id: ControlId): string =>
  `Nothing to do at Mimecast. Evidence from its console: "annotate ${connectionId} ${id} --attest FILE".`;
