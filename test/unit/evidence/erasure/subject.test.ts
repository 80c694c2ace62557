import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson } from '../../../../evidence/database/canonical.js';
import { mentionOf, subjectRule } from '../../../../evidence/erasure/subject.js';

const mentions = (subject: string, body: unknown): boolean => mentionOf(subject)(canonicalJson(body));

describe('a body mentions a person', () => {
  test.each([
    ['as a value', { user: 'jane@example.com' }],
    ['in another case', { user: 'Jane@Example.COM' }],
    ['within a text', { eventInfo: 'Policy of jane@example.com, changed by admin' }],
    ['at the end of a sentence', { eventInfo: 'Removed jane@example.com.' }],
    ['in quotes and brackets', { eventInfo: "<jane@example.com> 'jane@example.com'" }],
    ['on a line of its own', { eventInfo: 'Members:\njane@example.com\nbob@example.com' }],
    ['deep in it', [{ policy: { from: [{ emailAddress: 'jane@example.com' }] } }]],
    ['as the name of a field', { 'jane@example.com': 1 }],
  ])('%s', (_, body) => {
    expect(mentions('jane@example.com', body)).toBe(true);
  });

  test.each([
    ['who has a longer address', { user: 'mary-jane@example.com' }],
    ['in a longer domain', { user: 'jane@example.com.au' }],
    ['with a tag', { user: 'x+jane@example.com' }],
    ['in another domain that begins alike', { user: 'jane@example.community' }],
    ['by a first name alone', { user: 'jane' }],
  ])('not one %s', (_, body) => {
    expect(mentions('jane@example.com', body)).toBe(false);
  });

  test.each([
    ['Jürgen "Jo" Müller', { eventInfo: 'für JÜRGEN "JO" MÜLLER' }],
    // Composed and decomposed forms of the same letter.
    ['Mu\u0308ller', { eventInfo: 'Herr M\u00fcller' }],
    ['a\\b (c)', { eventInfo: 'path A\\B (C)' }],
  ])('%s, however it is written', (subject, body) => {
    expect(mentions(subject, body)).toBe(true);
  });

  test('whatever stands around it that is no letter, digit or joint of a word', () => {
    const separator = fc.constantFrom(' ', '\n', '\t', '"', '\\', '<', '(', ',', ';', ':', '/', '\u2028', '\u0000');
    const local = fc.stringMatching(/^[a-z0-9]{1,8}$/);
    fc.assert(
      fc.property(separator, local, separator, (before, name, after) => {
        const subject = `${name}@example.com`;
        return (
          mentions(subject, { text: `word${before}${subject.toUpperCase()}${after}word` }) &&
          !mentions(subject, { text: `word${before}x${subject}${after}word` })
        );
      }),
    );
  });
});

test('a domain alone is nobody, and a short text is refused', () => {
  expect(mentions('example.com', { user: 'jane@example.com' })).toBe(false);
  expect(() => subjectRule(' ab ')).toThrow('at least three characters');
});

test('the log entry has an HMAC whose key is only in the receipt, and differs each time', () => {
  const [first, second] = [subjectRule('Jane@example.com'), subjectRule('jane@example.com')];
  expect(first.entry['subject']).not.toBe(second.entry['subject']);
  expect(JSON.stringify(first.entry)).not.toMatch(/jane/i);
  expect(first.receipt).toMatch(/^[0-9a-f]{64}$/);
});
