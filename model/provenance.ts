import type { Provenance as AnswerProvenance } from '../mimecast/api.js';

/** Origin of a stored answer: the data of the API client, and the data that makes it provable. */
export interface Provenance extends Omit<AnswerProvenance, 'filters'> {
  /** Filters of the request: its `data`. An empty list requests everything. */
  readonly filters?: readonly unknown[];
  /** The account that the keys are for, as it was pinned when the call was made. None before that. */
  readonly accountCode?: string;
  /** Version of the rules that turn an answer into the body that is kept. */
  readonly normaliser?: number;
}
