import type { EndpointName } from '../../model/connection.js';

export type PolicyListName = Extract<
  EndpointName,
  'blocked-senders' | 'content-examination' | 'url-protect' | 'attachment-management'
>;

/** One type of policy, as one endpoint lists it. */
export interface PolicyList {
  readonly endpoint: PolicyListName;
  /**
   * Mimecast publishes what its items look like. The others are read by the same guess: an item that lacks what every policy
   * must have makes the whole list unreadable in shape, because it may be the one that decides.
   */
  readonly documented: boolean;
  /** All policies that apply act together; of other types only the most specific one does. */
  readonly addsUp: boolean;
  /** Options by which a policy acts. */
  readonly acting: readonly string[];
  /** Options by which a policy takes mail out. An option that is in neither list decides nothing. */
  readonly off: readonly string[];
}

/** What a console calls on and off. No page says which words the lists without a public contract use. */
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
