import { assessBlocks } from '../policies/assess-blocks.js';
import { BLOCKED_SENDERS } from '../policies/lists.js';
import { policyControl } from '../rules/policy-control.js';
import { NIST } from '../rules/requirements.js';

export const blockedSendersPolicy = policyControl({
  id: 'blocked-senders-policy',
  title: 'At least one sender block is in force',
  rationale:
    'Senders that are known to be bad are kept out before anything else has to judge them. A tenant without a single block most likely never used them.',
  remediation:
    'Administration Console: Gateway → Policies → Blocked Senders. Have an enabled policy with the option Block Sender for a sender, a domain or a group.',
  rule: {
    pass: 'At least one policy with the option Block Sender is in force, and is not from everyone to everyone.',
    fail: 'There is none, all are switched off, have ended or not begun, or an exemption of all inbound mail overrides them.',
    unknown: 'No block is certainly in force, and the option, dates or flags of a policy are not clear.',
  },
  limits:
    'The API says that a block is in force, not that it is the right one. Blocks by users and by Mimecast itself are not seen.',
  severity: 'low',
  subject: 'tenant',
  version: 1,
  mappings: { nist: [NIST.spam], iso: [], cis: [] },
  list: BLOCKED_SENDERS,
  concerns: () => true,
  assess: assessBlocks,
});
