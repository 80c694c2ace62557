import type { Facts } from '../../model/facts.js';
import { count, named } from '../policies/assess.js';
import type { Policy } from '../policies/policy.js';
import { boundariesOf } from '../policies/policy-state.js';
import type { Basis, Judgement } from '../../model/verdicts.js';
import { DAY_MS, dayOf } from '../../model/time.js';
import { attachmentManagementPolicy } from './attachment-management-policy.js';
import { blockedSendersPolicy } from './blocked-senders-policy.js';
import { contentExaminationInbound } from './content-examination-inbound.js';
import { contentExaminationOutbound } from './content-examination-outbound.js';
import type { Control } from '../rules/control.js';
import { judged } from '../rules/judged.js';
import { after, earliest } from '../rules/moments.js';
import type { PolicyControl } from '../rules/policy-control.js';
import type { Problem } from '../rules/read-endpoint.js';
import { readPolicies } from '../rules/read-policies.js';
import { CIS, ISO, NIST } from '../rules/requirements.js';
import { urlProtectionPolicy } from './url-protection-policy.js';

/** Days that leave enough time to renew a policy. */
const EXPIRING_DAYS = 30;

const POLICY_CONTROLS: readonly PolicyControl[] = [
  urlProtectionPolicy,
  attachmentManagementPolicy,
  contentExaminationOutbound,
  contentExaminationInbound,
  blockedSendersPolicy,
];

const remediation =
  'Administration Console: Gateway → Policies. Open the policy and set it as perpetual, move its end, or have a policy for the same mail begin when it ends.';

export const policyExpiring: Control = {
  id: 'policy-expiring',
  title: 'No policy that a pass rests on ends within 30 days',
  rationale:
    'A policy with an end stops protecting on a day that nobody remembers. Seen a month ahead it is renewed; seen afterwards it was a hole.',
  remediation,
  rule: {
    pass: 'No policy control that passes now stops passing within 30 days because a policy ends.',
    fail: 'One does: a policy ends and no policy in force, or beginning by then, succeeds it for the same mail.',
    unknown: 'No policy control passes, so nothing rests on a policy; or what succeeds is not clear in every part.',
  },
  limits: 'Only policies whose lists can be read are looked at.',
  severity: 'medium',
  subject: 'tenant',
  version: 1,
  mappings: { nist: [NIST.configuration], iso: [ISO.configuration], cis: [CIS.configuration] },
  judge,
};

interface Ending {
  readonly at: Date;
  /** `fail` when certainly no other policy takes over. */
  readonly verdict: 'fail' | 'unknown';
  readonly names: readonly string[];
}

/** A policy control that passes now. */
interface Resting {
  readonly basis: Basis;
  readonly freshUntil: Date;
  readonly ending: Ending | undefined;
}

/** Evaluates each control's own rule at the times when policies end, so that successors are judged by the same rule. */
function judge(facts: Facts): Judgement {
  const { now } = facts;
  const readings = POLICY_CONTROLS.map((control) => ({ control, reading: readPolicies(facts, control.list) }));
  const boundaries = readings.flatMap(({ control, reading }) =>
    reading.problem ? [] : boundariesOf(reading.policies.filter((policy) => control.concerns(policy))),
  );
  const resting = readings.flatMap(({ control, reading }): Resting[] => {
    if (reading.problem || control.assess(reading.policies, facts.settings, now).verdict !== 'pass') return [];
    const { policies, basis, freshUntil } = reading;
    return [{ basis, freshUntil, ending: endingOf(control, policies, facts) }];
  });
  const read = readings.flatMap(({ reading }) => (reading.problem ? [] : [reading]));
  const shared = {
    thresholds: { expiringDays: EXPIRING_DAYS },
    // From all lists that were read, because a stale one also affects the controls that depend on it.
    freshUntil: earliest(read.map(({ freshUntil }) => freshUntil)),
    reevaluateAt: boundaries.flatMap((boundary) => [boundary, after(boundary, -EXPIRING_DAYS * DAY_MS)]),
  };

  if (resting.length === 0) {
    const problems = readings.flatMap(({ reading }) => reading.problem ?? []);
    return judged({ ...shared, ...nothingRests(problems, readings.length), basis: [] }, now);
  }
  const basis = distinct(resting.map((one) => one.basis));
  const endings = resting.flatMap(({ ending }) => ending ?? []);
  const first = endings.find(({ verdict }) => verdict === 'fail') ?? endings[0];
  if (first === undefined) {
    const reason = `${count(resting.length, 'control that passes rests', 'controls that pass rest')} on policies that stay in force for ${EXPIRING_DAYS} days.`;
    return judged({ ...shared, basis, verdict: 'pass', code: 'none-ends', reason }, now);
  }
  const names = [...new Set(endings.flatMap((ending) => ending.names))];
  const details = { ...named('ending', names), controls: endings.length };
  const shown = { ...shared, basis, details, action: remediation };
  const day = dayOf(earliest(endings.map(({ at }) => at)) ?? first.at);
  const what = `${count(names.length, 'policy that a pass rests on ends', 'policies that a pass rests on end')} by ${day}`;
  return first.verdict === 'fail'
    ? judged({ ...shown, verdict: 'fail', code: 'ends-soon', reason: `${what}, and nothing succeeds.` }, now)
    : judged(
        { ...shown, verdict: 'unknown', code: 'indeterminate', reason: `${what}; what succeeds is not clear.` },
        now,
      );
}

/** Returns the first time within the limit at which a control stops passing because policies end. */
function endingOf(control: PolicyControl, policies: readonly Policy[], { now, settings }: Facts): Ending | undefined {
  const limit = after(now, EXPIRING_DAYS * DAY_MS);
  const concerned = policies.filter((policy) => control.concerns(policy));
  const moments = boundariesOf(concerned)
    .filter((moment) => moment > now && moment <= limit)
    .sort((a, b) => a.getTime() - b.getTime());
  for (const at of moments) {
    const { verdict } = control.assess(policies, settings, at);
    if (verdict === 'pass') continue;
    const names = concerned
      .filter(
        ({ ends, enabled, acts }) =>
          ends instanceof Date && Number(ends) === Number(at) && enabled !== false && acts === 'on',
      )
      .map(({ name }) => `${name} (${dayOf(at)})`);
    return names.length === 0 ? undefined : { at, verdict, names };
  }
  return undefined;
}

function nothingRests(problems: readonly Problem[], lists: number): Omit<Problem, 'basis'> {
  const fixable = problems.find(({ code }) => code !== 'no-vendor-api') ?? problems[0];
  if (fixable && problems.length === lists) {
    const { verdict, code, reason, action } = fixable;
    return { verdict, code, reason, action };
  }
  return {
    verdict: 'unknown',
    code: 'nothing-rests',
    reason: 'No control passes because of a policy, so nothing rests on one.',
  };
}

/** Removes duplicates: both controls of Content Examination use the same list. */
function distinct(bases: readonly Basis[]): Basis[] {
  return [...new Map(bases.map((basis) => [basis.source, basis])).values()];
}
