import type { EndpointName, Thresholds } from '../evidence/connection.js';

/** What people may write in settings, on the command line and in files. */

/** Shorter intervals only spend the tenant's rate limit. */
export const MIN_INTERVAL_MS = 60_000;

/** The endpoints whose path may be replaced, by the names that reports use. */
export const ENDPOINT_NAMES = namesOf<EndpointName>({
  'audit-events': true,
  'blocked-senders': true,
  'content-examination': true,
  'url-protect': true,
  'attachment-management': true,
  'archive-settings': true,
  account: true,
});

export const isEndpointName = (name: string): name is EndpointName => ENDPOINT_NAMES.some((known) => known === name);

export const THRESHOLDS = namesOf<keyof Thresholds>({ retentionDays: true, keysDueDays: true, keysOverdueDays: true });

/** Longest retention, and greatest age of keys, that can be asked for: a hundred years. */
export const MAX_DAYS = 36_500;

/** The names of a type, none forgotten: the compiler sees to that. */
function namesOf<Name extends string>(names: Readonly<Record<Name, true>>): readonly Name[] {
  return Object.keys(names) as Name[];
}
