import type { Policy, Side, SideKind } from './policy.js';
import { legsOf, type Leg } from './scope.js';
import { standingOf, unclearParts } from './standing.js';

/** A policy that is taken to be in force, with everything about it decided. */
export interface ActingPolicy {
  readonly policy: Policy;
  readonly on: boolean;
  readonly override: boolean;
  readonly legs: readonly Leg[];
}

/**
 * What is made of policies of which something is unclear. Between the worst and the best that they may be lies the truth: where
 * both give the same verdict, nothing that is unclear matters.
 */
export type Reading = 'worst' | 'best';

/** The policies that act at a moment. What is unclear acts against the tenant in the worst reading, and for it in the best. */
export function actingPolicies(policies: readonly Policy[], now: Date, reading: Reading): ActingPolicy[] {
  return policies.flatMap((policy) => {
    const standing = standingOf(policy, now);
    if (standing !== 'in-force' && standing !== 'unclear') return [];
    const isUnclear = unclearParts(policy, now).length > 0;
    const on = policy.acts === 'unclear' ? reading === 'best' : policy.acts === 'on';
    if (isUnclear && on !== (reading === 'best')) return [];
    const { override = true, bidirectional = true } = policy;
    return [{ policy, on, override, legs: legsOf(policy, bidirectional) }];
  });
}

/** A policy with the leg by which it is about the mail in question. */
export interface Candidate extends ActingPolicy {
  readonly leg: Leg;
}

/** `overridden`: one that disables goes before all others. `tie`: on and off are equally specific, and neither overrides. */
export type Decision = 'on' | 'off' | 'overridden' | 'tie' | 'nothing';

/**
 * Which of the policies that are about the same mail wins. An override goes before everything; otherwise the most specific one,
 * unless policies of this type add up. Where neither of two is the more specific on both sides, they tie: the vendor's
 * order of sender before recipient is not published for the API.
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

/** `unclear` wins over everything, because it may: see {@link Reading}. */
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
