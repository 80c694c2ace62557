import type { AuthenticatedRequest, Authenticator } from './authenticator.js';
import type { ApiV1Credentials } from './credentials.js';
import { mimecastDate, signatureOf } from './signature.js';

/** Signs requests to API 1.0. Source of header names and format: Mimecast, "Authorization". */
export function hmacAuthenticator(credentials: ApiV1Credentials, now: () => Date) {
  const { applicationId, applicationKey, accessKey, secretKey } = credentials;

  return {
    apiVersion: '1.0',
    headers({ path, requestId }: Pick<AuthenticatedRequest, 'path' | 'requestId'>) {
      const date = mimecastDate(now());
      const signature = signatureOf({ date, requestId, path, applicationKey, secretKey });
      return Promise.resolve({
        authorization: `MC ${accessKey}:${signature}`,
        'x-mc-app-id': applicationId,
        'x-mc-date': date,
        'x-mc-req-id': requestId,
      });
    },
  } as const satisfies Authenticator;
}
