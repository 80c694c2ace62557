const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/**
 * Returns a fixed place within a period for an id, spread evenly over many ids, so that what many connections do at once is done
 * one after the other. FNV-1a, because workflow code has no digests of Node.
 *
 * @returns milliseconds, at least 0 and less than `periodMs`
 */
export function placeInPeriod(id: string, periodMs: number): number {
  let hash = FNV_OFFSET;
  for (const character of id) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), FNV_PRIME);
  return Math.floor((avalanche(hash) / 2 ** 32) * periodMs);
}

/** Ids that differ in their last character alone would lie close together. The finalizer of MurmurHash3. */
function avalanche(hash: number): number {
  let mixed = hash;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
