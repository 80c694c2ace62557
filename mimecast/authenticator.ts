import type { Dispatcher } from 'undici';
import type { ApiVersion } from './credentials.js';
import type { BaseUrlRules } from './regions.js';
import type { ExchangeLimits } from './transport.js';

/** How requests of one connection prove who they come from. */
export interface Authenticator {
  readonly apiVersion: ApiVersion;
  /**
   * The headers of one attempt, made when it is sent. An attempt that is repeated asks again: a signature holds the
   * date and the request's id, and is good for one request.
   *
   * @throws {MimecastError} when they take a call of their own, and that fails
   * @throws the signal's reason when it is aborted
   */
  headers(request: AuthenticatedRequest): Promise<Record<string, string>>;
  /**
   * Hears that Mimecast answered 401. Only there where other headers may fare better: the call is then made once again
   * before anything is called refused.
   */
  renew?(refused: RefusedRequest): void;
}

export interface AuthenticatedRequest {
  /** Path with its leading slash, without host or query. */
  readonly path: string;
  /** Unique for this attempt. */
  readonly requestId: string;
  /** Where the request goes, for what must be asked for there first. */
  readonly api: ReachedApi;
  readonly signal?: AbortSignal | undefined;
}

interface RefusedRequest {
  readonly api: ReachedApi;
  /** As `headers` gave them. */
  readonly headers: Readonly<Record<string, string>>;
}

/** A place of the API and how it is called. */
export interface ReachedApi extends BaseUrlRules {
  /** Origin, without a trailing slash. */
  readonly baseUrl: string;
  readonly dispatcher: Dispatcher;
  readonly limits: ExchangeLimits;
  readonly now: () => Date;
}
