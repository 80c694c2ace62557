import type { Random } from './random.js';

type PolicyEndpoint = 'blocked-senders' | 'content-examination' | 'url-protect' | 'attachment-management';

interface Policy {
  readonly option: string;
  readonly description: string;
  readonly from: Record<string, string>;
  readonly to: Record<string, string>;
  readonly enabled?: boolean;
}

const EXTERNAL = { type: 'external_addresses' };
const INTERNAL = { type: 'internal_addresses' };
const EVERYONE = { type: 'everyone' };
const fromDomain = (emailDomain: string): Record<string, string> => ({ type: 'email_domain', emailDomain });

/**
 * The policies of a tenant. Blocked senders have the documented shape; the other three have no public contract, and the
 * same `{ option, id, policy }` is the best guess.
 */
export function believablePolicies(random: Random, domain: string): Record<PolicyEndpoint, unknown[]> {
  const toFinance = { type: 'individual_email_address', emailAddress: `finance@${domain}` };
  const wire = (policies: readonly Policy[]): unknown[] => policies.map((policy) => wirePolicy(policy, random));

  return {
    'blocked-senders': wire([
      { option: 'block_sender', description: 'Known bulk mailer', from: fromDomain('bulk.example'), to: EVERYONE },
      { option: 'block_sender', description: 'Invoice campaign', from: fromDomain('invoice.example'), to: toFinance },
      {
        option: 'block_sender',
        description: 'Old campaign',
        from: fromDomain('old.example'),
        to: EVERYONE,
        enabled: false,
      },
      { option: 'no_action', description: 'Internal exemption', from: INTERNAL, to: EXTERNAL },
    ]),
    'content-examination': wire([
      { option: 'hold', description: 'Payment card numbers', from: INTERNAL, to: EXTERNAL },
      { option: 'hold', description: 'National identity numbers', from: INTERNAL, to: EXTERNAL },
      { option: 'notify', description: 'Confidential marking', from: INTERNAL, to: EXTERNAL },
    ]),
    'url-protect': wire([
      { option: 'aggressive', description: 'Default URL protection', from: EXTERNAL, to: INTERNAL },
      { option: 'moderate', description: 'Outbound URL protection', from: INTERNAL, to: EXTERNAL },
    ]),
    'attachment-management': wire([
      { option: 'sandbox', description: 'Default attachment sandboxing', from: EXTERNAL, to: INTERNAL },
      { option: 'block', description: 'Executable attachments', from: EVERYONE, to: EVERYONE },
    ]),
  };
}

function wirePolicy({ option, description, from, to, enabled = true }: Policy, random: Random): unknown {
  return {
    option,
    id: `eNo${random.token(150)}`,
    policy: {
      description,
      fromPart: 'envelope_from',
      from,
      to,
      fromType: from['type'],
      ...valueOf('fromValue', from),
      toType: to['type'],
      ...valueOf('toValue', to),
      fromEternal: true,
      toEternal: true,
      fromDate: '1900-01-01T00:00:00+0000',
      toDate: '2100-01-01T23:59:59+0000',
      override: false,
      bidirectional: false,
      conditions: {},
      enabled,
      enforced: false,
      createTime: '2025-02-03T10:11:12+0000',
      lastUpdated: '2026-01-14T15:16:17+0000',
    },
  };
}

/** Only the kinds of senders and recipients that carry a value have one. */
function valueOf(name: 'fromValue' | 'toValue', { emailDomain, emailAddress }: Record<string, string>): object {
  const value = emailDomain ?? emailAddress;
  return value === undefined ? {} : { [name]: value };
}
