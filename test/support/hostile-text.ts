/** Text that does something to the place where it is shown, unless that place escapes it. */
export const HOSTILE_TEXTS: readonly (readonly [what: string, text: string])[] = [
  ['a colour', '\u001b[31mred\u001b[0m'],
  ['concealed text', '\u001b[8mhidden\u001b[28m'],
  ['a cleared screen', '\u001b[2J\u001b[H'],
  ['a title of the window', '\u001b]0;owned\u0007'],
  ['a link of the terminal', '\u001b]8;;https://evil.example\u001b\\click\u001b]8;;\u001b\\'],
  ['a report that the terminal types', '\u001b[6n'],
  ['C1 control characters', '\u009b31mred\u009d0;owned\u009c\u0090q\u009c'],
  ['a line that is overwritten', 'refused\rconnected'],
  ['erased characters', 'fail\b\b\b\bpass'],
  ['a NUL and a bell', '\0\u0007'],
  ['a line of its own', 'note\nnext  temporal-mimecast disconnect acme'],
  ['other line breaks', 'one\u2028two\u2029three\u0085four\u000bfive\u000csix'],
  ['reversed text', '\u202Etxt.exe\u202C'],
  ['isolated text', '\u2066a\u2067b\u2068c\u2069'],
  ['marks of direction', '\u200Ea\u200Fb\u061Cc'],
  ['characters without a width', 'pa\u200Bss\u2060word\uFEFF\u00ADx'],
  ['tags', 'a\u{E0041}\u{E0042}\u{E007F}b'],
  ['half of a character', 'a\uD800b\uDC00'],
  ['Markdown', '**bold** _it_ `code` [a](https://evil.example) ![i](https://evil.example/i.png) # h'],
  ['HTML in Markdown', '<img src=x onerror=alert(1)> <https://evil.example> &lt; www.evil.example a@evil.example'],
  ['a heading', '# heading'],
  ['a list', '- item'],
  ['a numbered list', '1. item'],
  ['a formula', '=HYPERLINK("https://evil.example")'],
  ['HTML', '"><script>alert(1)</script>'],
];

/** All of them in one text. */
export const HOSTILE = HOSTILE_TEXTS.map(([, text]) => text).join(' ');

/** Characters that may appear in no output: controls except line feeds, directions, separators, and those without width. */
const HIDDEN =
  /(?!\n)[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u00AD\u061C\u180E\u200B\u200E\u200F\u202A-\u202E\u2060-\u206F\uFEFF\u{E0000}-\u{E007F}]/gu;

/** The hidden characters of an output, by code point. */
export const hiddenIn = (output: string): string[] =>
  [...new Set(output.match(HIDDEN) ?? [])].map((found) => `U+${(found.codePointAt(0) ?? 0).toString(16)}`);
