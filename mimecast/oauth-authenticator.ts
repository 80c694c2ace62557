import type { Authenticator, ReachedApi } from './authenticator.js';
import type { ApiV2Credentials } from './credentials.js';
import { requestToken } from './oauth-token.js';
import type { TokenCache } from './token-cache.js';

/**
 * Authenticates requests to API 2.0 with a bearer token, which it requests from the same base URL.
 *
 * @param owner identifies the connection and the version of its keys; all calls of one owner share its tokens
 */
export function oauthAuthenticator(credentials: ApiV2Credentials, tokens: TokenCache, owner: string): Authenticator {
  const keyFor = ({ baseUrl }: ReachedApi): string => `${owner} ${baseUrl}`;

  return {
    apiVersion: '2.0',
    async headers({ api, signal }) {
      const token = await tokens.take(
        keyFor(api),
        (requestSignal) => requestToken(api, credentials, requestSignal),
        signal,
      );
      return { authorization: SCHEME + token };
    },
    renew({ api, headers }) {
      tokens.drop(keyFor(api), headers['authorization']?.slice(SCHEME.length) ?? '');
    },
  };
}

const SCHEME = 'Bearer ';
