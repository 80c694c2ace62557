/**
 * Text that others wrote, in a form that can be stored and shown. Storage keeps the original; each place where text is
 * shown has one function here, and everything that is shown there passes through it.
 */

/** Replaces NUL and lone surrogates, which Postgres text cannot contain, by U+FFFD. */
export const storable = (text: string): string => text.replaceAll(/\p{Cs}/gu, '\uFFFD').replaceAll('\0', '\uFFFD');

/** Returns the start of a text: at most so many UTF-16 code units, and no half of a character. */
export function startOf(text: string, most: number): string {
  if (text.length <= most) return text;
  const cut = text.slice(0, most);
  return isHighSurrogate(cut.charCodeAt(most - 1)) ? cut.slice(0, -1) : cut;
}

const isHighSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff;
