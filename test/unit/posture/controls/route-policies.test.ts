import { describe, expect, test } from 'vitest';
import type { EndpointName } from '../../../../model/connection.js';
import type { ControlId } from '../../../../model/verdicts.js';
import { at, between, DAY, GOOD, HOUR, judge, policy, said, withItems } from '../../../support/posture/facts.js';

interface RouteControl {
  readonly id: ControlId;
  readonly list: EndpointName;
  readonly own: { readonly from: string; readonly to: string };
  readonly other: { readonly from: string; readonly to: string };
}

const INBOUND = { from: 'external', to: 'internal' };
const OUTBOUND = { from: 'internal', to: 'external' };

const CONTROLS: readonly RouteControl[] = [
  { id: 'url-protection-policy', list: 'url-protect', own: INBOUND, other: OUTBOUND },
  { id: 'attachment-management-policy', list: 'attachment-management', own: INBOUND, other: OUTBOUND },
  { id: 'content-examination-outbound', list: 'content-examination', own: OUTBOUND, other: INBOUND },
  { id: 'content-examination-inbound', list: 'content-examination', own: INBOUND, other: OUTBOUND },
];

const OFF = { option: 'no_action' };

describe.each(CONTROLS)('$id', ({ id, list, own, other }) => {
  const ownSide = own === INBOUND ? 'to' : 'from';
  const tenantSide = (kind: string, value?: string) => ({
    ...own,
    [ownSide]: kind,
    ...(value !== undefined && { [`${ownSide}Value`]: value }),
  });

  test.each<[string, readonly unknown[], string]>([
    ['one for all mail of its route', [policy(own)], 'pass in-force'],
    ['one for everyone', [policy({ from: 'everyone', to: 'everyone' })], 'pass in-force'],
    ['one for everyone at one end', [policy({ ...own, to: 'everyone' })], 'pass in-force'],
    [
      'one of the other route that is bidirectional',
      [policy({ ...other, policy: { bidirectional: true } })],
      'pass in-force',
    ],
    ['a bidirectional one in words', [policy({ ...other, policy: { bidirectional: 'true' } })], 'pass in-force'],
    ['one that began and has not ended', [policy({ ...own, policy: between(at(-DAY), at(DAY)) })], 'pass in-force'],
    [
      'dates that stand for always, without a flag',
      [policy({ ...own, policy: { fromEternal: undefined, toEternal: undefined } })],
      'pass in-force',
    ],
    [
      'fields in the item itself',
      [{ option: 'enable', ...(policy(own) as { policy: object }).policy }],
      'pass in-force',
    ],
    ['a side by its type alone', [policy({ ...own, policy: { from: undefined, to: undefined } })], 'pass in-force'],
    ['conditions that name nothing', [policy({ ...own, policy: { conditions: { sourceIPs: [] } } })], 'pass in-force'],

    ['an empty list', [], 'fail none'],
    ['only the other route', [policy(other)], 'fail none'],
    ['only internal mail', [policy({ from: 'internal', to: 'internal' })], 'fail none'],
    ['one that is disabled', [policy({ ...own, policy: { enabled: false } })], 'fail off'],
    ['one that is disabled in words', [policy({ ...own, policy: { enabled: 'false' } })], 'fail off'],
    ['one that takes no action', [policy({ ...own, ...OFF })], 'fail off'],
    ['one that has ended', [policy({ ...own, policy: between(undefined, at(-DAY)) })], 'fail expired'],
    ['one that has not begun', [policy({ ...own, policy: between(at(DAY), undefined) })], 'fail not-begun'],
    [
      'one with a condition',
      [policy({ ...own, policy: { conditions: { sourceIPs: ['192.0.2.0/24'] } } })],
      'fail partial-coverage',
    ],
    ['one for a domain', [policy(tenantSide('domain', 'acme.example'))], 'fail partial-coverage'],
    ['one for a group', [policy(tenantSide('group', 'finance'))], 'fail partial-coverage'],
    ['one for a person', [policy(tenantSide('person'))], 'fail partial-coverage'],
    ['one for an attribute', [policy(tenantSide('attribute'))], 'fail partial-coverage'],
    [
      'an override that disables',
      [policy(own), policy({ ...own, ...OFF, policy: { override: true } })],
      'fail overridden',
    ],
    [
      'an override that disables for everyone',
      [policy(own), policy({ from: 'everyone', to: 'everyone', ...OFF, policy: { override: true } })],
      'fail overridden',
    ],
    [
      'an override of the other route, both ways',
      [policy(own), policy({ ...other, ...OFF, policy: { override: true, bidirectional: true } })],
      'fail overridden',
    ],

    ['an option that is not known', [policy({ ...own, option: 'frobnicate' })], 'unknown indeterminate'],
    ['an option that is no text', [policy({ ...own, option: 7 })], 'unknown indeterminate'],
    ['no option', [{ policy: (policy(own) as { policy: unknown }).policy }], 'unknown indeterminate'],
    [
      'a date that cannot be read',
      [policy({ ...own, policy: { toEternal: false, toDate: 'soon' } })],
      'unknown indeterminate',
    ],
    [
      'a day that there is not',
      [policy({ ...own, policy: { toEternal: false, toDate: '2027-02-30T00:00:00+0000' } })],
      'unknown indeterminate',
    ],
    [
      'no dates',
      [policy({ ...own, policy: { fromEternal: undefined, fromDate: undefined } })],
      'unknown indeterminate',
    ],
    ['no override flag', [policy({ ...own, policy: { override: undefined } })], 'unknown indeterminate'],
    ['no bidirectional flag', [policy({ ...own, policy: { bidirectional: undefined } })], 'unknown indeterminate'],
    ['a side that is not known', [policy({ ...own, to: 'martians' })], 'unknown indeterminate'],
    ['conditions of another form', [policy({ ...own, policy: { conditions: 'some' } })], 'unknown indeterminate'],
    [
      'a partial one that is not clear',
      [policy({ ...tenantSide('domain', 'acme.example'), option: 'frobnicate' })],
      'unknown indeterminate',
    ],
    [
      'one that may disable, with override',
      [policy(own), policy({ ...own, option: 'frobnicate', policy: { override: true } })],
      'unknown indeterminate',
    ],
    [
      'an override of the other route that may be bidirectional',
      [policy(own), policy({ ...other, ...OFF, policy: { override: true, bidirectional: undefined } })],
      'unknown indeterminate',
    ],
    [
      'one that disables and may override',
      [policy(own), policy({ ...own, ...OFF, policy: { override: undefined } })],
      'unknown indeterminate',
    ],

    [
      'an item without from',
      [policy(own), policy({ ...own, policy: { from: undefined, fromType: undefined } })],
      'unknown shape',
    ],
    ['an item without to', [policy({ ...own, policy: { to: undefined, toType: undefined } })], 'unknown shape'],
    ['an item without enabled', [policy({ ...own, policy: { enabled: undefined } })], 'unknown shape'],
    ['an item whose enabled is no flag', [policy({ ...own, policy: { enabled: 1 } })], 'unknown shape'],
    [
      'an item that says two things of one side',
      [policy({ ...own, policy: { fromType: 'everyone' } })],
      'unknown shape',
    ],
    ['an item that is no object', ['a policy'], 'unknown shape'],
    ['an item that is null', [null], 'unknown shape'],
    ['an item that is a list', [[]], 'unknown shape'],
    ['another shape altogether', [{ name: 'x', rules: [1, 2] }], 'unknown shape'],
    ['a policy that is a text', [{ option: 'enable', policy: 'all' }], 'unknown shape'],
  ])('%s', (_, items, expected) => {
    expect(said(id, withItems(list, items))).toBe(expected);
  });

  test('policies beside a good one that are not clear but could not disable it leave the pass alone', () => {
    const mayHaveEnded = policy({ ...own, policy: { toEternal: false, toDate: 'soon' } });
    const narrow = policy({ ...tenantSide('person'), option: 'frobnicate' });
    expect(said(id, withItems(list, [policy(own), mayHaveEnded, narrow]))).toBe('pass in-force');
  });

  test('an override that is certain fails, whatever a policy beside it may be', () => {
    const override = policy({ ...own, ...OFF, policy: { override: true } });
    const unclear = policy({ ...own, option: 'frobnicate' });
    expect(said(id, withItems(list, [policy(own), override, unclear]))).toBe('fail overridden');
  });

  test('narrower overrides that disable are counted, listed and leave the pass', () => {
    const carveOut = policy({
      ...tenantSide('group', 'finance'),
      ...OFF,
      policy: { override: true, description: 'Finance exempt' },
    });
    const { verdict, reason, details } = judge(id, withItems(list, [policy(own), carveOut]));
    expect(verdict).toBe('pass');
    expect(details).toMatchObject({ carveOuts: 1, carvedOut: [`Finance exempt (${ownSide} a group)`] });
    expect(reason).toContain('1 narrower policy takes a part of it out');
  });

  test('policies that do not count are listed by name, with why', () => {
    const named = (description: string, fields: object) => policy({ ...own, policy: { description, ...fields } });
    const items = [
      policy({ ...own, policy: { description: '  ', enabled: false } }),
      named('Old', between(undefined, at(-DAY))),
      named('Next', between(at(DAY), undefined)),
      named('Odd\n one', { override: undefined, toEternal: false, toDate: 'soon' }),
    ];
    expect(judge(id, withItems(list, items)).details).toMatchObject({
      disabled: ['policy 1 of the list'],
      expired: ['Old'],
      notBegun: ['Next'],
      unclear: ['Odd one (dates, override)'],
    });
  });

  test('of hundreds only the first are named', () => {
    const items = Array.from({ length: 300 }, () => policy({ ...own, policy: { enabled: false } }));
    const { details } = judge(id, withItems(list, items));
    expect(details?.['disabled']).toHaveLength(21);
    expect((details?.['disabled'] as string[]).at(-1)).toBe('and 280 more');
  });

  describe('where the settings declare what matters', () => {
    const declare = (items: readonly unknown[], coverage: object) => ({
      ...withItems(list, items),
      settings: { ...GOOD.settings, coverage },
    });
    const acme = policy(tenantSide('domain', 'ACME.example'));
    const finance = policy({ ...tenantSide('group', 'id-1'), policy: { [`${ownSide}Value`]: 'Finance' } });

    test.each<[string, readonly unknown[], object, string]>([
      ['every domain is covered', [acme], { domains: ['acme.example'] }, 'pass in-force'],
      ['a group by its id', [finance], { groups: ['id-1'] }, 'pass in-force'],
      ['a group by its name', [finance], { groups: ['Finance'] }, 'pass in-force'],
      ['both', [acme, finance], { domains: ['acme.example'], groups: ['id-1'] }, 'pass in-force'],
      ['a broad one covers all', [policy(own)], { domains: ['acme.example', 'acme.test'] }, 'pass in-force'],
      ['one is missing', [acme], { domains: ['acme.example', 'acme.test'] }, 'fail partial-coverage'],
      ['a subdomain is another', [acme], { domains: ['mail.acme.example'] }, 'fail partial-coverage'],
      ['a group is no domain', [acme], { groups: ['acme.example'] }, 'fail partial-coverage'],
      ['nothing is declared', [acme], {}, 'fail partial-coverage'],
      [
        'nothing is in force',
        [policy({ ...tenantSide('domain', 'acme.example'), policy: { enabled: false } })],
        { domains: ['acme.example'] },
        'fail off',
      ],
      [
        'only a part of the domain',
        [policy({ ...tenantSide('domain', 'acme.example'), policy: { conditions: { hostnames: ['mx.example'] } } })],
        { domains: ['acme.example'] },
        'fail partial-coverage',
      ],
      [
        'an override for all mail',
        [acme, policy({ ...own, ...OFF, policy: { override: true } })],
        { domains: ['acme.example'] },
        'fail overridden',
      ],
      [
        'an override for the domain',
        [acme, policy({ ...tenantSide('domain', 'acme.example'), ...OFF, policy: { override: true } })],
        { domains: ['acme.example'] },
        'fail partial-coverage',
      ],
      [
        'one that is not clear',
        [policy({ ...tenantSide('domain', 'acme.example'), option: 'frobnicate' })],
        { domains: ['acme.example'] },
        'unknown indeterminate',
      ],
    ])('%s', (_, items, coverage, expected) => {
      expect(said(id, declare(items, coverage))).toBe(expected);
    });

    test('what is missing is named', () => {
      const { details, reason } = judge(id, declare([acme], { domains: ['acme.example', 'acme.test'] }));
      expect(details).toMatchObject({ uncovered: ['acme.test'], partial: [`A policy (${ownSide} a domain)`] });
      expect(reason).toContain('1 declared domain or group is not covered');
    });
  });

  test('a verdict cites the list by its digest, is good until it goes stale, and says what to do when it is bad', () => {
    const good = judge(id, GOOD);
    expect(good.basis).toEqual([
      { source: list, digest: GOOD.endpoints[list]?.readable?.digest, observedAt: at(-HOUR).toISOString() },
    ]);
    expect(good).toMatchObject({ freshUntil: at(47 * HOUR).toISOString(), turnsAt: at(47 * HOUR).toISOString() });
    expect(good.action).toBeUndefined();
    expect(judge(id, withItems(list, [])).action).toContain('Administration Console: Gateway → Policies');
  });
});

describe('precedence of policies of which only the most specific applies', () => {
  const id = 'url-protection-policy';
  const items = (...all: unknown[]) => withItems('url-protect', all);
  const everyone = { from: 'everyone', to: 'everyone' };

  test.each<[string, readonly unknown[], string]>([
    ['on and off for the same mail', [policy(), policy(OFF)], 'unknown precedence'],
    ['on for all inbound mail, off for everyone', [policy(), policy({ ...everyone, ...OFF })], 'pass in-force'],
    ['on for everyone, off for all inbound mail', [policy(everyone), policy(OFF)], 'fail off'],
    [
      'each more specific at one end',
      [policy({ from: 'external', to: 'everyone' }), policy({ from: 'everyone', to: 'internal', ...OFF })],
      'unknown precedence',
    ],
    ['an override that acts goes first', [policy({ policy: { override: true } }), policy(OFF)], 'pass in-force'],
    [
      'off for the same mail, but disabled',
      [policy(), policy({ ...OFF, policy: { enabled: false } })],
      'pass in-force',
    ],
    ['on and perhaps off', [policy(), policy({ option: 'frobnicate' })], 'unknown indeterminate'],
    [
      'a tie stays one, whatever else is not clear',
      [policy(), policy(OFF), policy({ policy: { toEternal: false, toDate: '?' } })],
      'unknown precedence',
    ],
  ])('%s', (_, all, expected) => {
    expect(said(id, items(...all))).toBe(expected);
  });

  test('a narrower policy that disables is a carve-out, unless an override goes before it', () => {
    const narrow = policy({ ...OFF, to: 'person' });
    expect(judge(id, items(policy(), narrow)).details).toMatchObject({ carveOuts: 1 });
    expect(judge(id, items(policy({ policy: { override: true } }), narrow)).details).not.toHaveProperty('carveOuts');
  });

  test('a tie for one declared domain leaves open whether it is covered', () => {
    const domain = { to: 'domain', toValue: 'acme.example' };
    const facts = { ...items(policy(domain), policy({ ...domain, ...OFF })) };
    expect(said(id, { ...facts, settings: { ...facts.settings, coverage: { domains: ['acme.example'] } } })).toBe(
      'unknown precedence',
    );
  });
});

test('policies of Content Examination add up: others take nothing away unless they override', () => {
  const own = { from: 'internal', to: 'external' };
  const narrow = policy({ ...own, ...OFF, from: 'person' });
  const facts = withItems('content-examination', [policy(own), policy({ ...own, ...OFF }), narrow]);
  expect(said('content-examination-outbound', facts)).toBe('pass in-force');
  expect(judge('content-examination-outbound', facts).details).not.toHaveProperty('carveOuts');
});

describe('what is shown beside a verdict and never makes one', () => {
  const unavailable = { latest: { outcome: 'unavailable', observedAt: at(-HOUR) } } as const;

  test('where there is no API: the licence, what the sibling saw, and how to attest', () => {
    const facts = { ...GOOD, endpoints: { ...GOOD.endpoints, 'url-protect': unavailable } };
    const { verdict, code, reason, details, action } = judge('url-protection-policy', facts);
    expect([verdict, code]).toEqual(['unknown', 'no-vendor-api']);
    expect(details).toEqual({ licence: 'URL Protection (Site) [1043]', 'url-protection-operating': 'pass' });
    expect(reason).toBe(
      'Mimecast offers this tenant no API for its URL Protection policies. A licence is listed. url-protection-operating: pass.',
    );
    expect(action).toContain('"annotate acme url-protection-policy --attest FILE"');
  });

  test.each<[string, unknown, string]>([
    ['packages with unknown codes', ['Something new [9999]', 'No code at all', 7, null], 'not among the packages'],
    ['no packages', undefined, 'unknown'],
    ['packages that are no list', 'URL Protection (Site) [1043]', 'unknown'],
  ])('%s', (_, packages, licence) => {
    const { details } = judge('url-protection-policy', withItems('account', [{ accountCode: 'C', packages }]));
    expect(details).toMatchObject({ licence });
  });

  test('hits in the DLP log, of the route in question', () => {
    const days = [3, 4].map((rows) => ({ ...GOOD.statistics.days[0], protection: 'dlp', route: 'outbound', rows }));
    const facts = {
      ...GOOD,
      endpoints: { ...GOOD.endpoints, 'content-examination': unavailable },
      statistics: { ...GOOD.statistics, days: days as typeof GOOD.statistics.days },
    };
    expect(judge('content-examination-outbound', facts)).toMatchObject({ verdict: 'unknown', details: { dlpRows: 7 } });
    expect(judge('content-examination-inbound', facts)).toMatchObject({ verdict: 'unknown', details: { dlpRows: 0 } });
  });
});
