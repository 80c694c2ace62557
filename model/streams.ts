import { DAY_MS, HOUR_MS } from './time.js';
import type { ApiVersion, ConnectionSettings, Stream, StreamSettings } from './connection.js';

/** How often each stream is polled unless its connection says otherwise. Source: the product specification, "Polling frequency". */
export const STREAM_INTERVALS_MS = {
  'audit-events': 6 * HOUR_MS,
  policies: DAY_MS,
  'archive-settings': DAY_MS,
  account: DAY_MS,
  'threat-statistics': DAY_MS,
} as const satisfies Partial<Record<Stream, number>>;

/** A stream with a workflow and a schedule of its own. */
export type PolledStream = keyof typeof STREAM_INTERVALS_MS;

/** The streams in the order in which people read them. */
export const POLLED_STREAMS = Object.keys(STREAM_INTERVALS_MS) as readonly PolledStream[];

/** The workflow that polls each stream. */
export const POLL_WORKFLOWS: Readonly<Record<PolledStream, string>> = {
  'audit-events': 'mimecastPollAuditEvents',
  policies: 'mimecastPollPolicies',
  'archive-settings': 'mimecastPollArchiveSettings',
  account: 'mimecastPollAccount',
  'threat-statistics': 'mimecastPollThreatStatistics',
};

export function isPolledStream(name: string): name is PolledStream {
  return Object.hasOwn(STREAM_INTERVALS_MS, name);
}

export const MAX_PAGE_SIZE = 500;

/** Longer intervals come close to the vendor's look-back of 60 days. */
export const MAX_INTERVAL_MS = 30 * DAY_MS;

/** What may replace an endpoint's path: neither host nor query. */
export const ENDPOINT_PATH = /^\/api(?:\/[a-z0-9-]+)+$/i;

/** The settings of a connection of which only the base URL is known. */
export function defaultSettings(baseUrl: string, apiVersion: ApiVersion = '1.0'): ConnectionSettings {
  const streams: Partial<Record<Stream, StreamSettings>> = {};
  for (const stream of POLLED_STREAMS) streams[stream] = { enabled: true, everyMs: STREAM_INTERVALS_MS[stream] };
  return { baseUrl, apiVersion, streams, pagination: { pageSize: MAX_PAGE_SIZE, tokenIn: 'meta' } };
}
