import { createHash } from 'node:crypto';

/** Namespace of all derived identifiers. Never changes, because consumers recognise records by them. */
const NAMESPACE = Buffer.from('6f1d1c0e6a0b5d0c9d3f3b1a7c2e48b5', 'hex');

/** Derives a version 5 UUID (RFC 9562, 5.5): the same parts give the same UUID on any machine at any time. */
export function stableUuid(...parts: readonly (string | number)[]): string {
  // Encoded as JSON, so that ('a', 'b') and ('a|b') differ.
  const digest = createHash('sha1').update(NAMESPACE).update(JSON.stringify(parts)).digest().subarray(0, 16);
  digest.writeUInt8((digest.readUInt8(6) & 0x0f) | 0x50, 6);
  digest.writeUInt8((digest.readUInt8(8) & 0x3f) | 0x80, 8);
  return digest.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
