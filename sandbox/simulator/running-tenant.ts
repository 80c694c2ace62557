import { AuditLog } from './audit-log.js';
import {
  randomBinding,
  type AuditEvent,
  type EndpointAccess,
  type SimulatedEndpoint,
  type SimulatedTenant,
  type TenantKeys,
} from './tenant.js';

/** A tenant while the simulator runs, with what can happen to it. */
export class RunningTenant {
  readonly auditLog: AuditLog;
  /** `data` of each endpoint's answer; may be changed. */
  readonly data: { -readonly [Endpoint in keyof SimulatedTenant['data']]: readonly unknown[] };
  private readonly access: Partial<Record<SimulatedEndpoint, EndpointAccess>>;
  private current: TenantKeys;
  /** Whether the keys have expired: every call answers 418. */
  expired = false;

  constructor(tenant: SimulatedTenant) {
    this.current = tenant.keys;
    this.auditLog = new AuditLog(tenant.auditEvents);
    this.data = { ...tenant.data };
    this.access = { ...tenant.access };
  }

  get keys(): TenantKeys {
    return this.current;
  }

  /** Issues a new access key and secret key; the old ones are refused from now on. */
  rotateKeys(): TenantKeys {
    this.current = { ...this.current, ...randomBinding() };
    this.expired = false;
    return this.current;
  }

  /** Adds events, which may be older than what was already read. */
  addLateEvents(events: readonly AuditEvent[]): void {
    this.auditLog.add(events);
  }

  setAccess(endpoint: SimulatedEndpoint, access: EndpointAccess): void {
    this.access[endpoint] = access;
  }

  accessTo(endpoint: SimulatedEndpoint): EndpointAccess {
    return this.access[endpoint] ?? 'available';
  }
}
