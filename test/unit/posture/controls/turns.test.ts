import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CATALOGUE } from '../../../../posture/controls/catalogue.js';
import type { Facts } from '../../../../model/facts.js';
import type { ControlId } from '../../../../model/verdicts.js';
import { anyFacts, anyPolicy } from '../../../support/posture/any-facts.js';
import { at, between, DAY, GOOD, judge, lookedAt, NOW, policy, withItems } from '../../../support/posture/facts.js';

describe('turnsAt', () => {
  test('until then no verdict turns by itself, to the millisecond, and none lies in the past', () => {
    fc.assert(
      fc.property(anyFacts(anyPolicy), fc.double({ min: 0, max: 1, noNaN: true }), (facts, part) => {
        for (const { id } of CATALOGUE) {
          const { verdict, turnsAt } = judge(id, facts);
          const turns = turnsAt === undefined ? at(400 * DAY) : new Date(turnsAt);
          expect(turns > facts.now).toBe(true);
          const last = new Date(turns.getTime() - 1);
          const between = new Date(NOW.getTime() + Math.floor((last.getTime() - NOW.getTime()) * part));
          for (const now of [between, last])
            expect([id, now, judge(id, lookedAt(facts, now)).verdict]).toEqual([id, now, verdict]);
        }
      }),
      { numRuns: 100 },
    );
  });

  test('every control that passes now turns at the moment that it says, but for the one that no time changes', () => {
    for (const { id } of CATALOGUE) {
      const { verdict, turnsAt } = judge(id, GOOD);
      if (turnsAt === undefined) expect(id).toBe('api-generation');
      else expect([id, judge(id, lookedAt(GOOD, new Date(turnsAt))).verdict]).not.toEqual([id, verdict]);
    }
  });

  test.each<[string, Date, readonly unknown[], ControlId, string]>([
    [
      'ends',
      at(10 * DAY + 1000),
      [policy({ policy: between(undefined, at(10 * DAY)) })],
      'url-protection-policy',
      'fail',
    ],
    ['begins', at(10 * DAY), [policy({ policy: between(at(10 * DAY), undefined) })], 'url-protection-policy', 'pass'],
    [
      'begins to disable',
      at(10 * DAY),
      [policy(), policy({ option: 'no_action', policy: { override: true, ...between(at(10 * DAY), undefined) } })],
      'no-broad-override',
      'fail',
    ],
  ])('a policy that %s turns it at that moment', (_, turns, items, id, verdict) => {
    const long = (facts: Facts): Facts => ({
      ...facts,
      endpoints: Object.fromEntries(
        Object.entries(facts.endpoints).map(([name, fact]) => [
          name,
          { ...fact, ...(fact.readable && { readable: { ...fact.readable, freshUntil: at(60 * DAY) } }) },
        ]),
      ),
    });
    const facts = long(withItems('url-protect', items));
    const before = judge(id, facts);
    expect(before.turnsAt).toBe(turns.toISOString());
    expect(judge(id, lookedAt(facts, new Date(turns.getTime() - 1))).verdict).toBe(before.verdict);
    expect(judge(id, lookedAt(facts, turns)).verdict).toBe(verdict);
    expect(before.verdict).not.toBe(verdict);
  });
});
