import { describe, expect, test } from 'vitest';
import { hmacAuthenticator } from '../../../mimecast/hmac-authenticator.js';
import { mimecastDate, signatureOf } from '../../../mimecast/signature.js';
import vectors from '../../fixtures/signing-vectors.json' with { type: 'json' };

describe('a request is signed as Mimecast verifies it', () => {
  test.each(vectors.right)('$name', async ({ date, requestId, path, signature, ...keys }) => {
    expect(signatureOf({ date, requestId, path, ...keys })).toBe(signature);
    expect(mimecastDate(new Date(date))).toBe(date);

    const authenticator = hmacAuthenticator({ applicationId: 'an-id', ...keys }, () => new Date(date));
    expect(await authenticator.headers({ path, requestId })).toEqual({
      authorization: `MC ${keys.accessKey}:${signature}`,
      'x-mc-app-id': 'an-id',
      'x-mc-date': date,
      'x-mc-req-id': requestId,
    });
  });

  test.each(vectors.wrong.signatures)('never with this mistake: $mistake', ({ signature }) => {
    const vector = vectors.right.find(({ name }) => name === vectors.wrong.of);
    expect(vector).toBeDefined();
    if (vector) expect(signatureOf(vector)).not.toBe(signature);
  });

  test('each attempt carries the time at which it was made', async () => {
    const times = ['2026-01-05T09:00:07Z', '2026-01-05T09:00:08Z'].map((time) => new Date(time));
    const keys = { applicationId: 'id', applicationKey: 'key', accessKey: 'access', secretKey: 'U2VjcmV0S2V5' };
    const authenticator = hmacAuthenticator(keys, () => times.shift() ?? new Date(0));
    const first = await authenticator.headers({ path: '/p', requestId: 'r' });
    const second = await authenticator.headers({ path: '/p', requestId: 'r' });
    expect(first['x-mc-date']).toBe('Mon, 05 Jan 2026 09:00:07 UTC');
    expect(second['x-mc-date']).toBe('Mon, 05 Jan 2026 09:00:08 UTC');
    expect(second.authorization).not.toBe(first.authorization);
  });
});
