import type { ConnectionSettings, EndpointName, ProtectionLogEndpoint } from '../model/connection.js';
import { PROTECTIONS, type Protection } from '../model/statistics.js';
import { ENDPOINTS } from '../mimecast/endpoints.js';
import { PROTECTION_LOGS } from '../mimecast/protection-logs.js';
import { POLLED_STREAMS, type PolledStream } from '../model/streams.js';
import type { BegunLog, WholeEndpointName } from '../contract/activities.js';

/** The endpoints that a poll of each stream reads whole. Logs are read page by page instead. */
const WHOLE_ENDPOINTS: Readonly<Record<PolledStream, readonly WholeEndpointName[]>> = {
  'audit-events': [],
  policies: ['blocked-senders', 'content-examination', 'url-protect', 'attachment-management'],
  'archive-settings': ['archive-settings'],
  account: ['account'],
  'threat-statistics': [],
};

/** The vendor's own totals, which only API 2.0 has. They stand beside what the logs are counted into. */
const VENDOR_STATISTICS = ['stats-url-clicks', 'stats-attachment-scans', 'stats-impersonations'] as const;

/** The endpoints that a poll of a stream reads whole. */
export function wholeEndpoints({ apiVersion }: ConnectionSettings, stream: PolledStream): readonly WholeEndpointName[] {
  return stream === 'threat-statistics' && apiVersion === '2.0' ? VENDOR_STATISTICS : WHOLE_ENDPOINTS[stream];
}

/** The protection logs, as a connection's poll reads them. */
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

/** Whether an endpoint tells of what happened: that nothing did is a quiet day, and no finding. */
export const tellsOfEvents = (endpoint: EndpointName): boolean =>
  endpoint === 'audit-events' || isProtectionLog(endpoint) || VENDOR_STATISTICS.some((name) => name === endpoint);

const PROTECTION_OF: Readonly<Record<ProtectionLogEndpoint, Protection>> = {
  'ttp-url-logs': 'url',
  'ttp-attachment-logs': 'attachment',
  'ttp-impersonation-logs': 'impersonation',
  'dlp-logs': 'dlp',
};

export const isProtectionLog = (endpoint: EndpointName): endpoint is ProtectionLogEndpoint =>
  Object.hasOwn(PROTECTION_OF, endpoint);

/** The protection whose log an endpoint is. */
export const protectionOf = (endpoint: ProtectionLogEndpoint): Protection => PROTECTION_OF[endpoint];

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
  return streams.flatMap((stream) =>
    endpointsToTest(settings, stream).map((endpoint) => ({ stream, endpoint, path: pathOf(settings, endpoint) })),
  );
}

/** The path that a connection's settings give to an endpoint. */
export function pathOf(settings: ConnectionSettings, endpoint: EndpointName): string {
  return settings.endpointPaths?.[endpoint] ?? ENDPOINTS[endpoint].path;
}
