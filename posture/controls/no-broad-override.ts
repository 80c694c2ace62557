import type { Facts } from '../../model/facts.js';
import { count, named, namesOf } from '../policies/assess.js';
import { POLICY_LISTS } from '../policies/lists.js';
import type { Policy } from '../policies/policy.js';
import { actingPolicies, type Reading } from '../policies/precedence.js';
import { isBroad, ROUTES } from '../policies/scope.js';
import { boundariesOf } from '../policies/policy-state.js';
import type { Judgement } from '../../model/verdicts.js';
import type { Control } from '../rules/control.js';
import { judged } from '../rules/judged.js';
import { earliest } from '../rules/moments.js';
import type { Problem } from '../rules/read-endpoint.js';
import { readPolicies } from '../rules/read-policies.js';
import { CIS, ISO, NIST } from '../rules/requirements.js';

const remediation =
  'Administration Console: Gateway → Policies. Open the policy, and take Policy Override off it, narrow it, or disable it.';

export const noBroadOverride: Control = {
  id: 'no-broad-override',
  title: 'No readable list has a broad disabling policy with override',
  rationale:
    'One policy that disables a protection for everybody and overrides all others undoes the whole type. Most of them were made for a test and forgotten.',
  remediation,
  rule: {
    pass: 'All four lists of policies can be read, and none holds such a policy in force.',
    fail: 'A list that can be read holds one.',
    unknown:
      'A list cannot be read and none was found in the others, or a policy that may be one is not clear in every part.',
  },
  limits: 'Bypass policies are other types without an endpoint: they are not seen.',
  severity: 'high',
  subject: 'tenant',
  version: 1,
  mappings: { nist: [NIST.configuration], iso: [ISO.configuration], cis: [CIS.configuration] },
  judge,
};

/** One that was found in a list that can be read counts, whatever the others would say. */
function judge(facts: Facts): Judgement {
  const { now } = facts;
  const readings = POLICY_LISTS.map((list) => readPolicies(facts, list));
  const good = readings.filter((reading) => reading.problem === undefined);
  const problems = readings.flatMap(({ problem }) => problem ?? []);
  const policies = good.flatMap((reading) => reading.policies);
  const shared = {
    basis: good.map(({ basis }) => basis),
    freshUntil: earliest(good.map(({ freshUntil }) => freshUntil)),
    reevaluateAt: boundariesOf(policies),
  };

  const found = broadOverrides(policies, now, 'best');
  if (found.length > 0) {
    const reason = `${count(found.length, 'policy disables', 'policies disable')} all mail of a route and override every other one.`;
    const details = named('overriding', namesOf(found));
    return judged({ ...shared, verdict: 'fail', code: 'overridden', reason, action: remediation, details }, now);
  }
  const [problem] = problems;
  if (problem) return judged({ ...shared, ...unread(problem, problems) }, now);

  const unclear = broadOverrides(policies, now, 'worst');
  if (unclear.length > 0) {
    const reason = `${count(unclear.length, 'policy', 'policies')} may disable all mail of a route and override every other one.`;
    const details = named('unclear', namesOf(unclear));
    return judged({ ...shared, verdict: 'unknown', code: 'indeterminate', reason, action: remediation, details }, now);
  }
  return judged({ ...shared, verdict: 'pass', code: 'none-found', reason: 'None of the four lists holds one.' }, now);
}

/** Reports a problem that can be fixed before one that cannot, such as a list without an API. */
function unread(first: Problem, problems: readonly Problem[]): Omit<Problem, 'freshUntil' | 'basis'> {
  const { verdict, code, reason, action } = problems.find((problem) => problem.code !== 'no-vendor-api') ?? first;
  const lists = problems.length === 1 ? '' : ` ${problems.length} of ${POLICY_LISTS.length} lists cannot be judged.`;
  return { verdict, code, reason: `${reason}${lists}`, action };
}

/** The policies in force that disable all mail of a route and override every other one. */
function broadOverrides(policies: readonly Policy[], now: Date, reading: Reading): Policy[] {
  return actingPolicies(policies, now, reading)
    .filter(({ on, override }) => !on && override)
    .filter(({ legs }) => legs.some((leg) => ROUTES.some((route) => isBroad(leg, route))))
    .map(({ policy }) => policy);
}
