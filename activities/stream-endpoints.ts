import type { PolledStream } from '../workflows/streams.js';
import type { WholeEndpointName } from './types.js';

/** The endpoints that a poll of each stream reads whole. The audit log is read page by page instead. */
export const STREAM_ENDPOINTS: Readonly<Record<PolledStream, readonly WholeEndpointName[]>> = {
  'audit-events': [],
  policies: ['blocked-senders', 'content-examination', 'url-protect', 'attachment-management'],
  'archive-settings': ['archive-settings'],
  account: ['account'],
};
