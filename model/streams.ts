/** The streams of evidence in the order in which people read them. Each has a schedule of its own. */
export const POLLED_STREAMS = ['audit-events', 'policies', 'archive-settings', 'account', 'threat-statistics'] as const;

/** Data that one schedule polls: audit events, policies, archive, account features or statistics. */
export type Stream = (typeof POLLED_STREAMS)[number];

/** A stream that a schedule polls: today all of them. */
export type PolledStream = Stream;

/** The workflow that polls each stream. */
export const POLL_WORKFLOWS: Readonly<Record<PolledStream, string>> = {
  'audit-events': 'mimecastPollAuditEvents',
  policies: 'mimecastPollPolicies',
  'archive-settings': 'mimecastPollArchiveSettings',
  account: 'mimecastPollAccount',
  'threat-statistics': 'mimecastPollThreatStatistics',
};

export const isPolledStream = (name: unknown): name is PolledStream => POLLED_STREAMS.some((known) => known === name);
