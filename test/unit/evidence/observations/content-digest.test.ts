import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { contentDigest } from '../../../../evidence/observations/content-digest.js';

const policy = {
  id: 'p1',
  option: 'block_sender',
  policy: {
    id: 'p1',
    description: 'Block spam',
    enabled: true,
    from: { type: 'everyone', groupId: 'g1' },
    createTime: '2026-01-01T00:00:00+0000',
    lastUpdated: '2026-01-02T00:00:00+0000',
  },
};
const other = { ...policy, id: 'p2', option: 'no_action' };

/** The same with one field of the policy replaced. */
const changed = (fields: Partial<(typeof policy)['policy']>): typeof policy => ({
  ...policy,
  policy: { ...policy.policy, ...fields },
});

const same = (one: unknown, two: unknown): boolean => contentDigest(one).equals(contentDigest(two));

describe('what an administrator would call the same has one content digest', () => {
  test.each<[string, unknown, unknown]>([
    ['ids given anew', [policy], [{ ...changed({ id: 'p9' }), id: 'p9' }]],
    ['saved without a change', [policy], [changed({ lastUpdated: '2026-11-24T00:00:00+0000' })]],
    ['made again as it was', [policy], [changed({ id: 'p7', createTime: '2026-11-24T00:00:00+0000' })]],
    ['listed in another order', [policy, other], [other, policy]],
    ['an account with more users', [{ accountCode: 'C1', userCount: 10 }], [{ accountCode: 'C1', userCount: 11 }]],
  ])('%s', (_, before, after) => {
    expect(same(before, after)).toBe(true);
  });

  test.each<[string, unknown, unknown]>([
    ['switched off', [policy], [changed({ enabled: false })]],
    ['about another group', [policy], [changed({ from: { type: 'everyone', groupId: 'g2' } })]],
    ['renamed', [policy], [changed({ description: 'Block some spam' })]],
    ['one more of the same', [policy], [policy, policy]],
    ['gone', [policy], []],
    ['an option changed', [policy], [{ ...policy, option: 'no_action' }]],
  ])('but not: %s', (_, before, after) => {
    expect(same(before, after)).toBe(false);
  });
});

test('the order of items and of fields never matters', () => {
  const item = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.oneof(fc.string(), fc.integer()));
  fc.assert(
    fc.property(fc.array(item, { maxLength: 5 }), (items) => {
      const shuffled = items.map((fields) => Object.fromEntries(Object.entries(fields).reverse())).reverse();
      return same(items, shuffled);
    }),
  );
});
