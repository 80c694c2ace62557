import { createHash } from 'node:crypto';
import type { Queryable } from './database.js';
import { append } from './log.js';
import type { Erasable, ErasureEntry } from './privacy.js';

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
