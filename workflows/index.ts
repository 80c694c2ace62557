/**
 * The product's workflows, for a user's own workflows file:
 *
 * ```ts
 * export * from '@surecloud/temporal-mimecast/workflows';
 * ```
 *
 * Every workflow's name begins with `mimecast`, so that it meets no other.
 */
export { mimecastBackfillAuditEvents } from './backfill-audit-events.js';
export { mimecastConnection } from './connection.js';
export { mimecastPollAccount } from './poll-account.js';
export { mimecastPollArchiveSettings } from './poll-archive-settings.js';
export { mimecastPollAuditEvents } from './poll-audit-events.js';
export { mimecastPollPolicies } from './poll-policies.js';
export { mimecastPollThreatStatistics } from './poll-threat-statistics.js';
