import { createHmac, randomBytes } from 'node:crypto';
import type { ErasureEntry, PreparedRule } from './eraser.js';

/** Shorter texts occur in nearly every body. */
export const SHORTEST_SUBJECT = 3;

export interface PreparedErasure {
  readonly prepared: PreparedRule;
  readonly entry: ErasureEntry;
  readonly receipt?: string;
}

/**
 * Prepares the rule that erases what mentions a person.
 *
 * The log must not name the person. Its entries hold an HMAC of the name under a random key instead; the key is returned as the
 * receipt and not stored.
 *
 * @throws RangeError when the subject is shorter than three characters
 */
export function subjectRule(subject: string): PreparedErasure {
  const wanted = folded(subject.trim());
  if (wanted.length < SHORTEST_SUBJECT) throw new RangeError('A subject has at least three characters.');
  const key = randomBytes(32);
  const hmac = createHmac('sha256', key).update(wanted).digest('hex');
  return {
    prepared: { mentions: mentionOf(wanted) },
    entry: { rule: 'subject', subject: hmac },
    receipt: key.toString('hex'),
  };
}

/**
 * Returns a test of whether a body mentions a subject, in any case: as a value or within a text, but not as a part of a longer
 * word or address. `jane@example.com` is neither in `mary-jane@example.com` nor in `jane@example.com.au`.
 */
export function mentionOf(subject: string): (body: string) => boolean {
  const wanted = folded(subject);
  const pattern = new RegExp(`${NOT_BEFORE}${escaped(wanted)}${NOT_AFTER}`, 'u');
  // Escaped as in JSON text: most bodies are ruled out without being parsed.
  const written = JSON.stringify(wanted).slice(1, -1);
  return (body) =>
    folded(body).includes(written) && textsOf(JSON.parse(body)).some((text) => pattern.test(folded(text)));
}

/** Letters, digits and the characters that join them to words and addresses. A dot joins only between two of them. */
const NOT_BEFORE = String.raw`(?<![\p{L}\p{N}_%+@-]|[\p{L}\p{N}]\.)`;
const NOT_AFTER = String.raw`(?![\p{L}\p{N}_@-]|\.[\p{L}\p{N}])`;

const escaped = (text: string): string => text.replace(/[$()*+./?[\\\]^{|}]/g, String.raw`\$&`);

const folded = (text: string): string => text.normalize().toLowerCase();

/** Every text in a value, the names of fields too. */
function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(textsOf);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, field]) => [name, ...textsOf(field)]);
}
