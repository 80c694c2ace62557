import { randomBytes } from 'node:crypto';
import { vendorTime } from './audit-log.js';
import type { AuditEvent } from './tenant.js';

/** Events that happened some time ago, with ids that no other event has. */
export function lateEvents(count: number, ageMs: number): AuditEvent[] {
  return Array.from({ length: count }, () => ({
    id: `eNo${randomBytes(90).toString('base64url')}`,
    auditType: 'User Logged On',
    user: 'late@example.com',
    eventTime: vendorTime(Date.now() - ageMs),
    eventInfo: 'Successful authentication for late@example.com, IP: 192.0.2.250, Application: SAML',
    category: 'authentication_logs',
  }));
}
