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
  /** What page tokens are bound to: the tenant, whichever keys it has at the moment. */
  readonly identity: string;
  private current: TenantKeys;
  private former: TenantKeys | undefined;
  /** Whether the keys have expired: every call answers 418. */
  expired = false;

  constructor(tenant: SimulatedTenant) {
    this.current = tenant.keys;
    this.identity = tenant.keys.accessKey;
    this.auditLog = new AuditLog(tenant.auditEvents);
    this.data = { ...tenant.data };
    this.access = { ...tenant.access };
  }

  get keys(): TenantKeys {
    return this.current;
  }

  /** The keys with this access key that are good, if there are any. */
  keysWith(accessKey: string | undefined): TenantKeys | undefined {
    return [this.current, this.former].find((keys) => keys?.accessKey === accessKey);
  }

  /**
   * Issues a new access key and secret key. The old ones are refused from now on, or, when they are kept, until
   * `retireFormerKeys` or the next rotation.
   */
  rotateKeys({ keepFormer = false } = {}): TenantKeys {
    this.former = keepFormer ? this.current : undefined;
    this.current = { ...this.current, ...randomBinding() };
    this.expired = false;
    return this.current;
  }

  retireFormerKeys(): void {
    this.former = undefined;
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
