/** Where an answer came from, so that it can be proved. */
export interface Provenance {
  readonly host: string;
  readonly path: string;
  readonly requestId: string;
  readonly httpStatus: number;
  /** The vendor's `Date` header, verbatim. */
  readonly vendorDate?: string;
  /** ISO, UTC. */
  readonly receivedAt: string;
  /** What was asked for: the request's `data`. An empty list asks for everything. */
  readonly filters?: readonly unknown[];
  /** The account that the keys are for, as it was pinned when the call was made. None before that. */
  readonly accountCode?: string;
  /** Version of the rules by which an answer becomes the body that is kept. */
  readonly normaliser?: number;
}
