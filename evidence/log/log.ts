import type { LogEntry, LogRange } from './entries.js';
import type { LogHead } from './append.js';
import type { Checkpointed, Verification } from '../proof/verifier.js';

export interface EvidenceLog {
  head(connectionId: string): Promise<LogHead | undefined>;
  /** The head as it was when the entry at this place had just been made; none when there is no such entry. */
  link(connectionId: string, sequence: number): Promise<LogHead | undefined>;
  /** Entries of some kinds within a range, in order. */
  entries(connectionId: string, range: LogRange): AsyncIterable<LogEntry>;
  /**
   * Recomputes the chain and every digest that it covers; names the first entry that does not hold. With what a checkpoint
   * says, which the caller has found authentic and of this connection, also whether it lies on the chain.
   */
  verify(connectionId: string, checkpoint?: Checkpointed): Promise<Verification>;
}
