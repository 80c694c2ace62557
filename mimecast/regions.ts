import type { ApiVersion } from './credentials.js';

/** One host of Mimecast's API. */
export interface Region {
  /** Common name. */
  readonly name: string;
  /** The host, without scheme or port. */
  readonly host: string;
  readonly apiVersion: ApiVersion;
}

/**
 * All known hosts of Mimecast's API. They are listed, not built from a region's short name: the US public sector has
 * its own domain. Offshore has an old and a new name, both in use.
 *
 * Sources: Mimecast's pages "System Requirements: API base URLs" and "API 2.0 global base URL".
 */
export const REGIONS: readonly Region[] = [
  { name: 'Europe, United Kingdom', host: 'eu-api.mimecast.com', apiVersion: '1.0' },
  { name: 'Germany', host: 'de-api.mimecast.com', apiVersion: '1.0' },
  { name: 'United States', host: 'us-api.mimecast.com', apiVersion: '1.0' },
  { name: 'United States, B grid', host: 'usb-api.mimecast.com', apiVersion: '1.0' },
  { name: 'United States, public sector', host: 'uspcom-api.mimecast-pscom-us.com', apiVersion: '1.0' },
  { name: 'Canada', host: 'ca-api.mimecast.com', apiVersion: '1.0' },
  { name: 'South Africa', host: 'za-api.mimecast.com', apiVersion: '1.0' },
  { name: 'Australia', host: 'au-api.mimecast.com', apiVersion: '1.0' },
  { name: 'Offshore', host: 'je-api.mimecast.com', apiVersion: '1.0' },
  { name: 'Offshore, older name', host: 'jer-api.mimecast.com', apiVersion: '1.0' },
  { name: 'Sandbox', host: 'sandbox-api.mimecast.com', apiVersion: '1.0' },
  { name: 'Global', host: 'api.services.mimecast.com', apiVersion: '2.0' },
  { name: 'United States', host: 'us-api.services.mimecast.com', apiVersion: '2.0' },
  { name: 'United Kingdom', host: 'uk-api.services.mimecast.com', apiVersion: '2.0' },
];

export const baseUrlOf = ({ host }: Region): string => `https://${host}`;

/** Returns the base URLs at which keys of an API version can be valid. */
export function baseUrlsOf(apiVersion: ApiVersion): string[] {
  return REGIONS.filter((region) => region.apiVersion === apiVersion).map(baseUrlOf);
}

/** Returns the API version that a base URL serves; undefined for a server on this machine, which may serve both. */
export function apiVersionAt(baseUrl: string): ApiVersion | undefined {
  const origin = URL.canParse(baseUrl) ? new URL(baseUrl).origin : undefined;
  return REGIONS.find((region) => baseUrlOf(region) === origin)?.apiVersion;
}

/**
 * Returns an error when keys of one API version cannot be used at a base URL. Each version has its own hosts; the error
 * names those that fit.
 */
export function apiVersionProblem(baseUrl: string, apiVersion: ApiVersion): MimecastBaseUrlError | undefined {
  const served = apiVersionAt(baseUrl);
  if (served === undefined || served === apiVersion) return undefined;
  return new MimecastBaseUrlError(
    `${baseUrl} serves API ${served}, and these are keys of API ${apiVersion}.`,
    `Use a base URL of API ${apiVersion}: ${baseUrlsOf(apiVersion).join(', ')}.`,
  );
}

/** Keys must not be sent to this base URL. */
export class MimecastBaseUrlError extends Error {
  override readonly name = 'MimecastBaseUrlError';
  readonly nextStep: string;

  constructor(problem: string, nextStep = `Use https:// and one of: ${REGIONS.map(({ host }) => host).join(', ')}.`) {
    super(`${problem} ${nextStep}`);
    this.nextStep = nextStep;
  }
}

/** Which base URLs are accepted. */
export interface BaseUrlRules {
  /** Also accept a server on this machine, over http or https: for the simulator and tests. */
  readonly allowLoopback: boolean;
}

const LOOPBACK_HOST = /^(?:localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])$/;

/**
 * Checks a base URL and returns its origin, without a trailing slash.
 *
 * Signed requests carry an access key, so they are sent only to Mimecast's own hosts.
 *
 * @throws {MimecastBaseUrlError} with the known hosts; the rejected text is not repeated, because it may contain a
 *   password
 */
export function parseBaseUrl(text: string, { allowLoopback }: BaseUrlRules): string {
  const url = /[\s\\]/.test(text) || !URL.canParse(text) ? undefined : new URL(text);
  if (url === undefined) throw new MimecastBaseUrlError('The base URL is not a URL.');
  if (text.includes('@')) throw new MimecastBaseUrlError('The base URL must not contain a user name or a password.');
  if (url.pathname !== '/' || /[?#]/.test(text)) {
    throw new MimecastBaseUrlError('The base URL must end after the host: no path, no query.');
  }
  if (LOOPBACK_HOST.test(url.hostname)) return loopbackOrigin(url, allowLoopback);
  if (url.protocol !== 'https:' || url.port !== '') {
    throw new MimecastBaseUrlError('The base URL must be https on the default port.');
  }
  if (!REGIONS.some(({ host }) => host === url.hostname)) {
    throw new MimecastBaseUrlError('The base URL is not a host of Mimecast.');
  }
  return url.origin;
}

function loopbackOrigin(url: URL, allowLoopback: boolean): string {
  if (!allowLoopback) {
    throw new MimecastBaseUrlError(
      'The base URL is this machine, which only the sandbox may use.',
      'Set MIMECAST_ALLOW_LOOPBACK=1 to use a simulator, or give the base URL of your region.',
    );
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new MimecastBaseUrlError('The base URL must be http or https.');
  }
  return url.origin;
}
