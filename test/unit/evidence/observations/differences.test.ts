import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { differencesBetween } from '../../../../evidence/observations/differences.js';
import { ownField, PROTOTYPE_NAMES } from '../../../support/hostile.js';

interface Changes {
  readonly id?: string;
  readonly option?: string;
  readonly policy?: Record<string, unknown>;
}

const policy = (
  description: string,
  { id = `id of ${description}`, option = 'block', policy: fields }: Changes = {},
) => ({
  id,
  option,
  policy: { description, enabled: true, from: { type: 'everyone' }, createTime: '2026-01-01T00:00:00+0000', ...fields },
});

const BEFORE = [policy('Default'), policy('Finance'), policy('Old campaign')];

describe('what an administrator would not call a change', () => {
  test.each([
    ['the same', BEFORE],
    ['another order', BEFORE.toReversed()],
    ['new ids', BEFORE.map((item) => ({ ...item, id: `new ${item.id}` }))],
    [
      'saved again',
      BEFORE.map((item) => ({ ...item, policy: { ...item.policy, createTime: '2026-02-02T00:00:00+0000' } })),
    ],
  ])('%s', (_, after) => {
    expect(differencesBetween(BEFORE, after)).toEqual([]);
  });
});

test.each([
  ['added', [...BEFORE, policy('New')], [{ kind: 'added', what: 'New' }]],
  ['removed', BEFORE.slice(0, 2), [{ kind: 'removed', what: 'Old campaign' }]],
  ['all removed', [], BEFORE.map((item) => ({ kind: 'removed', what: item.policy.description }))],
  [
    'switched off under another id',
    [policy('Default', { id: 'other', policy: { enabled: false } }), ...BEFORE.slice(1)],
    [{ kind: 'changed', what: 'Default', fields: [{ path: 'policy.enabled', from: true, to: false }] }],
  ],
  [
    'a field that was not there',
    [policy('Default', { policy: { override: true } }), ...BEFORE.slice(1)],
    [{ kind: 'changed', what: 'Default', fields: [{ path: 'policy.override', to: true }] }],
  ],
  [
    'narrowed',
    [policy('Default', { policy: { from: { type: 'email_domain', emailDomain: 'a.example' } } }), ...BEFORE.slice(1)],
    [
      {
        kind: 'changed',
        what: 'Default',
        fields: [
          { path: 'policy.from.emailDomain', to: 'a.example' },
          { path: 'policy.from.type', from: 'everyone', to: 'email_domain' },
        ],
      },
    ],
  ],
])('%s', (_, after, expected) => {
  expect(differencesBetween(BEFORE, after)).toEqual(expected);
});

test.each(PROTOTYPE_NAMES)('a field called %s that was not there, and that is gone again', (name) => {
  const [before, after] = [policy('Default'), policy('Default', { policy: { ...ownField(name, 'new') } })];
  const path = `policy.${name}`;
  expect(differencesBetween([before], [after])).toEqual([
    { kind: 'changed', what: 'Default', fields: [{ path, to: 'new' }] },
  ]);
  expect(differencesBetween([after], [before])).toEqual([
    { kind: 'changed', what: 'Default', fields: [{ path, from: 'new' }] },
  ]);
});

test('a second policy of the same name is one that was added', () => {
  expect(differencesBetween([policy('Twin')], [policy('Twin'), policy('Twin', { option: 'hold' })])).toEqual([
    { kind: 'added', what: 'Twin' },
  ]);
});

test('an account lost a package and its retention was shortened', () => {
  const account = { accountCode: 'CUSA1', packages: ['A', 'B'], maxRetention: 365 };
  expect(differencesBetween([account], [{ ...account, packages: ['A'], maxRetention: 30 }])).toEqual([
    {
      kind: 'changed',
      what: 'CUSA1',
      fields: [
        { path: 'maxRetention', from: 365, to: 30 },
        { path: 'packages', from: ['A', 'B'], to: ['A'] },
      ],
    },
  ]);
});

test.each([
  ['text', ['x'], ['y']],
  ['nothing with a name', [{ a: 1 }], [{ a: 2 }]],
  ['null', [null], [{}]],
])('answers of any shape are compared: %s', (_, before, after) => {
  expect(differencesBetween(before, after)).not.toEqual([]);
});

test('the number of things added less those removed is what the list grew by', () => {
  const lists = fc.array(
    fc.record({
      id: fc.string(),
      policy: fc.record({ description: fc.constantFrom('a', 'b', 'c'), enabled: fc.boolean() }),
    }),
  );
  fc.assert(
    fc.property(lists, lists, (before, after) => {
      const kinds = differencesBetween(before, after).map(({ kind }) => kind);
      const count = (kind: string): number => kinds.filter((found) => found === kind).length;
      expect(count('added') - count('removed')).toBe(after.length - before.length);
      expect(differencesBetween(before, before)).toEqual([]);
      expect(differencesBetween(after, before)).toHaveLength(kinds.length);
    }),
  );
});
