import type { EndpointOutcome } from '../evidence/outcomes.js';

/**
 * The outcome of a stream over several endpoints.
 *
 * Anything that could not be read makes the whole `partial` when something else could be, so that a reader never
 * takes half an answer for a whole one; `unavailable` alone does not, because the tenant has no such endpoint.
 */
export function streamOutcome(outcomes: readonly EndpointOutcome[]): EndpointOutcome | 'partial' {
  const has = (outcome: EndpointOutcome): boolean => outcomes.includes(outcome);
  const unread = has('failed') || has('forbidden');

  if (unread && outcomes.some((outcome) => outcome !== 'failed' && outcome !== 'forbidden')) return 'partial';
  if (has('failed')) return 'failed';
  if (has('forbidden')) return 'forbidden';
  if (has('collected')) return 'collected';
  if (has('empty')) return 'empty';
  return 'unavailable';
}
