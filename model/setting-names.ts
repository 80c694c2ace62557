import { MINUTE_MS } from './time.js';
import type { Coverage, EndpointName, Retention, Thresholds, VendorStatistics } from './connection.js';

/** What people may write in settings, on the command line and in files. */

/** Shorter intervals only spend the tenant's rate limit. */
export const MIN_INTERVAL_MS = MINUTE_MS;

/** The endpoints whose path may be replaced, by the names that reports use: those below `/api`. */
export const ENDPOINT_NAMES = namesOf<Exclude<EndpointName, VendorStatistics>>({
  'audit-events': true,
  'blocked-senders': true,
  'content-examination': true,
  'url-protect': true,
  'attachment-management': true,
  'archive-settings': true,
  account: true,
  'ttp-url-logs': true,
  'ttp-attachment-logs': true,
  'ttp-impersonation-logs': true,
  'dlp-logs': true,
});

export const isEndpointName = (name: string): name is EndpointName => ENDPOINT_NAMES.some((known) => known === name);

export const THRESHOLDS = namesOf<keyof Thresholds>({ retentionDays: true, keysDueDays: true, keysOverdueDays: true });

/** What can be declared to matter where policies are only for a part of the mail. */
export const COVERAGE = namesOf<keyof Coverage>({ domains: true, groups: true });

/** A name of at least two labels, as a policy for a domain has it. Source: RFC 1035, section 2.3.1. */
export const DOMAIN = /^(?=.{3,253}$)(?:[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?\.)+[a-z\d](?:[a-z\d-]{0,61}[a-z\d])$/i;

/** Ids of groups are long texts, like those of policies. */
export const MAX_GROUP_LENGTH = 500;

/** More domains or groups than that are not listed by hand. */
export const MAX_COVERED = 500;

export const RETENTIONS = namesOf<keyof Retention>({ eventBodiesDays: true, verdictsDays: true });

/** Longest retention, and greatest age of keys, that can be asked for: a hundred years. */
export const MAX_DAYS = 36_500;

/** The names of a type, none forgotten: the compiler sees to that. */
function namesOf<Name extends string>(names: Readonly<Record<Name, true>>): readonly Name[] {
  return Object.keys(names) as Name[];
}
