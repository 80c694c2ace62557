import type { Facts } from '../../model/facts.js';
import type { PolicyList } from '../policies/lists.js';
import { parsePolicies } from '../policies/parse-policy.js';
import type { Policy } from '../policies/policy.js';
import { readEndpoint, wrongShape, type EndpointReading, type GoodReading, type Problem } from './read-endpoint.js';

export type PolicyReading = GoodPolicies | { readonly problem: Problem };

export interface GoodPolicies extends Omit<GoodReading, 'items'> {
  readonly policies: readonly Policy[];
}

/** Reads the policies of a list. One unreadable item makes the list unreadable, because it may be the decisive one. */
export function readPolicies(facts: Facts, list: PolicyList): PolicyReading {
  const reading: EndpointReading = readEndpoint(facts, list.endpoint);
  if (reading.problem) return reading;
  const { policies, unreadable } = parsePolicies(reading.items, list);
  if (unreadable.length > 0) return { problem: wrongShape(reading, placesOf(unreadable, reading.items.length)) };
  return { policies, basis: reading.basis, freshUntil: reading.freshUntil };
}

function placesOf([first = 0, ...others]: readonly number[], all: number): string {
  const which = others.length === 0 ? `item ${first + 1}` : `item ${first + 1} and ${others.length} more`;
  const lack = others.length === 0 ? 'lacks' : 'lack';
  return `${which} of ${all} ${lack} what every policy has (from, to, enabled)`;
}
