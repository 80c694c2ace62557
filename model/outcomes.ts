/**
 * The outcome of one call of an endpoint. `collected` and `empty` are answers; the others are not, and say nothing about the
 * tenant's settings.
 */
export type EndpointOutcome = 'collected' | 'empty' | 'unavailable' | 'forbidden' | 'failed';

/** The outcome of one poll of a stream. */
export type PollOutcome =
  | EndpointOutcome
  /** Some endpoints answered and others were forbidden or failed; what answered is stored. */
  | 'partial'
  /** The poll stopped at its time budget; the next one resumes from the ledger. */
  | 'behind'
  /** A newer run of the same stream is ahead and has taken over. */
  | 'superseded'
  /** The poll was ended by an upgrade; the next one resumes from the ledger. */
  | 'interrupted'
  /** The connection was disconnected meanwhile; nothing more was stored. */
  | 'disconnected';

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
