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

/** The endpoints that the simulator plays, with the vendor's paths. */
export const ENDPOINT_PATHS = {
  'audit-events': '/api/audit/get-audit-events',
  'blocked-senders': '/api/policy/blockedsenders/get-policy',
  'content-examination': '/api/policy/content-examination/get-policy',
  'url-protect': '/api/policy/url-protect/get-policies',
  'attachment-management': '/api/policy/attachment-management/get-policies',
  'archive-settings': '/api/archive/get-settings',
  account: '/api/account/get-account',
} as const;

export type SimulatedEndpoint = keyof typeof ENDPOINT_PATHS;

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
  readonly auditEvents: readonly AuditEvent[] | EventSource;
  /** `data` of each other endpoint's answer; an empty array is an empty answer. */
  readonly data: Readonly<Record<Exclude<SimulatedEndpoint, 'audit-events'>, readonly unknown[]>>;
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
