import { createHash } from 'node:crypto';
import type { Queryable } from '../database/database.js';
import { append } from '../log/append.js';
/** The kinds of records whose bodies can be erased. */
export type Erasable = 'events' | 'observations' | 'rows' | 'verdicts';

/** One kind of evidence, gone through from its beginning batch by batch. */
export interface Eraser {
  /**
   * @param after where the batch before ended; none for the first
   * @param entry what the log shall say of it; none to count only
   * @returns where the next batch begins, unless this was the last
   */
  batch(
    connectionId: string,
    rule: PreparedRule,
    after: unknown,
    entry: ErasureEntry | undefined,
  ): Promise<{ readonly erased: number; readonly sequence?: number; readonly next?: unknown }>;
}

/** A rule as the erasers ask it. */
export interface PreparedRule {
  /** Only what is older; none for all. */
  readonly before?: Date;
  /** Only bodies that this says yes to; none for all. */
  readonly mentions?: (body: string) => boolean;
}

/** What each entry of an erasure says besides counts and digest. */
export type ErasureEntry = Readonly<Record<string, string>>;

/**
 * Tells the log what one batch of an erasure takes: the number of bodies, and a digest over their digests.
 *
 * @param digests in the order of the log, in which `verify` meets what was erased
 * @returns the entry's place, by which what is erased refers to it
 */
export async function appendErasure(
  client: Queryable,
  connectionId: string,
  what: Erasable,
  digests: readonly Buffer[],
  entry: ErasureEntry,
): Promise<string> {
  const digest = createHash('sha256');
  for (const sha256 of digests) digest.update(sha256);
  const data = { ...entry, what, count: digests.length, digest: digest.digest('hex') };
  return append(client, connectionId, 'erased', data);
}

export const ERASABLE: readonly Erasable[] = ['events', 'observations', 'rows', 'verdicts'];
