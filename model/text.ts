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

/**
 * Characters that change how the text around them is shown, and are invisible themselves: control characters, line and
 * paragraph separators, directions (UAX 9), tags, and others without a width. Joiners are not among them: scripts and
 * emoji need them.
 */
const HIDDEN =
  /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u00AD\u061C\u180E\u200B\u200E\u200F\u202A-\u202E\u2060-\u206F\uFEFF\uFFF9-\uFFFB\u{E0000}-\u{E007F}]/gu;

/** Writes characters as JSON does: `\u202e`. */
const escaped = (characters: string): string =>
  Array.from({ length: characters.length }, (_, index) => characters.charCodeAt(index))
    .map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`)
    .join('');

const LINE_BREAK = /\r\n?|\n/g;

/** Indentation of what follows a line break in a text, so that no text can look like a line of the program's own. */
const CONTINUED = '\n    ';

/**
 * Returns a text for a terminal. A terminal obeys escape and control characters, so they are shown as `\u001b`; tabs
 * become blanks, and further lines are indented.
 */
export const terminalText = (text: string): string =>
  text
    .replaceAll('\t', ' ')
    .split(LINE_BREAK)
    .map((line) => line.replace(HIDDEN, escaped))
    .join(CONTINUED);

/** Returns JSON text for a terminal or a file: the same document, with every hidden character escaped. */
export const jsonText = (text: string): string =>
  text.replace(HIDDEN, (character) => (character === '\n' ? character : escaped(character)));

/** Returns a text for a cell of CSV: on several lines where it has several, and without other hidden characters. */
export const csvText = (text: string): string =>
  text
    .split(LINE_BREAK)
    .map((line) => line.replace(HIDDEN, (character) => (character === '\t' ? character : escaped(character))))
    .join('\n');

/**
 * Returns a text for Markdown, which the Temporal UI renders: on one line, and without markup, links, images or HTML of
 * its own.
 */
export const markdownText = (text: string): string =>
  text
    .replaceAll(/\s*(?:\r\n?|\n)\s*/g, ' · ')
    .replaceAll('\t', ' ')
    .replace(HIDDEN, escaped)
    .replaceAll(/[\\`*_[\]<>&~@]|:(?=\/\/)|(?<=\bwww)\./gi, String.raw`\$&`)
    .replace(/^(\s*\d*)([-+=#.)])/, String.raw`$1\$2`);

/** Characters that HTML forbids: control characters except tab and line feed, lone surrogates, and non-characters. */
const FORBIDDEN_IN_HTML = /(?![\t\n])[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}]/gu;

/**
 * Returns a text for HTML, before its markup is escaped. What HTML forbids becomes the replacement character; other
 * hidden characters become visible, so that names cannot reorder a page.
 */
export const htmlText = (text: string): string =>
  text
    .replace(FORBIDDEN_IN_HTML, '\uFFFD')
    .replace(HIDDEN, (character) =>
      character === '\t' || character === '\n' ? character : `[U+${codePoint(character)}]`,
    );

const codePoint = (character: string): string =>
  (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
