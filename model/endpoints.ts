/** The vendor's endpoints, by the names that settings, reports and messages use for them. */

const BELOW_API = [
  'audit-events',
  'blocked-senders',
  'content-examination',
  'url-protect',
  'attachment-management',
  'archive-settings',
  'account',
  'ttp-url-logs',
  'ttp-attachment-logs',
  'ttp-impersonation-logs',
  'dlp-logs',
] as const;

/** The endpoints of the vendor's own totals, which only API 2.0 has. */
export const VENDOR_STATISTICS = ['stats-url-clicks', 'stats-attachment-scans', 'stats-impersonations'] as const;

/** The product's own name of an endpoint of Mimecast's API. */
export type EndpointName = (typeof BELOW_API)[number] | VendorStatistics;

/** The endpoints below `/api`: a setting can replace their path. */
export const ENDPOINT_NAMES: readonly EndpointName[] = BELOW_API;

/** All endpoints. */
export const EVERY_ENDPOINT: readonly EndpointName[] = [...BELOW_API, ...VENDOR_STATISTICS];

/** The logs that threat statistics are counted from. */
export type ProtectionLogEndpoint = Extract<EndpointName, `${string}-logs`>;

/** The vendor's own totals, which only API 2.0 has. */
export type VendorStatistics = (typeof VENDOR_STATISTICS)[number];
