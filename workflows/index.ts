/**
 * The product's workflows, for a user's own workflows file:
 *
 * ```ts
 * export * from '@surecloud/temporal-mimecast/workflows';
 * ```
 *
 * Every workflow's name begins with `mimecast`, so that it meets no other.
 */
export { mimecastBackfillAuditEvents } from './backfill/backfill-audit-events.js';
export { mimecastConnection } from './connection/connection.js';
export { mimecastPollAccount, mimecastPollArchiveSettings, mimecastPollPolicies } from './polls/endpoint-poll.js';
export { mimecastPollAuditEvents } from './polls/poll-audit-events.js';
export { mimecastPollThreatStatistics } from './polls/poll-threat-statistics.js';
