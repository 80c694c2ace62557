import {
  mimecastBackfillAuditEvents,
  mimecastConnection,
  mimecastPollAccount,
  mimecastPollArchiveSettings,
  mimecastPollAuditEvents,
  mimecastPollPolicies,
  mimecastPollThreatStatistics,
} from '@surecloud/temporal-mimecast/workflows';
import type {
  Agenda,
  AuditPollInput,
  AuditProgress,
  BackfillInput,
  BackfillOutcome,
  BackfillProgress,
  BackfillResult,
  BackfillRun,
  BackfillWindows,
  BegunBackfill,
  ConnectionInput,
  ConnectionStatus,
  LogsProgress,
  PolledEndpoint,
  PollInput,
  PollResult,
  ProtectionProgress,
  ThreatStatisticsPollInput,
  TimeSpan,
} from '@surecloud/temporal-mimecast/workflows';
import type { Workflow } from '@temporalio/common';
import type { Equal } from './types.js';

/** Each workflow with what it is started with and what it returns, by name. */
interface Workflows {
  readonly mimecastBackfillAuditEvents: (input: BackfillRun) => Promise<BackfillResult>;
  readonly mimecastConnection: (input: ConnectionInput) => Promise<ConnectionStatus>;
  readonly mimecastPollAccount: (input: PollInput) => Promise<PollResult>;
  readonly mimecastPollArchiveSettings: (input: PollInput) => Promise<PollResult>;
  readonly mimecastPollAuditEvents: (input: AuditPollInput) => Promise<PollResult>;
  readonly mimecastPollPolicies: (input: PollInput) => Promise<PollResult>;
  readonly mimecastPollThreatStatistics: (input: ThreatStatisticsPollInput) => Promise<PollResult>;
}

const workflows = {
  mimecastBackfillAuditEvents,
  mimecastConnection,
  mimecastPollAccount,
  mimecastPollArchiveSettings,
  mimecastPollAuditEvents,
  mimecastPollPolicies,
  mimecastPollThreatStatistics,
} satisfies Record<string, Workflow>;

type Signatures<Of> = {
  readonly [Name in keyof Of]: Of[Name] extends (...args: infer Args) => infer Result ? [Args, Result] : never;
};
export const everyWorkflowIsNamed: Equal<Signatures<typeof workflows>, Signatures<Workflows>> = true;

export const names = Object.keys(workflows);

export function endpointsOf({ endpoints }: PollResult): string[] {
  return endpoints.map(({ endpoint, outcome }: PolledEndpoint) => `${endpoint}: ${outcome}`);
}

export function rangeOf({ from, to }: BackfillInput): TimeSpan {
  return { start: from, end: to };
}

/** State that one run carries to the next. */
export interface Carried {
  readonly agenda: Agenda;
  readonly backfill: { readonly begun: BegunBackfill; readonly progress: BackfillProgress };
  readonly ended: { readonly outcome: BackfillOutcome; readonly windows: BackfillWindows };
  readonly logs: LogsProgress | ProtectionProgress | AuditProgress;
}
