import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { apiVersionOf, MimecastCredentialsError, parseCredentials } from '../../../mimecast/credentials.js';
import { CLIENT, KEYS, rejection } from '../../support/mimecast/server.js';

const refusalOf = async (input: unknown): Promise<MimecastCredentialsError> => {
  const error = await rejection(Promise.resolve().then(() => parseCredentials(input)));
  expect(error).toBeInstanceOf(MimecastCredentialsError);
  return error as MimecastCredentialsError;
};

const NAMES = [
  ['applicationId', 'Application ID'],
  ['applicationKey', 'Application Key'],
  ['accessKey', 'Access Key'],
  ['secretKey', 'Secret Key'],
  ['clientId', 'Client ID'],
  ['clientSecret', 'Client Secret'],
] as const;

describe('keys as they are entered', () => {
  test('four well-formed keys are taken as they are, and nothing else with them', () => {
    expect(parseCredentials({ ...KEYS, note: 'x' })).toEqual(KEYS);
  });

  test('the two of API 2.0 are told by their names', () => {
    expect(parseCredentials({ ...CLIENT, note: 'x' })).toEqual(CLIENT);
    expect(parseCredentials({ ...CLIENT, applicationId: '', accessKey: undefined, secretKey: null })).toEqual(CLIENT);
    expect(apiVersionOf(parseCredentials(CLIENT))).toBe('2.0');
    expect(apiVersionOf(parseCredentials(KEYS))).toBe('1.0');
  });

  test.each([undefined, null, 'text', [], {}, { clientId: '', accessKey: '' }])(
    '%j names what is missing, of either generation',
    async (input) => {
      const { problems, message } = await refusalOf(input);
      expect(problems).toEqual(NAMES.map(([field]) => ({ field, problem: 'is missing' })));
      for (const [field, name] of NAMES) expect(message).toContain(`${name} (${field}) is missing`);
    },
  );

  test.each<[string, object, string[]]>([
    [
      'one of each',
      { accessKey: 'a', clientId: 'c' },
      ['applicationId', 'applicationKey', 'secretKey', 'clientSecret'],
    ],
    ['four and one', { ...KEYS, clientId: 'c' }, ['clientSecret']],
    ['two and one', { ...CLIENT, accessKey: 'a' }, ['applicationId', 'applicationKey', 'secretKey']],
    ['four and two', { ...KEYS, ...CLIENT }, ['clientId', 'clientSecret']],
  ])('a mix of two generations is refused: %s', async (_, input, fields) => {
    const { problems, message } = await refusalOf(input);
    expect(problems.map(({ field }) => field)).toEqual(fields);
    expect(message).toContain('two generations of the API');
    expect(message).not.toContain('canary');
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
    ['clientId', undefined, 'missing'],
    ['clientSecret', 'secret\n', 'white space'],
  ])('%s %j is refused by name: %s', async (field, value, word) => {
    const { problems, message } = await refusalOf({ ...(field in CLIENT ? CLIENT : KEYS), [field]: value });
    expect(problems.map((problem) => problem.field)).toEqual([field]);
    expect(message).toContain(word);
    expect(message).not.toContain('canary');
  });

  test('every secret key that is base64 of something is taken', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 96 }), (bytes) => {
        const secretKey = Buffer.from(bytes).toString('base64');
        expect(parseCredentials({ ...KEYS, secretKey })).toEqual({ ...KEYS, secretKey });
      }),
    );
  });
});
