import { AccessTokens } from './access-tokens.js';
import { TimedLog } from './audit-log.js';
import { LOG_FORMS } from './log-forms.js';
import {
  randomBinding,
  randomClient,
  randomSecret,
  type AuditEvent,
  type ClientKeys,
  type EndpointAccess,
  type ProtectionRow,
  type SimulatedEndpoint,
  type SimulatedProtectionLog,
  type SimulatedTenant,
  type TenantKeys,
} from './tenant.js';

/** A tenant of a running simulator, with operations that change it. */
export class RunningTenant {
  readonly auditLog: TimedLog<AuditEvent>;
  readonly logs: Readonly<Record<SimulatedProtectionLog, TimedLog<ProtectionRow>>> & {
    readonly 'audit-events': TimedLog<AuditEvent>;
  };
  /** `data` of the responses of API 2.0's statistics. */
  readonly statistics: NonNullable<SimulatedTenant['statistics']>;
  /** `data` of each endpoint's response; can be changed. */
  readonly data: { -readonly [Endpoint in keyof SimulatedTenant['data']]: readonly unknown[] };
  private readonly access: Partial<Record<SimulatedEndpoint, EndpointAccess>>;
  /** Identity that page tokens are bound to: the tenant, independent of its current keys. */
  readonly identity: string;
  private current: TenantKeys;
  private former: TenantKeys | undefined;
  /** True when the keys have expired: every call returns 418. */
  expired = false;
  /** Tokens of its API 2.0 application. */
  readonly tokens = new AccessTokens();
  private application: ClientKeys;

  constructor(tenant: SimulatedTenant) {
    this.current = tenant.keys;
    this.application = tenant.client ?? randomClient();
    this.identity = tenant.keys.accessKey;
    const protectionLog = (log: SimulatedProtectionLog): TimedLog<ProtectionRow> =>
      new TimedLog<ProtectionRow>(tenant.protectionLogs?.[log] ?? [], LOG_FORMS[log].timeField);
    this.auditLog = new TimedLog<AuditEvent>(tenant.auditEvents, LOG_FORMS['audit-events'].timeField);
    this.logs = {
      'audit-events': this.auditLog,
      'ttp-url-logs': protectionLog('ttp-url-logs'),
      'ttp-attachment-logs': protectionLog('ttp-attachment-logs'),
      'ttp-impersonation-logs': protectionLog('ttp-impersonation-logs'),
      'dlp-logs': protectionLog('dlp-logs'),
    };
    this.statistics = tenant.statistics ?? {};
    this.data = { ...tenant.data };
    this.access = { ...tenant.access };
  }

  get keys(): TenantKeys {
    return this.current;
  }

  get client(): ClientKeys {
    return this.application;
  }

  /** Issues a new client secret. The old one is refused from now on; its tokens stay valid until they expire. */
  rotateClientSecret(): ClientKeys {
    this.application = { ...this.application, clientSecret: randomSecret() };
    return this.application;
  }

  /** Returns the valid keys with this access key, if any. */
  keysWith(accessKey: string | undefined): TenantKeys | undefined {
    return [this.current, this.former].find((keys) => keys?.accessKey === accessKey);
  }

  /**
   * Issues a new access key and secret key. The old ones are refused from now on or, with `keepFormer`, after
   * `retireFormerKeys` or the next rotation.
   */
  rotateKeys({ keepFormer = false } = {}): TenantKeys {
    this.former = keepFormer ? this.current : undefined;
    this.current = { ...this.current, ...randomBinding() };
    this.expired = false;
    return this.current;
  }

  /** Refuses the keys that the last rotation kept. */
  retireFormerKeys(): void {
    this.former = undefined;
  }

  /** Adds events, which can be older than events already read. */
  addLateEvents(events: readonly AuditEvent[]): void {
    this.auditLog.add(events);
  }

  /** Adds rows to a protection log, which can be older than rows already read. */
  addLateRows(log: SimulatedProtectionLog, rows: readonly ProtectionRow[]): void {
    this.logs[log].add(rows);
  }

  /** Changes the tenant's access to an endpoint. */
  setAccess(endpoint: SimulatedEndpoint, access: EndpointAccess): void {
    this.access[endpoint] = access;
  }

  /** Returns the tenant's access to an endpoint. */
  accessTo(endpoint: SimulatedEndpoint): EndpointAccess {
    return this.access[endpoint] ?? 'available';
  }
}
