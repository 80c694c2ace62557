import type { Coverage } from '../../model/connection.js';
import type { PolicyList } from './lists.js';
import type { Policy } from './policy.js';
import { standingOf, unclearParts } from './standing.js';

/** What the rule of a control makes of a list of policies that could be read. */
export interface Assessment {
  readonly verdict: 'pass' | 'fail' | 'unknown';
  readonly code: string;
  readonly reason: string;
  /** Counts and names; what there is none of is left out. */
  readonly details: Readonly<Record<string, number | string | readonly string[]>>;
}

/** What is asked of a list: at which moment, and what its connection declares to matter. */
export interface AssessmentOptions {
  readonly list: PolicyList;
  readonly declared?: Coverage | undefined;
  readonly now: Date;
}

/** More of them help nobody, and an evaluation is kept for years. */
const MOST_NAMES = 20;

/** Names of policies under a heading; nothing when there are none. */
export function named(heading: string, names: readonly string[]): Readonly<Record<string, readonly string[]>> {
  if (names.length === 0) return {};
  const more = names.length - MOST_NAMES;
  return { [heading]: more > 0 ? [...names.slice(0, MOST_NAMES), `and ${more} more`] : names };
}

export const namesOf = (policies: readonly Policy[]): string[] => policies.map(({ name }) => name);

/** Policies that do not count, which administrators keep for later, and those of which something is not clear. */
export function idlePolicies(policies: readonly Policy[], now: Date): Assessment['details'] {
  const standing = (wanted: string): string[] =>
    namesOf(policies.filter((policy) => standingOf(policy, now) === wanted));
  const unclear = policies.map((policy) => ({ policy, parts: unclearParts(policy, now) }));
  return {
    ...named('disabled', standing('disabled')),
    ...named('expired', standing('expired')),
    ...named('notBegun', standing('not-begun')),
    ...named(
      'unclear',
      unclear
        .filter(({ parts }) => parts.length > 0)
        .map(({ policy, parts }) => `${policy.name} (${parts.join(', ')})`),
    ),
  };
}

/** How many of something, in words: `1 policy`, `2 policies`. */
export const count = (number: number, one: string, many: string): string => `${number} ${number === 1 ? one : many}`;
