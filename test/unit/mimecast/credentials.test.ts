import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MimecastCredentialsError, parseCredentials } from '../../../mimecast/credentials.js';
import { KEYS, rejection } from './server.js';

const refusalOf = async (input: unknown): Promise<MimecastCredentialsError> => {
  const error = await rejection(Promise.resolve().then(() => parseCredentials(input)));
  expect(error).toBeInstanceOf(MimecastCredentialsError);
  return error as MimecastCredentialsError;
};

describe('keys as they are entered', () => {
  test('four well-formed keys are taken as they are, and nothing else with them', () => {
    expect(parseCredentials({ ...KEYS, note: 'x' })).toEqual(KEYS);
  });

  test.each([undefined, null, 'text', [], {}])('%j names all four that are missing', async (input) => {
    const { problems, message } = await refusalOf(input);
    expect(problems.map(({ field }) => field)).toEqual(['applicationId', 'applicationKey', 'accessKey', 'secretKey']);
    for (const name of ['Application ID', 'Application Key', 'Access Key', 'Secret Key'])
      expect(message).toContain(name);
  });

  test.each([
    ['applicationId', ' id', 'white space'],
    ['applicationKey', 'key\n', 'white space'],
    ['accessKey', 'two words', 'white space'],
    ['accessKey', 'a\r\nx-other: header', 'white space'],
    ['accessKey', 'kéy', 'characters that no key has'],
    ['applicationKey', 7, 'not text'],
    ['applicationId', 'x'.repeat(2000), 'longer'],
    ['secretKey', 'U2VjcmV0S2V', 'base64'],
    ['secretKey', '-_-_', 'base64'],
    ['secretKey', 'U2Vj!cmV0', 'base64'],
    ['secretKey', 'U2VjcmV0S2V5=', 'base64'],
    ['secretKey', 'U2VjcmV0S2W=', 'base64'],
  ])('%s %j is refused by name: %s', async (field, value, word) => {
    const { problems, message } = await refusalOf({ ...KEYS, [field]: value });
    expect(problems.map((problem) => problem.field)).toEqual([field]);
    expect(message).toContain(word);
    expect(message).not.toContain('canary');
  });

  test('every secret key that is base64 of something is taken', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 96 }), (bytes) => {
        const secretKey = Buffer.from(bytes).toString('base64');
        expect(parseCredentials({ ...KEYS, secretKey }).secretKey).toBe(secretKey);
      }),
    );
  });
});
