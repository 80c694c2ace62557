import { createHmac, randomBytes } from 'node:crypto';
import type { ErasureEntry, PreparedRule } from './eraser.js';

/** Shorter texts stand in nearly every body. */
export const SHORTEST_SUBJECT = 3;

/**
 * The rule that erases what mentions a person.
 *
 * The log may not name the person, and it lasts longer than anybody's list of names: so it holds an HMAC under a random key
 * that is given to whoever erases and kept nowhere. All entries of one erasure hold the same.
 *
 * @throws RangeError when the subject is shorter than three characters
 */
export function subjectRule(subject: string): {
  readonly prepared: PreparedRule;
  readonly told: ErasureEntry;
  readonly receipt: string;
} {
  const wanted = folded(subject.trim());
  if (wanted.length < SHORTEST_SUBJECT) throw new RangeError('A subject has at least three characters.');
  const key = randomBytes(32);
  const hmac = createHmac('sha256', key).update(wanted).digest('hex');
  return {
    prepared: { mentions: mentionOf(wanted) },
    told: { rule: 'subject', subject: hmac },
    receipt: key.toString('hex'),
  };
}

/**
 * Whether a body mentions a subject, whatever its case: as a value, or within a text, but not as a part of a longer word or
 * address. `jane@example.com` is neither in `mary-jane@example.com` nor in `jane@example.com.au`.
 */
export function mentionOf(subject: string): (body: string) => boolean {
  const wanted = folded(subject);
  const pattern = new RegExp(`${NOT_BEFORE}${escaped(wanted)}${NOT_AFTER}`, 'u');
  // As it stands inside JSON text: nearly all bodies are told apart by that, without being parsed.
  const written = JSON.stringify(wanted).slice(1, -1);
  return (body) =>
    folded(body).includes(written) && textsOf(JSON.parse(body)).some((text) => pattern.test(folded(text)));
}

/** Letters, digits and what joins them to words and addresses; a dot joins only what stands on both of its sides. */
const NOT_BEFORE = String.raw`(?<![\p{L}\p{N}_%+@-]|[\p{L}\p{N}]\.)`;
const NOT_AFTER = String.raw`(?![\p{L}\p{N}_@-]|\.[\p{L}\p{N}])`;

const escaped = (text: string): string => text.replace(/[$()*+./?[\\\]^{|}]/g, String.raw`\$&`);

const folded = (text: string): string => text.normalize().toLowerCase();

/** Every text in a value, the names of fields too. */
function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(textsOf);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, held]) => [name, ...textsOf(held)]);
}
