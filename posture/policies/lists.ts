import type { EndpointName } from '../../model/connection.js';

export type PolicyListName = Extract<
  EndpointName,
  'blocked-senders' | 'content-examination' | 'url-protect' | 'attachment-management'
>;

/** One type of policy, as listed by one endpoint. */
export interface PolicyList {
  readonly endpoint: PolicyListName;
  /**
   * True when Mimecast documents the items. Items of other lists are read in the same form. An item without the
   * required fields makes the whole list unreadable, because it may be the decisive one.
   */
  readonly documented: boolean;
  /** True when all matching policies apply together. For other types only the most specific one applies. */
  readonly addsUp: boolean;
  /** Options with which a policy acts. */
  readonly acting: readonly string[];
  /** Options with which a policy excludes mail. Options in neither list are unclear. */
  readonly off: readonly string[];
}

/** Words for on and off. The words in undocumented lists are unknown; these are those of the console. */
const ON = ['apply', 'enable', 'enabled', 'on'];
const OFF = ['bypass', 'disable', 'disabled', 'exempt', 'no_action', 'none', 'off', 'take_no_action'];

/** Source: Mimecast, "Get Blocked Sender Policy". */
export const BLOCKED_SENDERS: PolicyList = {
  endpoint: 'blocked-senders',
  documented: true,
  addsUp: false,
  acting: ['block_sender'],
  off: ['no_action'],
};

export const URL_PROTECT: PolicyList = {
  endpoint: 'url-protect',
  documented: false,
  addsUp: false,
  acting: [...ON, 'aggressive', 'moderate', 'relaxed'],
  off: OFF,
};

export const ATTACHMENT_MANAGEMENT: PolicyList = {
  endpoint: 'attachment-management',
  documented: false,
  addsUp: false,
  acting: [...ON, 'block', 'hold', 'link', 'sandbox', 'strip', 'strip_and_link'],
  off: OFF,
};

export const CONTENT_EXAMINATION: PolicyList = {
  endpoint: 'content-examination',
  documented: false,
  addsUp: true,
  acting: [...ON, 'block', 'bounce', 'delete', 'encrypt', 'hold', 'notify'],
  off: OFF,
};

export const POLICY_LISTS: readonly PolicyList[] = [
  BLOCKED_SENDERS,
  CONTENT_EXAMINATION,
  URL_PROTECT,
  ATTACHMENT_MANAGEMENT,
];
