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

export function sha256(data: string | Buffer): Buffer {
  return hash('sha256', data, 'buffer');
}
