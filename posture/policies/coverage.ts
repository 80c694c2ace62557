import type { Coverage } from '../../model/connection.js';
import type { PolicyList } from './lists.js';
import type { Policy, Side } from './policy.js';
import {
  actingPolicies,
  decide,
  type ActingPolicy,
  type Candidate,
  type Decision,
  type Reading,
} from './precedence.js';
import { isBroad, ownSide, withoutOwnSide, type Leg, type Route } from './scope.js';
import { policyStateOf } from './policy-state.js';

/**
 * Coverage of one route by a list of policies. The first two states are good, `tie` is undecided, the others are not
 * good.
 */
export type RouteState =
  /** A policy for all mail of the route is in force. */
  | 'covered'
  /** Policies cover a part of the route, including all domains and groups that the settings declare. */
  | 'declared'
  | 'tie'
  | 'overridden'
  | 'partial-coverage'
  | 'expired'
  | 'not-begun'
  | 'off'
  | 'none';

export interface RouteCoverage {
  readonly state: RouteState;
  /** Narrower policies that exclude mail. */
  readonly carveOuts: readonly Policy[];
  /** Narrower policies that act. */
  readonly partial: readonly Policy[];
  /** Declared domains and groups that no policy covers. */
  readonly uncovered: readonly string[];
}

export interface Question {
  readonly route: Route;
  readonly list: PolicyList;
  readonly declared: Coverage | undefined;
  readonly now: Date;
}

/**
 * Determines the coverage of a route, in one reading of the unclear parts.
 *
 * @param policies those of the list that may concern the route
 */
export function coverageOf(policies: readonly Policy[], question: Question, reading: Reading): RouteCoverage {
  const { route, list, declared, now } = question;
  const acting = actingPolicies(policies, now, reading);
  const broad = candidates(acting, (leg) => isBroad(leg, route));
  const narrow = acting.filter(({ legs }) => !legs.some((leg) => isBroad(leg, route)));
  const partial = narrow.filter(({ on }) => on);
  const decision = decide(broad, list.addsUp);

  if (decision === 'on') {
    const carveOuts = narrow.filter((policy) => takesOut(policy, broad, list));
    return { state: 'covered', carveOuts: policiesOf(carveOuts), partial: policiesOf(partial), uncovered: [] };
  }
  const targets = declaredTargets(declared).map((target) => ({
    ...target,
    decision: decide(candidatesFor(target, acting, route), list.addsUp),
  }));
  const uncovered = targets.filter((target) => target.decision !== 'on');
  const isTie = decision === 'tie' || targets.some((target) => target.decision === 'tie');
  return {
    state: stateOf(decision, {
      isDeclared: targets.length > 0 && uncovered.length === 0,
      isTie,
      otherwise: partial.length > 0 ? 'partial-coverage' : stateWithoutActing(policies, now),
    }),
    carveOuts: [],
    partial: policiesOf(partial),
    uncovered: uncovered.map(({ value }) => value),
  };
}

/** An override for all mail takes precedence over every policy for a part of it. */
function stateOf(
  decision: Decision,
  { isDeclared, isTie, otherwise }: { isDeclared: boolean; isTie: boolean; otherwise: RouteState },
): RouteState {
  if (decision === 'overridden') return 'overridden';
  if (isDeclared) return 'declared';
  return isTie ? 'tie' : otherwise;
}

/** Explains why no policy acts, most useful reason first. */
function stateWithoutActing(policies: readonly Policy[], now: Date): RouteState {
  const states = policies.filter(({ acts }) => acts !== 'off').map((policy) => policyStateOf(policy, now));
  if (states.includes('expired')) return 'expired';
  if (states.includes('not-begun')) return 'not-begun';
  return policies.length === 0 ? 'none' : 'off';
}

/** Returns the policies that have a matching leg, each with that leg. */
function candidates(acting: readonly ActingPolicy[], isMeant: (leg: Leg) => boolean): Candidate[] {
  return acting.flatMap((policy) => {
    const leg = policy.legs.find(isMeant);
    return leg ? [{ ...policy, leg }] : [];
  });
}

const policiesOf = (acting: readonly ActingPolicy[]): Policy[] => acting.map(({ policy }) => policy);

/**
 * True when a narrower policy excludes mail. It is the more specific one, but an override takes precedence over it, and
 * policies that add up exclude nothing.
 */
function takesOut({ on, override }: ActingPolicy, broad: readonly Candidate[], { addsUp }: PolicyList): boolean {
  if (on) return false;
  return override || !(addsUp || broad.some((other) => other.on && other.override));
}

interface Target {
  readonly kind: 'domain' | 'group';
  readonly value: string;
}

/** Domains and groups that the settings declare. */
function declaredTargets({ domains = [], groups = [] }: Coverage = {}): Target[] {
  return [
    ...domains.map((value): Target => ({ kind: 'domain', value })),
    ...groups.map((value): Target => ({ kind: 'group', value })),
  ];
}

/** Returns the policies for all mail of a route that a domain or group of the tenant receives or sends. */
function candidatesFor(target: Target, acting: readonly ActingPolicy[], route: Route): Candidate[] {
  return candidates(
    acting,
    (leg) => isBroad(leg, route) || (isFor(ownSide(leg, route), target) && isBroad(withoutOwnSide(leg, route), route)),
  );
}

/** Compares domains without case (RFC 4343), and groups by id or, when Mimecast gives it, by name. */
function isFor({ kind, values = [] }: Side, target: Target): boolean {
  if (kind !== target.kind) return false;
  if (kind === 'group') return values.includes(target.value);
  return values.some((value) => value.toLowerCase() === target.value.toLowerCase());
}
