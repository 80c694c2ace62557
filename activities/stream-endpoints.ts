import type { ConnectionSettings, EndpointName } from '../evidence/connection.js';
import { ENDPOINTS } from '../mimecast/endpoints.js';
import { POLLED_STREAMS, type PolledStream } from '../workflows/streams.js';
import type { WholeEndpointName } from './types.js';

/** The endpoints that a poll of each stream reads whole. The audit log is read page by page instead. */
export const STREAM_ENDPOINTS: Readonly<Record<PolledStream, readonly WholeEndpointName[]>> = {
  'audit-events': [],
  policies: ['blocked-senders', 'content-examination', 'url-protect', 'attachment-management'],
  'archive-settings': ['archive-settings'],
  account: ['account'],
};

/** One endpoint as a connection uses it. */
export interface EndpointPlace {
  readonly stream: PolledStream;
  readonly endpoint: EndpointName;
  readonly path: string;
}

/**
 * What a test calls, in this order: the account, because it says whose keys they are, then the enabled streams. The
 * account is called even where its stream is off: a connection must know whose evidence it holds.
 */
export function placesToTest(settings: ConnectionSettings): EndpointPlace[] {
  const enabled = POLLED_STREAMS.filter((stream) => stream !== 'account' && settings.streams[stream]?.enabled);
  const streams: PolledStream[] = ['account', ...enabled];
  return streams.flatMap((stream) => {
    const endpoints: readonly EndpointName[] = stream === 'audit-events' ? [stream] : STREAM_ENDPOINTS[stream];
    return endpoints.map((endpoint) => ({ stream, endpoint, path: pathOf(settings, endpoint) }));
  });
}

/** The path that a connection's settings give to an endpoint. */
export function pathOf(settings: ConnectionSettings, endpoint: EndpointName): string {
  return settings.endpointPaths?.[endpoint] ?? ENDPOINTS[endpoint].path;
}
