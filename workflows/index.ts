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

// What they are started with and what they return, as types: a workflows file may export nothing but workflows.
export type { BackfillRun } from './backfill/backfill-audit-events.js';
export type { Agenda, ConnectionInput } from './connection/connection-memory.js';
export type { PollInput } from './polls/poll.js';
export type { AuditPollInput } from './polls/poll-audit-events.js';
export type { LogsProgress, ThreatStatisticsPollInput } from './polls/poll-threat-statistics.js';
export type { AuditProgress, BegunBackfill, ProtectionProgress } from '../contract/activities.js';
export type {
  BackfillInput,
  BackfillOutcome,
  BackfillProgress,
  BackfillResult,
  BackfillWindows,
  TimeSpan,
} from '../contract/backfill.js';
export type { ConnectionStatus, PolledEndpoint, PollResult } from '../contract/reports.js';
