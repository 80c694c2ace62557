/** How requests of one connection prove who they come from. */
export interface Authenticator {
  readonly apiVersion: '1.0' | '2.0';
  /**
   * The headers of one attempt, made when it is sent. An attempt that is repeated asks again: a signature holds the
   * date and the request's id, and is good for one request.
   */
  headers(request: AuthenticatedRequest): Promise<Record<string, string>>;
}

interface AuthenticatedRequest {
  /** Path with its leading slash, without host or query. */
  readonly path: string;
  /** Unique for this attempt. */
  readonly requestId: string;
}
