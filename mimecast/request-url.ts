import type { ReachedApi } from './authenticator.js';
import { MimecastRequestError } from './errors.js';
import { MimecastBaseUrlError, parseBaseUrl } from './regions.js';

export interface RequestTarget {
  /** Path with its leading slash, without host or query. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>> | undefined;
  readonly requestId: string;
}

/** Takes the place of a rejected path in messages: its text may hold a password or a key. */
const WITHHELD_PATH = '/…';

/** Names of hosts have no limit in a URL; the first line of a message has. */
const LONGEST_ADDRESS = 70;

/**
 * Builds the URL of a request. Every request to Mimecast gets its URL here, because requests carry keys and paths come
 * from settings.
 *
 * The base URL must be one that `parseBaseUrl` accepts. The path must be exactly the one that is sent, which is also the
 * one that is signed: a text that leads to another origin, that has a query, or that a URL parser writes differently
 * (`/a/../b`, `/a\b`, a tab) is rejected.
 *
 * @throws {MimecastRequestError} `address`, not retryable. Its message names the host, never the rejected path
 */
export function requestUrl(api: ReachedApi, { path, query, requestId }: RequestTarget): URL {
  const base = parseUrl(api.baseUrl);
  const rejected = (detail: string): MimecastRequestError => {
    const place = { host: base?.host ?? 'unknown', path: WITHHELD_PATH, requestId, at: api.now().toISOString() };
    return new MimecastRequestError(place, 'address', { detail });
  };
  const origin = allowedOrigin(api);
  if (origin === undefined) throw rejected(`base URL: ${addressOf(base)}`);

  const url = parseUrl(path, origin);
  if (url?.origin !== origin) throw rejected(`path leads to ${addressOf(url)}`);
  if (url.pathname !== path) throw rejected('path is not in its normal form');
  if (query) url.search = new URLSearchParams(query).toString();
  return url;
}

const parseUrl = (text: string, origin?: string): URL | undefined =>
  URL.canParse(text, origin) ? new URL(text, origin) : undefined;

function allowedOrigin({ baseUrl, allowLoopback }: ReachedApi): string | undefined {
  try {
    return parseBaseUrl(baseUrl, { allowLoopback });
  } catch (error) {
    if (error instanceof MimecastBaseUrlError) return undefined;
    throw error;
  }
}

/** Scheme, host and port of a URL that has a host. A URL without one may begin with anything, so it is not shown. */
const addressOf = (url: URL | undefined): string =>
  url === undefined || url.host === '' ? 'no host' : `${url.protocol}//${url.host}`.slice(0, LONGEST_ADDRESS);
