import type { z } from 'zod';
import {
  accountItem,
  anyItem,
  attachmentLogRow,
  auditEventItem,
  blockedSenderItem,
  dlpLogRow,
  impersonationLogRow,
  urlLogRow,
} from './schemas.js';

export interface Endpoint {
  /** Path with its leading slash. */
  readonly path: string;
  /**
   * Permission that the API user's role needs, as named in the Administration Console. For undocumented endpoints: that
   * of the most similar documented endpoint.
   */
  readonly permission: string;
  /** Plural noun for the items, used in messages. */
  readonly reads: string;
  /** Set for newer endpoints of API 2.0. All others use POST. */
  readonly method?: 'GET';
  /**
   * True when Mimecast documents the response. Paths of undocumented endpoints come from customers and can be
   * overridden.
   */
  readonly documented: boolean;
  readonly item: z.ZodType;
}

/** The vendor's own totals, API 2.0 only. Their fields are undocumented and are stored as received. */
const statistics = (name: string, reads: string) =>
  ({
    method: 'GET',
    path: `/threats/v1/stats/${name}`,
    permission: 'Security Events and Data Retrieval | Threat and Security Statistics | Read',
    reads,
    documented: false,
    item: anyItem,
  }) as const;

/** Endpoints that evidence is read from, by the name used in settings, reports and messages. */
export const ENDPOINTS = {
  'audit-events': {
    path: '/api/audit/get-audit-events',
    permission: 'Account | Logs | Read',
    reads: 'audit events',
    documented: true,
    item: auditEventItem,
  },
  'blocked-senders': {
    path: '/api/policy/blockedsenders/get-policy',
    permission: 'Gateway | Policies | Read',
    reads: 'blocked-sender policies',
    documented: true,
    item: blockedSenderItem,
  },
  'content-examination': {
    path: '/api/policy/content-examination/get-policy',
    permission: 'Gateway | Policies | Read',
    reads: 'content-examination policies',
    documented: false,
    item: anyItem,
  },
  'url-protect': {
    path: '/api/policy/url-protect/get-policies',
    permission: 'Gateway | Policies | Read',
    reads: 'URL-protection policies',
    documented: false,
    item: anyItem,
  },
  'attachment-management': {
    path: '/api/policy/attachment-management/get-policies',
    permission: 'Gateway | Policies | Read',
    reads: 'attachment-management policies',
    documented: false,
    item: anyItem,
  },
  'archive-settings': {
    path: '/api/archive/get-settings',
    permission: 'Archive | Settings | Read',
    reads: 'archive settings',
    documented: false,
    item: anyItem,
  },
  account: {
    path: '/api/account/get-account',
    permission: 'Account | Dashboard | Read',
    reads: 'account details',
    documented: true,
    item: accountItem,
  },
  'ttp-url-logs': {
    path: '/api/ttp/url/get-logs',
    permission: 'Monitoring | URL Protection | Read',
    reads: 'URL Protection log entries',
    documented: true,
    item: urlLogRow,
  },
  'ttp-attachment-logs': {
    path: '/api/ttp/attachment/get-logs',
    permission: 'Monitoring | Attachment Protection | Read',
    reads: 'Attachment Protection log entries',
    documented: true,
    item: attachmentLogRow,
  },
  'ttp-impersonation-logs': {
    path: '/api/ttp/impersonation/get-logs',
    permission: 'Monitoring | Impersonation Protection | Read',
    reads: 'Impersonation Protection log entries',
    documented: true,
    item: impersonationLogRow,
  },
  'dlp-logs': {
    path: '/api/dlp/get-logs',
    permission: 'Monitoring | Data Leak Prevention | Read',
    reads: 'Data Leak Prevention log entries',
    documented: true,
    item: dlpLogRow,
  },
  'stats-url-clicks': statistics('url-clicks', 'totals of URL clicks'),
  'stats-attachment-scans': statistics('attachment-scans', 'totals of attachment scans'),
  'stats-impersonations': statistics('impersonations', 'totals of impersonations'),
} as const satisfies Record<string, Endpoint>;

export type EndpointName = keyof typeof ENDPOINTS;

/** Logs of the protections. Read by page and window, like the audit log. */
export type ProtectionLogEndpoint = 'ttp-url-logs' | 'ttp-attachment-logs' | 'ttp-impersonation-logs' | 'dlp-logs';
