import type { Policy } from './policy.js';

/** Whether a policy is in force at a moment, and why it is not. */
export type LogPosition = 'in-force' | 'disabled' | 'not-begun' | 'expired' | 'unclear';

/** What is certain goes first: a policy that is switched off is off, whatever its dates say. */
export function standingOf({ enabled, begins, ends }: Policy, now: Date): LogPosition {
  if (enabled === false) return 'disabled';
  if (ends instanceof Date && now >= ends) return 'expired';
  if (begins instanceof Date && now < begins) return 'not-begun';
  return enabled === undefined || begins === 'unclear' || ends === 'unclear' ? 'unclear' : 'in-force';
}

/** What keeps it open whether and on what a policy that may be in force acts; empty when nothing does. */
export function unclearParts(policy: Policy, now: Date): string[] {
  const standing = standingOf(policy, now);
  if (standing !== 'in-force' && standing !== 'unclear') return [];
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

/** The moments at which policies begin or end; a policy that is switched off does neither. */
export function boundariesOf(policies: readonly Policy[]): Date[] {
  return policies
    .filter(({ enabled }) => enabled !== false)
    .flatMap(({ begins, ends }) => [begins, ends].filter((boundary) => boundary instanceof Date));
}
