import { count, idlePolicies, named, namesOf, type Assessment, type AssessmentOptions } from './assess.js';
import { coverageOf, type RouteCoverage, type RouteState } from './coverage.js';
import type { Policy } from './policy.js';
import { bearsOn, limitsOf, type Route } from './scope.js';
import { unclearParts } from './policy-state.js';

/**
 * Assesses whether the policies of a list cover all mail of a route.
 *
 * Policies for other mail are ignored. A policy with an unclear part never counts for a pass: it prevents a pass if it
 * may disable the protection, and prevents a fail if it may enable it. Only an override for all mail is a fail
 * regardless, because no reading of the unclear policy would change that.
 */
export function assessRoute(policies: readonly Policy[], route: Route, options: AssessmentOptions): Assessment {
  const { list, declared, now } = options;
  const relevant = policies.filter((policy) => bearsOn(policy, route));
  const question = { route, list, declared, now };
  const worst = coverageOf(relevant, question, 'worst');
  const best = coverageOf(relevant, question, 'best');
  const details = { ...idlePolicies(relevant, now), ...detailsOf(worst) };

  if (isGood(worst.state)) return { verdict: 'pass', ...reasonFor(worst, route), details };
  const isCertain = worst.state === best.state && (worst.state === 'overridden' || worst.state === 'tie');
  const unclear = relevant.filter((policy) => unclearParts(policy, now).length > 0);
  if (unclear.length > 0 && !isCertain) return { verdict: 'unknown', ...unclearReason(unclear, route), details };
  return { verdict: worst.state === 'tie' ? 'unknown' : 'fail', ...reasonFor(worst, route), details };
}

const isGood = (state: RouteState): boolean => state === 'covered' || state === 'declared';

function detailsOf({ carveOuts, partial, uncovered }: RouteCoverage): Assessment['details'] {
  return {
    ...(carveOuts.length > 0 && { carveOuts: carveOuts.length }),
    ...named('carvedOut', carveOuts.map(withLimits)),
    ...named('partial', partial.map(withLimits)),
    ...named('uncovered', uncovered),
  };
}

const withLimits = (policy: Policy): string => `${policy.name} (${limitsOf(policy).join(', ')})`;

function unclearReason(unclear: readonly Policy[], route: Route): Pick<Assessment, 'code' | 'reason'> {
  const which = count(unclear.length, 'policy is', 'policies are');
  const reason = `Whether ${route} mail is covered depends on what cannot be told: ${which} not clear in every part.`;
  return { code: 'indeterminate', reason };
}

/** Returns code and reason for each state. */
function reasonFor(coverage: RouteCoverage, route: Route): Pick<Assessment, 'code' | 'reason'> {
  const { state, carveOuts, partial, uncovered } = coverage;
  const mail = `all ${route} mail`;
  switch (state) {
    case 'covered':
      return { code: 'in-force', reason: `A policy for ${mail} is in force${takenOut(namesOf(carveOuts).length)}.` };
    case 'declared':
      return {
        code: 'in-force',
        reason: `Policies for every declared domain and group of ${route} mail are in force.`,
      };
    case 'tie':
      return {
        code: 'precedence',
        reason: `Policies that act and policies that disable are equally specific for ${route} mail: which one wins cannot be told.`,
      };
    case 'overridden':
      return { code: state, reason: `A policy that disables ${mail} overrides every other one.` };
    case 'partial-coverage': {
      const left =
        uncovered.length === 0
          ? ''
          : `; ${count(uncovered.length, 'declared domain or group is', 'declared domains or groups are')} not covered`;
      return {
        code: state,
        reason: `${count(partial.length, 'policy covers', 'policies cover')} only a part of ${route} mail${left}.`,
      };
    }
    case 'expired':
      return { code: state, reason: `The policy for ${route} mail has ended.` };
    case 'not-begun':
      return { code: state, reason: `The policy for ${route} mail has not begun yet.` };
    case 'off':
      return { code: state, reason: `All policies for ${route} mail are switched off or take no action.` };
    case 'none':
      return { code: state, reason: `There is no policy for ${route} mail.` };
  }
}

const takenOut = (carveOuts: number): string =>
  carveOuts === 0 ? '' : `; ${count(carveOuts, 'narrower policy takes', 'narrower policies take')} a part of it out`;
