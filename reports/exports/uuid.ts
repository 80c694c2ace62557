import { createHash } from 'node:crypto';

/** Namespace of every identifier that exports derive from a name. Never changes: consumers recognise what they hold by it. */
const NAMESPACE = Buffer.from('6f1d1c0e6a0b5d0c9d3f3b1a7c2e48b5', 'hex');

/** A UUID of version 5 (RFC 9562, 5.5): the same parts give the same UUID, on every machine and at any time. */
export function stableUuid(...parts: readonly (string | number)[]): string {
  // As JSON, so that ('a', 'b') and ('a|b') are never one name, whatever stands in them.
  const digest = createHash('sha1').update(NAMESPACE).update(JSON.stringify(parts)).digest().subarray(0, 16);
  digest.writeUInt8((digest.readUInt8(6) & 0x0f) | 0x50, 6);
  digest.writeUInt8((digest.readUInt8(8) & 0x3f) | 0x80, 8);
  return digest.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
