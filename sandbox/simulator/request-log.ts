import type { IncomingHttpHeaders } from 'node:http';

const MAX_ENTRIES = 10_000;

/** One call that the simulator received. */
export interface LoggedRequest {
  /** ISO, UTC. */
  readonly at: string;
  readonly path: string;
  readonly requestId?: string;
  readonly accessKey?: string;
  /** API 2.0: client of the call's token, or of the token request. */
  readonly clientId?: string;
  readonly pageToken?: string;
  /** HTTP status of the response; absent while the call is in progress, and for calls that were reset or never answered. */
  readonly status?: number;
}

export interface ReceivedRequest {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly accessKey: string | undefined;
  readonly clientId: string | undefined;
  readonly token: string | undefined;
}

/** Log of the newest calls. */
export class RequestLog {
  entries: LoggedRequest[] = [];

  begin({ path, headers, accessKey, clientId, token }: ReceivedRequest): { status?: number } {
    const requestId = headers['x-mc-req-id'];
    const entry: LoggedRequest = {
      at: new Date().toISOString(),
      path,
      ...(typeof requestId === 'string' ? { requestId } : {}),
      ...(accessKey === undefined ? {} : { accessKey }),
      ...(clientId === undefined ? {} : { clientId }),
      ...(token === undefined ? {} : { pageToken: token }),
    };
    this.entries.push(entry);
    if (this.entries.length > MAX_ENTRIES) this.entries = this.entries.slice(-MAX_ENTRIES / 2);
    return entry;
  }

  clear(): void {
    this.entries = [];
  }
}
