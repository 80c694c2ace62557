import canonicalize from 'canonicalize';
import { hash } from 'node:crypto';

/**
 * Serialises a body in the form that is hashed and stored: canonical JSON (RFC 8785). Control characters, including
 * NUL, and lone surrogates are escaped, so that any body can be stored as text.
 *
 * @throws TypeError when the value has no JSON form
 */
export function canonicalJson(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('The body has no JSON form');
  return text;
}

/** Returns true when two values are equal as JSON, in any order of their keys. */
export function isSameJson(one: unknown, other: unknown): boolean {
  return canonicalize(one) === canonicalize(other);
}

/**
 * Hashes a string as UTF-8. Its bytes share a slab with others: a thousand buffers of their own for a page cost more
 * than its hashes.
 */
export function sha256(data: string | Buffer): Buffer {
  return Buffer.from(hash('sha256', data, 'binary'), 'binary');
}
