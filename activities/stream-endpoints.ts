import type { ConnectionSettings, EndpointName, ProtectionLogEndpoint } from '../model/connection.js';
import { PROTECTIONS, type Protection } from '../model/statistics.js';
import { ENDPOINTS } from '../mimecast/endpoints.js';
import { VENDOR_STATISTICS } from '../model/endpoints.js';
import { PROTECTION_LOGS } from '../mimecast/protection-logs.js';
import { POLLED_STREAMS, type PolledStream } from '../model/streams.js';
import type { BegunLog, WholeEndpointName } from '../contract/activities.js';

/** The endpoints that a poll of each stream reads completely. Logs are read page by page instead. */
const WHOLE_ENDPOINTS: Readonly<Record<PolledStream, readonly WholeEndpointName[]>> = {
  'audit-events': [],
  policies: ['blocked-senders', 'content-examination', 'url-protect', 'attachment-management'],
  'archive-settings': ['archive-settings'],
  account: ['account'],
  'threat-statistics': [],
};

/** Returns the endpoints that a poll of a stream reads completely. */
export function wholeEndpoints({ apiVersion }: ConnectionSettings, stream: PolledStream): readonly WholeEndpointName[] {
  return stream === 'threat-statistics' && apiVersion === '2.0' ? VENDOR_STATISTICS : WHOLE_ENDPOINTS[stream];
}

/** Returns the protection logs as a connection's poll reads them. */
export function protectionLogs(settings: ConnectionSettings): BegunLog[] {
  return PROTECTIONS.map((protection) => {
    const { endpoint } = PROTECTION_LOGS[protection];
    return { protection, endpoint, path: pathOf(settings, endpoint) };
  });
}

function endpointsToTest(settings: ConnectionSettings, stream: PolledStream): readonly EndpointName[] {
  const logs = stream === 'threat-statistics' ? protectionLogs(settings).map(({ endpoint }) => endpoint) : [];
  return [...(stream === 'audit-events' ? [stream] : logs), ...wholeEndpoints(settings, stream)];
}

/** Returns true for endpoints that list events: an empty answer is a quiet day, not a finding. */
export const listsEvents = (endpoint: EndpointName): boolean =>
  endpoint === 'audit-events' || isProtectionLog(endpoint) || VENDOR_STATISTICS.some((name) => name === endpoint);

const PROTECTION_OF: Readonly<Record<ProtectionLogEndpoint, Protection>> = {
  'ttp-url-logs': 'url',
  'ttp-attachment-logs': 'attachment',
  'ttp-impersonation-logs': 'impersonation',
  'dlp-logs': 'dlp',
};

export const isProtectionLog = (endpoint: EndpointName): endpoint is ProtectionLogEndpoint =>
  Object.hasOwn(PROTECTION_OF, endpoint);

/** Returns the protection of a log endpoint. */
export const protectionOf = (endpoint: ProtectionLogEndpoint): Protection => PROTECTION_OF[endpoint];

/** An endpoint as a connection uses it. */
export interface EndpointPlace {
  readonly stream: PolledStream;
  readonly endpoint: EndpointName;
  readonly path: string;
}

/**
 * Returns the endpoints that a test calls, in order: the account, because it identifies the tenant, then the enabled
 * streams. The account is called even if its stream is disabled: a connection must know which tenant its evidence is from.
 */
export function placesToTest(settings: ConnectionSettings): EndpointPlace[] {
  const enabled = POLLED_STREAMS.filter((stream) => stream !== 'account' && settings.streams[stream]?.enabled);
  const streams: PolledStream[] = ['account', ...enabled];
  return streams.flatMap((stream) =>
    endpointsToTest(settings, stream).map((endpoint) => ({ stream, endpoint, path: pathOf(settings, endpoint) })),
  );
}

/** Returns the path of an endpoint in a connection's settings. */
export function pathOf(settings: ConnectionSettings, endpoint: EndpointName): string {
  return settings.endpointPaths?.[endpoint] ?? ENDPOINTS[endpoint].path;
}
