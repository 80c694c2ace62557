import { ApplicationFailure } from '@temporalio/common';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseInput } from '../../../activities/parse-input.js';
import type { MimecastActivities } from '../../../contract/activities.js';
import { ACTIVITY_INPUTS } from '../../../contract/requests/activities.js';
import { defaultSettings } from '../../../model/settings.js';

const NAMES = Object.keys(ACTIVITY_INPUTS) as (keyof MimecastActivities)[];
const SEALED = 'eyJhbGci.a_b-c.d.e.f';

describe.each(NAMES)('%s', (name) => {
  test('is given what its schemas accept, or fails for good with a sentence', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue(), { maxLength: 4 }), (args: unknown[]) => {
        try {
          expect(parseInput(name, args)).toHaveLength(ACTIVITY_INPUTS[name].length);
        } catch (error) {
          expect(error).toBeInstanceOf(ApplicationFailure);
          expect(error).toMatchObject({ type: 'MimecastInvalidRequest', nonRetryable: true });
        }
      }),
    );
  });

  test.each(['a\0b', 'Acme', '', null, {}, '../acme'])('is for a connection, not for %j', (id) => {
    const args = ACTIVITY_INPUTS[name].map(() => id);
    expect(() => parseInput(name, args)).toThrow(ApplicationFailure);
  });
});

test('unknown fields of a request are ignored, and a clock decides nothing', () => {
  const settings = { ...defaultSettings('https://eu-api.mimecast.com'), colour: 'blue' };
  const request = { settings, sealed: SEALED, issuedAt: '2999-01-01', later: { field: 1 } };
  const [id, read] = parseInput('mimecast.openConnection', ['acme', request]);
  expect([id, read]).toEqual([
    'acme',
    { settings: defaultSettings('https://eu-api.mimecast.com'), sealed: SEALED, issuedAt: '2999-01-01' },
  ]);
});

test('what is refused is not repeated', () => {
  const settings = { ...defaultSettings('https://user:canary-9@eu-api.mimecast.com') };
  const parse = () => parseInput('mimecast.openConnection', ['acme', { settings, sealed: SEALED }]);
  expect(parse).toThrow(/baseUrl must not contain a user name or a password/);
  expect(parse).not.toThrow(/canary/);
});
