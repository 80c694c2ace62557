import type { Authenticator, ReachedApi } from './authenticator.js';
import type { ApiV2Credentials } from './credentials.js';
import { requestToken } from './oauth-token.js';
import type { TokenCache } from './token-cache.js';

/**
 * Sends requests to API 2.0 with a bearer token, which it gets for the client's credentials at the base URL that is called.
 *
 * @param owner whose tokens they are, and for which version of the keys: tokens of one owner are shared by all its calls
 */
export function oauthAuthenticator(credentials: ApiV2Credentials, tokens: TokenCache, owner: string): Authenticator {
  const keyFor = ({ baseUrl }: ReachedApi): string => `${owner} ${baseUrl}`;

  return {
    apiVersion: '2.0',
    async headers({ api, signal }) {
      const token = await tokens.take(keyFor(api), (given) => requestToken(api, credentials, given), signal);
      return { authorization: SCHEME + token };
    },
    renew({ api, headers }) {
      tokens.drop(keyFor(api), headers['authorization']?.slice(SCHEME.length) ?? '');
    },
  };
}

const SCHEME = 'Bearer ';
