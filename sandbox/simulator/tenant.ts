import { randomBytes, randomUUID } from 'node:crypto';
import type { EventSource } from './audit-log.js';

/** The four keys that an operator copies from the vendor's console. */
export interface TenantKeys {
  readonly applicationId: string;
  readonly applicationKey: string;
  readonly accessKey: string;
  /** Base64, standard alphabet. */
  readonly secretKey: string;
}

/** The two keys of an API 2.0 application, from the same console. */
export interface ClientKeys {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** Simulated endpoints, with the vendor's paths. */
export const ENDPOINT_PATHS = {
  'audit-events': '/api/audit/get-audit-events',
  'blocked-senders': '/api/policy/blockedsenders/get-policy',
  'content-examination': '/api/policy/content-examination/get-policy',
  'url-protect': '/api/policy/url-protect/get-policies',
  'attachment-management': '/api/policy/attachment-management/get-policies',
  'archive-settings': '/api/archive/get-settings',
  account: '/api/account/get-account',
  'ttp-url-logs': '/api/ttp/url/get-logs',
  'ttp-attachment-logs': '/api/ttp/attachment/get-logs',
  'ttp-impersonation-logs': '/api/ttp/impersonation/get-logs',
  'dlp-logs': '/api/dlp/get-logs',
  'stats-url-clicks': '/threats/v1/stats/url-clicks',
  'stats-attachment-scans': '/threats/v1/stats/attachment-scans',
  'stats-impersonations': '/threats/v1/stats/impersonations',
} as const;

/** The endpoints, by the names that settings and reports use. */
export type SimulatedEndpoint = keyof typeof ENDPOINT_PATHS;

/** Logs of the tenant's protections. */
export type SimulatedProtectionLog = 'ttp-url-logs' | 'ttp-attachment-logs' | 'ttp-impersonation-logs' | 'dlp-logs';

/** Endpoints that are paged by time range. */
export type SimulatedLog = 'audit-events' | SimulatedProtectionLog;

/** The vendor's own totals, API 2.0 with GET. */
export type SimulatedStatistics = 'stats-url-clicks' | 'stats-attachment-scans' | 'stats-impersonations';

/** One row of a protection log, in the vendor's form. */
export type ProtectionRow = Readonly<Record<string, unknown>>;

/**
 * A tenant's access to an endpoint: `missing` returns 404, `app-forbidden` and `forbidden` return 403. `wrong-region`
 * returns what the audit log sends to tenants of another grid. Most other endpoints of a wrong grid do not know the keys; to
 * simulate that, use a simulator without the tenant.
 */
export type EndpointAccess = 'available' | 'missing' | 'app-forbidden' | 'forbidden' | 'wrong-region';

/** One row of the audit log, in the vendor's form. */
export interface AuditEvent {
  readonly id: string;
  readonly auditType: string;
  readonly category: string;
  readonly eventInfo: string;
  /** `2026-01-05T09:00:07+0000`. */
  readonly eventTime: string;
  readonly user: string;
}

/** Description of a tenant. */
export interface SimulatedTenant {
  readonly keys: TenantKeys;
  /** API 2.0 application of the same account; random by default. */
  readonly client?: ClientKeys;
  readonly auditEvents: readonly AuditEvent[] | EventSource;
  /** `data` of each other endpoint's response; an empty array gives an empty response. */
  readonly data: Readonly<Record<Exclude<SimulatedEndpoint, SimulatedLog | SimulatedStatistics>, readonly unknown[]>>;
  /** Protection logs; empty by default. */
  readonly protectionLogs?: Readonly<Partial<Record<SimulatedProtectionLog, readonly ProtectionRow[] | EventSource>>>;
  /** `data` of the responses of API 2.0's statistics; empty by default. */
  readonly statistics?: Readonly<Partial<Record<SimulatedStatistics, readonly unknown[]>>>;
  /** Access to endpoints; `available` by default. */
  readonly access?: Readonly<Partial<Record<SimulatedEndpoint, EndpointAccess>>>;
}

/** Generates four random keys in the vendor's format. */
export function randomKeys(): TenantKeys {
  return { applicationId: randomUUID(), applicationKey: randomUUID(), ...randomBinding() };
}

/** Generates a new access key and secret key for the same application. */
export function randomBinding(): Pick<TenantKeys, 'accessKey' | 'secretKey'> {
  return { accessKey: randomBytes(96).toString('base64url'), secretKey: randomBytes(64).toString('base64') };
}

/** Generates the keys of an API 2.0 application in the vendor's format. */
export function randomClient(): ClientKeys {
  return { clientId: randomBytes(24).toString('base64url'), clientSecret: randomSecret() };
}

export const randomSecret = (): string => randomBytes(48).toString('base64url');
