import type { Coverage } from '../../model/connection.js';
import type { PolicyList } from './lists.js';
import type { Policy } from './policy.js';
import { policyStateOf, unclearParts } from './policy-state.js';

/** Result of a control's rule for a list of policies that could be read. */
export interface Assessment {
  readonly verdict: 'pass' | 'fail' | 'unknown';
  readonly code: string;
  readonly reason: string;
  /** Counts and names; empty ones are omitted. */
  readonly details: Readonly<Record<string, number | string | readonly string[]>>;
}

/** Parameters of an assessment: the list, the coverage that the settings declare, and the time. */
export interface AssessmentOptions {
  readonly list: PolicyList;
  readonly declared?: Coverage | undefined;
  readonly now: Date;
}

/** Limit for names in an evaluation. Longer lists do not help, and evaluations are kept for years. */
const MOST_NAMES = 20;

/** Lists names of policies under a heading; empty when there are none. */
export function named(heading: string, names: readonly string[]): Readonly<Record<string, readonly string[]>> {
  if (names.length === 0) return {};
  const more = names.length - MOST_NAMES;
  return { [heading]: more > 0 ? [...names.slice(0, MOST_NAMES), `and ${more} more`] : names };
}

export const namesOf = (policies: readonly Policy[]): string[] => policies.map(({ name }) => name);

/** Lists the policies that are not in force, and those with an unclear part. */
export function idlePolicies(policies: readonly Policy[], now: Date): Assessment['details'] {
  const inState = (wanted: string): string[] =>
    namesOf(policies.filter((policy) => policyStateOf(policy, now) === wanted));
  const unclear = policies.map((policy) => ({ policy, parts: unclearParts(policy, now) }));
  return {
    ...named('disabled', inState('disabled')),
    ...named('expired', inState('expired')),
    ...named('notBegun', inState('not-begun')),
    ...named(
      'unclear',
      unclear
        .filter(({ parts }) => parts.length > 0)
        .map(({ policy, parts }) => `${policy.name} (${parts.join(', ')})`),
    ),
  };
}

/** Formats a count: `1 policy`, `2 policies`. */
export const count = (number: number, one: string, many: string): string => `${number} ${number === 1 ? one : many}`;
