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

/** The two keys of an API 2.0 application, which the same console gives. */
export interface ClientKeys {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** The endpoints that the simulator plays, with the vendor's paths. */
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

/** The logs of what the tenant's protections did. */
export type SimulatedProtectionLog = 'ttp-url-logs' | 'ttp-attachment-logs' | 'ttp-impersonation-logs' | 'dlp-logs';

/** The endpoints that are paged by a range of time. */
export type SimulatedLog = 'audit-events' | SimulatedProtectionLog;

/** The vendor's own totals, which API 2.0 is asked for with GET. */
export type SimulatedStatistics = 'stats-url-clicks' | 'stats-attachment-scans' | 'stats-impersonations';

/** One row of a protection log, in the vendor's shape. */
export type ProtectionRow = Readonly<Record<string, unknown>>;

/**
 * How a tenant stands to an endpoint: `missing` answers 404, `app-forbidden` and `forbidden` answer 403. `wrong-region`
 * answers what the audit log says to tenants of another grid. Most other endpoints of a wrong grid do not know the keys,
 * which a simulator without the tenant plays.
 */
export type EndpointAccess = 'available' | 'missing' | 'app-forbidden' | 'forbidden' | 'wrong-region';

/** One row of the audit log, in the vendor's shape. */
export interface AuditEvent {
  readonly id: string;
  readonly auditType: string;
  readonly category: string;
  readonly eventInfo: string;
  /** `2026-01-05T09:00:07+0000`. */
  readonly eventTime: string;
  readonly user: string;
}

/** A tenant as a test describes it. */
export interface SimulatedTenant {
  readonly keys: TenantKeys;
  /** An API 2.0 application of the same account; made at random unless it is given. */
  readonly client?: ClientKeys;
  readonly auditEvents: readonly AuditEvent[] | EventSource;
  /** `data` of each other endpoint's answer; an empty array is an empty answer. */
  readonly data: Readonly<Record<Exclude<SimulatedEndpoint, SimulatedLog | SimulatedStatistics>, readonly unknown[]>>;
  /** Quiet ones, unless they are given. */
  readonly protectionLogs?: Readonly<Partial<Record<SimulatedProtectionLog, readonly ProtectionRow[] | EventSource>>>;
  /** `data` of the answers of API 2.0's statistics; empty, unless it is given. */
  readonly statistics?: Readonly<Partial<Record<SimulatedStatistics, readonly unknown[]>>>;
  /** Everything is `available` unless it says otherwise. */
  readonly access?: Readonly<Partial<Record<SimulatedEndpoint, EndpointAccess>>>;
}

/** Four random keys in the vendor's forms. */
export function randomKeys(): TenantKeys {
  return { applicationId: randomUUID(), applicationKey: randomUUID(), ...randomBinding() };
}

/** A new access key and secret key for the same application. */
export function randomBinding(): Pick<TenantKeys, 'accessKey' | 'secretKey'> {
  return { accessKey: randomBytes(96).toString('base64url'), secretKey: randomBytes(64).toString('base64') };
}

/** The keys of an API 2.0 application in the vendor's forms. */
export function randomClient(): ClientKeys {
  return { clientId: randomBytes(24).toString('base64url'), clientSecret: randomSecret() };
}

export const randomSecret = (): string => randomBytes(48).toString('base64url');
