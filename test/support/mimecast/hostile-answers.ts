import { createServer } from 'node:http';
import { createMimecastApi, type MimecastApi } from '../../../mimecast/api.js';
import { hmacAuthenticator } from '../../../mimecast/hmac-authenticator.js';
import { oauthAuthenticator } from '../../../mimecast/oauth-authenticator.js';
import { createRateBudget } from '../../../mimecast/rate-budget.js';
import { createTokenCache } from '../../../mimecast/token-cache.js';
import { CLIENT, KEYS, listen } from './server.js';

/** A text of JSON with `levels` lists in each other. `JSON.stringify` could not write it. */
export const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);

/** A server whose every answer is set by the test, as text; tokens of API 2.0 are granted. */
export interface HostileServer {
  /** The text of the next answers. */
  answer: (text: string) => void;
  readonly apis: { readonly 'API 1.0': MimecastApi; readonly 'API 2.0': MimecastApi };
}

export async function serveHostile(): Promise<HostileServer> {
  let next = '';
  const server = createServer((request, response) => {
    request.resume();
    const isToken = request.url === '/oauth/token';
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(isToken ? JSON.stringify({ access_token: 'token-1', token_type: 'Bearer', expires_in: 1799 }) : next);
  });
  const { url, dispatcher } = await listen(server);

  const now = (): Date => new Date();
  const shared = {
    baseUrl: url,
    allowLoopback: true,
    dispatcher,
    now,
    limits: { secondLookMs: 1 },
  };
  const budget = createRateBudget({ now });
  const tokens = createTokenCache(now);
  return {
    answer(text) {
      next = text;
    },
    apis: {
      'API 1.0': createMimecastApi({ ...shared, budget, authenticator: hmacAuthenticator(KEYS, now) }),
      'API 2.0': createMimecastApi({ ...shared, budget, authenticator: oauthAuthenticator(CLIENT, tokens, 'acme v1') }),
    },
  };
}
