import {
  believableTenant,
  ENDPOINT_PATHS,
  lateEvents,
  lateRows,
  randomClient,
  randomKeys,
  startSimulator,
} from '@surecloud/temporal-mimecast/sandbox';
import type {
  AccessTokens,
  ApiVersion,
  AuditEvent,
  BelievableTenant,
  BelievableTenantOptions,
  ClientKeys,
  EndpointAccess,
  EventSource,
  Fault,
  FaultRule,
  Faults,
  LoggedRequest,
  ProtectionRow,
  RateLimitSettings,
  RunningTenant,
  SimulatedEndpoint,
  SimulatedLog,
  SimulatedProtectionLog,
  SimulatedStatistics,
  SimulatedTenant,
  Simulator,
  SimulatorOptions,
  SimulatorSettings,
  Strike,
  StruckCall,
  TenantKeys,
  TimedLog,
} from '@surecloud/temporal-mimecast/sandbox';

const HOUR_MS = 3_600_000;

/** A vendor whose first answer about the account is slow, and the tenant on it. */
export async function startVendor(events: number): Promise<{ simulator: Simulator; tenant: BelievableTenant }> {
  const rateLimit: RateLimitSettings = { calls: 1_000, windowMs: 1_000 };
  const settings: Partial<SimulatorSettings> = { rateLimit, apiVersions: ['1.0' satisfies ApiVersion] };
  const tenant = believableTenant({ events, seed: 7 } satisfies BelievableTenantOptions);
  const simulator = await startSimulator({ ...settings, tenants: [tenant] } satisfies SimulatorOptions);
  const rule: FaultRule = { fault: { kind: 'delay', delayMs: 10 } satisfies Fault, path: ENDPOINT_PATHS.account };
  const faults: Faults = simulator.faults;
  faults.add({ ...rule, times: 1 });
  return { simulator, tenant };
}

/** Things that happen to a tenant while it is polled. */
export function disturb(tenant: RunningTenant): TenantKeys {
  const events: AuditEvent[] = lateEvents(1, HOUR_MS);
  const rows: ProtectionRow[] = lateRows('dlp-logs' satisfies SimulatedProtectionLog, 1, HOUR_MS);
  tenant.addLateEvents(events);
  tenant.addLateRows('dlp-logs', rows);
  tenant.setAccess('archive-settings' satisfies SimulatedEndpoint, 'missing' satisfies EndpointAccess);
  const client: ClientKeys = tenant.rotateClientSecret();
  const tokens: AccessTokens = tenant.tokens;
  if (client.clientSecret !== '') tokens.expire();
  return tenant.rotateKeys();
}

export const quietTenant = (): SimulatedTenant => ({
  keys: randomKeys(),
  client: randomClient(),
  auditEvents: [],
  data: {
    account: [],
    'archive-settings': [],
    'attachment-management': [],
    'blocked-senders': [],
    'content-examination': [],
    'url-protect': [],
  },
});

export function pathsCalled(requests: readonly LoggedRequest[]): Set<string> {
  return new Set(requests.map(({ path }) => path));
}

export const strike = (faults: Faults, call: StruckCall): Strike => faults.strike(call);

export type Logs = Partial<Record<SimulatedLog | SimulatedStatistics, TimedLog<AuditEvent> | EventSource>>;
