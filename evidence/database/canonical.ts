import canonicalize from 'canonicalize';
import { hash } from 'node:crypto';

/**
 * A body in the one form that is hashed and kept: canonical JSON (RFC 8785). Control characters, NUL among them, and lone
 * surrogates are escaped there, so that any body can be stored as text.
 *
 * @throws TypeError when the value has no JSON form
 */
export function canonicalJson(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('The body has no JSON form');
  return text;
}

/** Whether two values are the same as JSON, in whatever order their keys stand. */
export function isSameJson(one: unknown, other: unknown): boolean {
  return canonicalize(one) === canonicalize(other);
}

/** By way of a string, whose bytes then share a slab with others: a thousand buffers of their own for a page cost more than its hashes. */
export function sha256(data: string | Buffer): Buffer {
  return Buffer.from(hash('sha256', data, 'binary'), 'binary');
}
