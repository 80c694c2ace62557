import type { Provenance as AnswerProvenance } from '../mimecast/api.js';

/** Where a stored answer came from: what the vendor's client says of it, and what makes it provable. */
export interface Provenance extends Omit<AnswerProvenance, 'filters'> {
  /** What was asked for: the request's `data`. An empty list asks for everything. */
  readonly filters?: readonly unknown[];
  /** The account that the keys are for, as it was pinned when the call was made. None before that. */
  readonly accountCode?: string;
  /** Version of the rules that turn an answer into the body that is kept. */
  readonly normaliser?: number;
}
