import fc from 'fast-check';
import { marked } from 'marked';
import { parseFragment } from 'parse5';
import { describe, expect, test } from 'vitest';
import { csvText, htmlText, jsonText, markdownText, startOf, storable, terminalText } from '../../../model/text.js';
import { hiddenIn, HOSTILE_TEXTS } from '../../support/hostile-text.js';

/** Any text, and pieces that mean something somewhere. */
const anyText = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(...HOSTILE_TEXTS.map(([, text]) => text)),
      fc.constantFrom(
        '*',
        '_',
        '`',
        '[',
        ']',
        '(',
        ')',
        '<',
        '>',
        '&amp;',
        '&#42;',
        '\\',
        '\n',
        '\r',
        '#',
        '-',
        '1.',
        '~~',
        '://',
        'www.',
        '@',
        '!',
      ),
      fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(''));

/** Plain text and code need no escape, so that ordinary messages look the same everywhere. */
const ORDINARY = 'Grant "Gateway | Policies | Read" to the role (v2): poll acme. 50 % – ü 漢字 👨‍👩‍👧';

describe.each([
  ['terminal', terminalText],
  ['JSON', jsonText],
  ['Markdown', markdownText],
  ['CSV', (text: string) => csvText(text).replaceAll('\t', ' ')],
  ['HTML', (text: string) => htmlText(text).replaceAll('\t', ' ')],
])('text for %s', (_, shown) => {
  test('holds no hidden character, whatever it is', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(hiddenIn(shown(text))).toEqual([]);
      }),
    );
  });

  test('is unchanged when it is ordinary', () => {
    expect(shown(ORDINARY)).toBe(ORDINARY);
  });
});

test('a terminal shows what it would have obeyed', () => {
  expect(terminalText('\u001b[31mred\u202E \u009b \u{E0041}')).toBe(
    String.raw`\u001b[31mred\u202e \u009b \udb40\udc41`,
  );
});

test.each(['note\nnext  run this', 'note\r\nnext  run this', 'note\rnext  run this'])(
  'no further line of a text begins where lines of the program begin: %j',
  (text) => {
    expect(terminalText(text)).toBe('note\n    next  run this');
  },
);

test('escaped JSON is the same document', () => {
  fc.assert(
    fc.property(fc.jsonValue(), anyText, (value, text) => {
      const document = { value, [text]: text };
      expect(JSON.parse(jsonText(JSON.stringify(document, undefined, 2)))).toEqual(
        JSON.parse(JSON.stringify(document)),
      );
    }),
  );
});

describe('Markdown', () => {
  test('shows the text itself: no element comes from it but the paragraph', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const rendered = marked.parse(`Account ${markdownText(text)}`, { async: false, gfm: true });
        expect(rendered.match(/<(?!\/?p>)[a-z/!][^>]*>/gi) ?? []).toEqual([]);
      }),
    );
  });

  test('nor at the start of a line', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const rendered = marked.parse(`${markdownText(text.trim())} `, { async: false, gfm: true });
        expect(rendered.match(/<(?!\/?p>)[a-z/!][^>]*>/gi) ?? []).toEqual([]);
      }),
    );
  });

  test('is read as what was written', () => {
    const text = 'err_validation_null *now* `x` [a](https://e.example) <b> &amp; a@e.example';
    const [paragraph] = parseFragment(marked.parse(markdownText(text), { async: false })).childNodes;
    const [shown] = (paragraph as unknown as { childNodes: { value: string }[] }).childNodes;
    expect(shown?.value).toBe(text);
  });
});

test('stored text keeps everything but what Postgres cannot hold', () => {
  expect(storable('a\0b\uD800c\u202E\u001b👍')).toBe('a\uFFFDb\uFFFDc\u202E\u001b👍');
});

test('the start of a text never ends in half of a character', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 20 }), (text, most) => {
      const start = startOf(text, most);
      expect(text.startsWith(start)).toBe(true);
      expect(start.length).toBeLessThanOrEqual(most);
      expect(start).not.toMatch(/\p{Cs}/u);
    }),
  );
});
