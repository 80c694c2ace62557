import type { Policy, Side, SideKind } from './policy.js';
import { legsOf, type Leg } from './scope.js';
import { policyStateOf, unclearParts } from './policy-state.js';

/** A policy that counts as in force, with all unclear parts decided. */
export interface ActingPolicy {
  readonly policy: Policy;
  readonly on: boolean;
  readonly override: boolean;
  readonly legs: readonly Leg[];
}

/**
 * Reading of unclear parts: for or against the tenant. When both readings give the same verdict, the unclear parts do
 * not matter.
 */
export type Reading = 'worst' | 'best';

/**
 * Returns the policies that act at a time. Unclear parts count against the tenant in the worst reading, and for it in
 * the best.
 */
export function actingPolicies(policies: readonly Policy[], now: Date, reading: Reading): ActingPolicy[] {
  return policies.flatMap((policy) => {
    const state = policyStateOf(policy, now);
    if (state !== 'in-force' && state !== 'unclear') return [];
    const isUnclear = unclearParts(policy, now).length > 0;
    const on = policy.acts === 'unclear' ? reading === 'best' : policy.acts === 'on';
    if (isUnclear && on !== (reading === 'best')) return [];
    const { override = true, bidirectional = true } = policy;
    return [{ policy, on, override, legs: legsOf(policy, bidirectional) }];
  });
}

/** A policy with the leg that matches the mail in question. */
export interface Candidate extends ActingPolicy {
  readonly leg: Leg;
}

/**
 * `overridden`: a disabling policy takes precedence over all others. `tie`: on and off are equally specific, and
 * neither overrides.
 */
export type Decision = 'on' | 'off' | 'overridden' | 'tie' | 'nothing';

/**
 * Decides which policy for the same mail wins. An override takes precedence; otherwise the most specific policy wins,
 * unless policies of this type add up. When neither of two policies is more specific on both sides, they tie: Mimecast
 * does not publish whether sender or recipient comes first for the API.
 *
 * Source: Mimecast, "Policy Specificity".
 */
export function decide(candidates: readonly Candidate[], addsUp: boolean): Decision {
  if (candidates.length === 0) return 'nothing';
  if (candidates.some(({ on, override }) => !on && override)) return 'overridden';
  if (candidates.some(({ on, override }) => on && (override || addsUp))) return 'on';

  const winners = candidates.filter(({ leg }) => !candidates.some((other) => isMoreSpecific(other.leg, leg)));
  if (winners.every(({ on }) => on)) return 'on';
  return winners.some(({ on }) => on) ? 'tie' : 'off';
}

/** Rank of each kind. `unclear` ranks highest, because it may be the most specific: see {@link Reading}. */
const SPECIFICITY: Readonly<Record<SideKind, number>> = {
  everyone: 0,
  internal: 1,
  external: 1,
  attribute: 2,
  group: 3,
  domain: 4,
  person: 5,
  unclear: 6,
};

function isMoreSpecific(one: Leg, other: Leg): boolean {
  const [sender, recipient] = [compare(one.sender, other.sender), compare(one.recipient, other.recipient)];
  return sender >= 0 && recipient >= 0 && sender + recipient > 0;
}

const compare = (one: Side, other: Side): number => SPECIFICITY[one.kind] - SPECIFICITY[other.kind];
