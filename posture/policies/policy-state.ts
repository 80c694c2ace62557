import type { Policy } from './policy.js';

/** State of a policy at a time. */
export type PolicyState = 'in-force' | 'disabled' | 'not-begun' | 'expired' | 'unclear';

/** Returns the state of a policy. Certain facts come first: a disabled policy is disabled, whatever its dates are. */
export function policyStateOf({ enabled, begins, ends }: Policy, now: Date): PolicyState {
  if (enabled === false) return 'disabled';
  if (ends instanceof Date && now >= ends) return 'expired';
  if (begins instanceof Date && now < begins) return 'not-begun';
  return enabled === undefined || begins === 'unclear' || ends === 'unclear' ? 'unclear' : 'in-force';
}

/** Lists the unclear parts of a policy that may be in force; empty when there are none. */
export function unclearParts(policy: Policy, now: Date): string[] {
  const state = policyStateOf(policy, now);
  if (state !== 'in-force' && state !== 'unclear') return [];
  const parts: readonly (readonly [string, boolean])[] = [
    ['enabled', policy.enabled === undefined],
    ['dates', policy.begins === 'unclear' || policy.ends === 'unclear'],
    ['option', policy.acts === 'unclear'],
    ['override', policy.override === undefined],
    ['bidirectional', policy.bidirectional === undefined],
    ['from', policy.from.kind === 'unclear'],
    ['to', policy.to.kind === 'unclear'],
    ['conditions', policy.conditions === 'unclear'],
  ];
  return parts.filter(([, isUnclear]) => isUnclear).map(([part]) => part);
}

/** Returns the times at which policies start or end, except those of disabled policies. */
export function boundariesOf(policies: readonly Policy[]): Date[] {
  return policies
    .filter(({ enabled }) => enabled !== false)
    .flatMap(({ begins, ends }) => [begins, ends].filter((boundary) => boundary instanceof Date));
}
