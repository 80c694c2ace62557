/** What one endpoint said at one moment. `empty` is a fact about the tenant; the last three are not. */
export type EndpointOutcome = 'collected' | 'empty' | 'unavailable' | 'forbidden' | 'failed';

/** What one poll of a stream came to. */
export type PollOutcome =
  | EndpointOutcome
  /** Some endpoints answered and others were forbidden or failed; what answered is stored. */
  | 'partial'
  /** The poll stopped at its time budget; the next one goes on from the ledger. */
  | 'behind'
  /** A newer run of the same stream is ahead and has taken over. */
  | 'superseded'
  /** The connection was disconnected meanwhile; nothing more was stored. */
  | 'disconnected';
