import { describe, expect, test } from 'vitest';
import type { EndpointName } from '../../../../model/connection.js';
import type { Facts } from '../../../../model/facts.js';
import {
  answer,
  at,
  between,
  block,
  DAY,
  GOOD,
  HOUR,
  judge,
  policy,
  said,
  since,
  stale,
  withEndpoint,
  withItems,
} from '../../../support/posture/facts.js';

const EXEMPT = { option: 'no_action' };
const OVERRIDE = { policy: { override: true } };

describe('blocked-senders-policy', () => {
  const everyone = { from: 'everyone', to: 'everyone' };

  test.each<[string, readonly unknown[], string]>([
    ['a blocked domain', [block()], 'pass in-force'],
    ['a block of outbound mail', [block({ from: 'internal', to: 'external' })], 'pass in-force'],
    ['a block for a time', [block({ policy: between(at(-DAY), at(DAY)) })], 'pass in-force'],
    [
      'a block of everyone by source address',
      [block({ ...everyone, policy: { conditions: { sourceIPs: ['192.0.2.1'] } } })],
      'pass in-force',
    ],
    [
      'a block among others that do not count',
      [block(everyone), block({ policy: { enabled: false } }), block()],
      'pass in-force',
    ],
    ['a block and a narrow exemption', [block(), policy({ ...EXEMPT, from: 'person', ...OVERRIDE })], 'pass in-force'],
    ['a block and an exemption without override', [block(), policy(EXEMPT)], 'pass in-force'],
    [
      'a block that overrides an overriding exemption',
      [block(OVERRIDE), policy({ ...EXEMPT, ...OVERRIDE })],
      'pass in-force',
    ],
    ['a block beside one that is not clear', [block(), block({ option: 'tag_sender' })], 'pass in-force'],

    ['no policies', [], 'fail none'],
    ['only an exemption', [policy({ ...EXEMPT, from: 'internal', to: 'external' })], 'fail off'],
    ['only a disabled block', [block({ policy: { enabled: false } })], 'fail off'],
    ['only a block that has ended', [block({ policy: between(undefined, at(-DAY)) })], 'fail expired'],
    ['only a block that has not begun', [block({ policy: between(at(DAY), undefined) })], 'fail not-begun'],
    ['only a block of everyone by everyone', [block(everyone)], 'fail blocks-everyone'],
    ['a block under an exemption that overrides', [block(), policy({ ...EXEMPT, ...OVERRIDE })], 'fail overridden'],

    ['an option that is not known', [block({ option: 'tag_sender' })], 'unknown indeterminate'],
    ['an option in other letters', [block({ option: 'Block_Sender' })], 'unknown indeterminate'],
    [
      'no enabled flag, as in the documented sample',
      [block({ policy: { enabled: undefined } })],
      'unknown indeterminate',
    ],
    ['dates that cannot be read', [block({ policy: { toEternal: false, toDate: '' } })], 'unknown indeterminate'],
    [
      'a block under what may be such an exemption',
      [block(), policy({ option: 'x', ...OVERRIDE })],
      'unknown indeterminate',
    ],
    ['an item without from', [block({ policy: { from: undefined, fromType: undefined } })], 'unknown shape'],
    ['an item of another shape', [block(), { id: 'x' }], 'unknown shape'],
  ])('%s', (_, items, expected) => {
    expect(said('blocked-senders-policy', withItems('blocked-senders', items))).toBe(expected);
  });

  test('a block that would stop all mail is flagged, whatever else is in force', () => {
    const items = [block(), block({ ...everyone, policy: { description: 'Oops' } })];
    expect(judge('blocked-senders-policy', withItems('blocked-senders', items)).details).toMatchObject({
      blocks: 1,
      blocksEveryone: ['Oops'],
    });
  });
});

const LISTS: readonly EndpointName[] = [
  'blocked-senders',
  'content-examination',
  'url-protect',
  'attachment-management',
];

describe('no-broad-override', () => {
  const id = 'no-broad-override';
  const off = (fields: object = {}) => policy({ ...EXEMPT, ...OVERRIDE, ...fields });

  test('passes when all four lists are read and none holds one', () => {
    const { verdict, basis } = judge(id, GOOD);
    expect(verdict).toBe('pass');
    expect(basis.map(({ source }) => source).toSorted()).toEqual(LISTS.toSorted());
  });

  test.each(LISTS)('one in %s fails, whatever cannot be read of the others', (list) => {
    expect(said(id, withItems(list, [off()]))).toBe('fail overridden');
    const others = LISTS.filter((other) => other !== list);
    const facts = others.reduce<Facts>(
      (before, other) => withEndpoint(other, since(answer([]), 'unavailable'), before),
      withItems(list, [off({ from: 'internal', to: 'external' })]),
    );
    expect(said(id, facts)).toBe('fail overridden');
  });

  test.each<[string, unknown]>([
    ['no override', policy(EXEMPT)],
    ['disabled', off({ policy: { override: true, enabled: false } })],
    ['ended', off({ policy: { override: true, ...between(undefined, at(-DAY)) } })],
    ['narrow', off({ from: 'person' })],
    ['by source address', off({ policy: { override: true, conditions: { sourceIPs: ['192.0.2.1'] } } })],
    ['internal mail alone', off({ from: 'internal' })],
    ['one that acts', policy({ option: 'aggressive', ...OVERRIDE })],
  ])('%s is none', (_, item) => {
    expect(said(id, withItems('url-protect', [item]))).toBe('pass none-found');
  });

  test.each(LISTS)('without %s it is unknown, with the cause', (list) => {
    const fact = answer([]);
    expect(said(id, withEndpoint(list, undefined))).toBe('unknown unreadable');
    expect(said(id, withEndpoint(list, since(fact, 'unavailable')))).toBe('unknown no-vendor-api');
    expect(said(id, withEndpoint(list, since(fact, 'forbidden')))).toBe('unknown forbidden');
    expect(said(id, withEndpoint(list, stale(fact)))).toBe('unknown stale');
    expect(said(id, withItems(list, [{}]))).toBe('unknown shape');
  });

  test('one that may be such a policy is told, and one that was found stale does not count', () => {
    expect(said(id, withItems('url-protect', [policy({ ...EXEMPT, policy: { override: undefined } })]))).toBe(
      'unknown indeterminate',
    );
    expect(said(id, withEndpoint('url-protect', stale(answer([off()]))))).toBe('unknown stale');
  });

  test('what can be mended is told before what cannot', () => {
    const facts = withEndpoint('content-examination', since(answer([]), 'unavailable'));
    const { code, reason, action } = judge(
      id,
      withEndpoint('url-protect', since(answer([]), 'forbidden', 'Gateway | Policies | Read'), facts),
    );
    expect(code).toBe('forbidden');
    expect(reason).toContain('2 of 4 lists cannot be judged');
    expect(action).toBe('Grant "Gateway | Policies | Read" to the role of the API user, then "poll acme policies".');
  });
});

describe('policy-expiring', () => {
  const id = 'policy-expiring';
  const until = (end: Date, fields: object = {}) =>
    policy({ option: 'aggressive', policy: { ...between(undefined, end), description: 'Ends' }, ...fields });
  const from = (begin: Date, end?: Date) => policy({ option: 'aggressive', policy: between(begin, end) });
  const items = (...all: unknown[]) => withItems('url-protect', all);

  test.each<[string, readonly unknown[], string]>([
    ['none has an end', [policy()], 'pass none-ends'],
    ['one ends in 31 days', [until(at(31 * DAY))], 'pass none-ends'],
    ['one ends, another for the same mail goes on', [until(at(DAY)), policy()], 'pass none-ends'],
    [
      'one ends, and a successor begins in that second',
      [until(at(10 * DAY - 1000)), from(at(10 * DAY))],
      'pass none-ends',
    ],
    ['one ends, and a successor overlaps', [until(at(10 * DAY)), from(at(5 * DAY))], 'pass none-ends'],
    ['a narrower one ends', [policy(), until(at(DAY), { to: 'person' })], 'pass none-ends'],
    ['one of the other route ends', [policy(), until(at(DAY), { from: 'internal', to: 'external' })], 'pass none-ends'],
    [
      'one that disables ends',
      [policy(), policy({ ...EXEMPT, from: 'person', policy: between(undefined, at(DAY)) })],
      'pass none-ends',
    ],
    [
      'one that is disabled has an end',
      [policy(), until(at(DAY), { policy: { enabled: false, ...between(undefined, at(DAY)) } })],
      'pass none-ends',
    ],

    ['one ends in 30 days', [until(at(30 * DAY - 1000))], 'fail ends-soon'],
    ['one ends tomorrow', [until(at(DAY))], 'fail ends-soon'],
    ['a successor leaves a gap', [until(at(10 * DAY)), from(at(11 * DAY))], 'fail ends-soon'],
    ['the successor ends soon too', [until(at(5 * DAY)), from(at(4 * DAY), at(20 * DAY))], 'fail ends-soon'],
    [
      'the successor is for a part of the mail',
      [until(at(5 * DAY)), policy({ to: 'domain', toValue: 'acme.example' })],
      'fail ends-soon',
    ],
    ['the successor is disabled', [until(at(5 * DAY)), policy({ policy: { enabled: false } })], 'fail ends-soon'],

    [
      'what succeeds is not clear',
      [until(at(5 * DAY)), policy({ option: 'frobnicate', to: 'person' })],
      'unknown indeterminate',
    ],
  ])('%s', (_, all, expected) => {
    expect(said(id, items(...all))).toBe(expected);
  });

  test('a block that ends while others stay is no hole', () => {
    const ends = block({ policy: between(undefined, at(DAY)) });
    expect(said(id, withItems('blocked-senders', [ends, block()]))).toBe('pass none-ends');
    expect(said(id, withItems('blocked-senders', [ends]))).toBe('fail ends-soon');
  });

  test('names what ends, when, and cites only what passes rest on', () => {
    const facts = withItems('attachment-management', [], items(until(at(5 * DAY))));
    const { details, reason, basis, thresholds } = judge(id, facts);
    expect(details).toEqual({ ending: ['Ends (2026-11-28)'], controls: 1 });
    expect(reason).toContain('1 policy that a pass rests on ends by 2026-11-28');
    expect(basis.map(({ source }) => source)).toEqual(['url-protect', 'content-examination', 'blocked-senders']);
    expect(thresholds).toEqual({ expiringDays: 30 });
  });

  const withoutAll = (change: (list: EndpointName) => Facts['endpoints'][EndpointName]) =>
    LISTS.reduce<Facts>((facts, list) => withEndpoint(list, change(list), facts), GOOD);

  test.each<[string, Facts, string]>([
    ['no control passes', withoutAll(() => answer([])), 'unknown nothing-rests'],
    ['no list was read', withoutAll(() => undefined), 'unknown unreadable'],
    ['no list has an API', withoutAll(() => since(answer([]), 'unavailable')), 'unknown no-vendor-api'],
    ['all lists are stale', withoutAll(() => stale(answer([until(at(DAY))]))), 'unknown stale'],
    [
      'a policy that ends is in a stale list',
      withEndpoint('url-protect', stale(answer([until(at(DAY))]))),
      'pass none-ends',
    ],
  ])('%s', (_, facts, expected) => {
    expect(said(id, facts)).toBe(expected);
  });

  test('turns when an end comes within 30 days, before anything else', () => {
    const facts = items(until(at(30 * DAY + HOUR - 1000)));
    expect(judge(id, facts)).toMatchObject({ verdict: 'pass', turnsAt: at(HOUR).toISOString() });
    expect(said(id, { ...facts, now: at(HOUR - 1) })).toBe('pass none-ends');
    expect(said(id, { ...facts, now: at(HOUR) })).toBe('fail ends-soon');
  });
});
