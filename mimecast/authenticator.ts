import type { Dispatcher } from 'undici';
import type { ApiVersion } from './credentials.js';
import type { BaseUrlRules } from './regions.js';
import type { ExchangeLimits } from './transport.js';

/** Authenticates the requests of one connection. */
export interface Authenticator {
  readonly apiVersion: ApiVersion;
  /**
   * Returns the headers for one attempt. Call it again for each attempt: a signature contains the date and the request
   * id, and is valid for one request.
   *
   * @throws {MimecastError} when the headers need a request of their own, and it fails
   * @throws the signal's reason when it is aborted
   */
  headers(request: AuthenticatedRequest): Promise<Record<string, string>>;
  /**
   * Discards the headers that Mimecast answered with 401. Present only when new headers can succeed: the call is then
   * repeated once before the keys count as refused.
   */
  renew?(refused: RefusedRequest): void;
}

export interface AuthenticatedRequest {
  /** Path with its leading slash, without host or query. */
  readonly path: string;
  /** Unique for this attempt. */
  readonly requestId: string;
  /** API that the request is sent to; a token is requested from the same API. */
  readonly api: ReachedApi;
  readonly signal?: AbortSignal | undefined;
}

interface RefusedRequest {
  readonly api: ReachedApi;
  /** Headers as returned by `headers`. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Address of the API, and the means to call it. */
export interface ReachedApi extends BaseUrlRules {
  /** Origin, without a trailing slash. */
  readonly baseUrl: string;
  readonly dispatcher: Dispatcher;
  readonly limits: ExchangeLimits;
  readonly now: () => Date;
  /** The machine whose clock `now` is, for messages. Default: this machine. */
  readonly clock?: string;
}
