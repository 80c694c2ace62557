import type { z } from 'zod';
import { accountItem, anyItem, auditEventItem, blockedSenderItem } from './schemas.js';

export interface Endpoint {
  /** Path with its leading slash. */
  readonly path: string;
  /**
   * What a role needs for it, in the words of the Administration Console. For endpoints that are not documented, that of
   * their nearest documented neighbour.
   */
  readonly permission: string;
  /** What it reads, a plural noun for messages. */
  readonly reads: string;
  /** Mimecast publishes what it answers. The paths of the others are those that customers were given, and may be replaced. */
  readonly documented: boolean;
  readonly item: z.ZodType;
}

/** The endpoints that evidence is read from, by the name that settings, reports and messages use for them. */
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
} as const satisfies Record<string, Endpoint>;

export type EndpointName = keyof typeof ENDPOINTS;
