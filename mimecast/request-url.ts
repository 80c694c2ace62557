import type { ReachedApi } from './authenticator.js';
import { MimecastRequestError } from './errors.js';
import { MimecastBaseUrlError, parseBaseUrl } from './regions.js';

export interface RequestTarget {
  /** Path with its leading slash, without host or query. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>> | undefined;
  readonly requestId: string;
}

/** Replaces a rejected path in messages: its text may contain a password or a key. */
const WITHHELD_PATH = '/…';

/** Longest address in a message. The length of a host name in a URL is not limited, the first line of a message is. */
const LONGEST_ADDRESS = 70;

/**
 * Builds the URL of a request. All requests to Mimecast use it, because requests carry keys and paths come from
 * settings.
 *
 * The base URL must be one that `parseBaseUrl` accepts. The path must be exactly the one that is sent and signed. A
 * text that leads to another origin, that has a query, or that a URL parser normalises to another path (`/a/../b`,
 * `/a\b`, a tab) is rejected.
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

/** Scheme, host and port of a URL. The text of a URL without a host is not shown, because it can contain anything. */
const addressOf = (url: URL | undefined): string =>
  url === undefined || url.host === '' ? 'no host' : `${url.protocol}//${url.host}`.slice(0, LONGEST_ADDRESS);
