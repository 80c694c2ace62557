/**
 * Simulated Mimecast, for tests of code that collects from a tenant:
 *
 * ```ts
 * const simulator = await startSimulator({ tenants: [believableTenant({ events: 1200 })] });
 * simulator.faults.next(2, '/api/account/get-account', { kind: 'status', status: 503 });
 * ```
 */
export { startSimulator } from './simulator/simulator.js';
export {
  believableTenant,
  type BelievableTenant,
  type BelievableTenantOptions,
} from './simulator/fixtures/believable-tenant.js';
export { lateEvents } from './simulator/fixtures/late-events.js';
export { lateRows } from './simulator/fixtures/believable-rows.js';
export { ENDPOINT_PATHS, randomClient, randomKeys } from './simulator/tenant.js';
export type {
  AuditEvent,
  ClientKeys,
  EndpointAccess,
  ProtectionRow,
  SimulatedEndpoint,
  SimulatedLog,
  SimulatedProtectionLog,
  SimulatedStatistics,
  SimulatedTenant,
  TenantKeys,
} from './simulator/tenant.js';
export type { AccessTokens } from './simulator/access-tokens.js';
export type { EventSource, TimedLog } from './simulator/audit-log.js';
export type { Fault, FaultRule, Faults, Strike, StruckCall } from './simulator/faults.js';
export type { Simulator, SimulatorOptions } from './simulator/interface.js';
export type { RateLimitSettings } from './simulator/rate-limit.js';
export type { LoggedRequest } from './simulator/request-log.js';
export type { RunningTenant } from './simulator/running-tenant.js';
export type { ApiVersion, SimulatorSettings } from './simulator/settings.js';
