import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CATALOGUE } from '../../../../posture/controls/catalogue.js';
import type { EndpointName } from '../../../../model/connection.js';
import type { Facts, LogFact } from '../../../../model/facts.js';
import type { ControlId } from '../../../../model/verdicts.js';
import {
  anyCell,
  anyFacts,
  anyJson,
  anyLog,
  anyPolicy,
  moments,
  POLICY_LISTS,
} from '../../../support/posture/any-facts.js';
import {
  answer,
  at,
  between,
  DAY,
  GOOD,
  judge,
  log,
  NOTHING,
  NOW,
  policy,
  since,
  stale,
  withItems,
  without,
} from '../../../support/posture/facts.js';

const INBOUND = [
  ['url-protection-policy', 'url-protect'],
  ['attachment-management-policy', 'attachment-management'],
  ['content-examination-inbound', 'content-examination'],
] as const satisfies readonly (readonly [ControlId, EndpointName])[];

/** Controls about the tenant: what they say must come from what Mimecast said. */
const TENANT = CATALOGUE.filter(({ subject }) => subject === 'tenant').map(({ id }) => id);

describe('whatever Mimecast answers', () => {
  test('no control throws, and the same facts give the same judgement', () => {
    fc.assert(
      fc.property(anyFacts(anyJson), (facts) => {
        for (const { id } of CATALOGUE) expect(judge(id, facts)).toEqual(judge(id, facts));
      }),
      { numRuns: 100 },
    );
  });

  test('evidence that cannot be read, is stale, has another shape or only a part of an answer never gives pass or fail', () => {
    const bad = fc.oneof(
      fc.constant(undefined),
      fc.array(anyPolicy, { maxLength: 3 }).map((items) => stale(answer(items))),
      fc
        .constantFrom<'forbidden' | 'unavailable'>('forbidden', 'unavailable')
        .map((outcome) => since(answer([policy()]), outcome)),
      fc.array(anyPolicy, { maxLength: 3 }).map((items) => ({ ...answer(items), partlyFailed: true })),
      fc.constantFrom<unknown>({}, 'x', null, { policy: { from: {}, to: {} } }).map((item) => answer([policy(), item])),
    );
    const badLog = fc.constantFrom<LogFact | undefined>(
      undefined,
      log({ outcome: 'forbidden' }),
      log({ outcome: 'unavailable' }),
      { outcome: 'failed', observedAt: NOW },
      log({ observedAt: at(-2 * DAY) }),
      log({ watermark: at(-4 * DAY) }),
    );
    const names = [...POLICY_LISTS, 'account', 'archive-settings'] as const;
    const facts = fc
      .record({ endpoints: fc.tuple(...names.map(() => bad)), logs: fc.tuple(badLog, badLog) })
      .map(({ endpoints, logs: [url, attachment] }): Facts => ({
        ...GOOD,
        endpoints: Object.fromEntries(
          names.flatMap((name, index) => (endpoints[index] ? [[name, endpoints[index]] as const] : [])),
        ),
        statistics: { days: GOOD.statistics.days, logs: { ...(url && { url }), ...(attachment && { attachment }) } },
      }));
    fc.assert(
      fc.property(facts, (given) => {
        for (const id of TENANT) expect([id, judge(id, given).verdict]).toEqual([id, 'unknown']);
      }),
    );
  });

  test('policies of which something is unclear, alone, never give pass or fail', () => {
    const unclear = fc.constantFrom<object>(
      { option: 'frobnicate' },
      { option: undefined },
      { policy: { override: undefined } },
      { policy: { bidirectional: 'perhaps' } },
      { policy: { toEternal: false, toDate: 'soon' } },
      { policy: { fromEternal: undefined, fromDate: undefined } },
      { from: 'martians' },
      { policy: { conditions: [] } },
    );
    fc.assert(
      fc.property(fc.array(unclear, { minLength: 1, maxLength: 4 }), (all) => {
        for (const [id, list] of INBOUND) {
          expect(
            judge(
              id,
              withItems(
                list,
                all.map((fields) => policy(fields)),
              ),
            ).verdict,
          ).toBe('unknown');
        }
      }),
    );
  });

  test('a policy of which something is unclear never makes a verdict better, and never makes a pass a fail', () => {
    fc.assert(
      fc.property(
        fc.array(anyPolicy, { maxLength: 3 }),
        fc.constantFrom('from', 'to', 'option'),
        anyPolicy,
        (items, what, item) => {
          const { option, ...others } = item as { option?: unknown; policy: Record<string, unknown> };
          const fields = without(without(others.policy, what), `${what}Type`);
          const unclear = {
            ...others,
            ...(what !== 'option' && { option }),
            policy: what === 'option' ? others.policy : { ...fields, [what]: { type: 'martians' }, enabled: true },
          };
          for (const [id, list] of INBOUND) {
            const before = judge(id, withItems(list, items)).verdict;
            const after = judge(id, withItems(list, [...items, unclear])).verdict;
            if (before !== after) expect([id, after]).toEqual([id, 'unknown']);
          }
        },
      ),
    );
  });
});

describe('policies that do not matter', () => {
  test('a policy in force for other mail changes nothing', () => {
    const unrelated = fc.record({
      option: fc.constantFrom('enable', 'no_action'),
      from: fc.constant('internal'),
      to: fc.constantFrom('external', 'internal', 'domain', 'person', 'everyone'),
      override: fc.boolean(),
      ends: fc.option(
        moments.filter((moment) => moment > NOW),
        { nil: undefined },
      ),
    });
    fc.assert(
      fc.property(fc.array(anyPolicy, { maxLength: 4 }), unrelated, fc.nat({ max: 4 }), (items, fields, place) => {
        const added = policy({ ...fields, policy: { override: fields.override, ...between(undefined, fields.ends) } });
        const named = items.map((item, index) => withName(item, index));
        for (const [id, list] of INBOUND) {
          const after = named.toSpliced(place, 0, added);
          const [one, other] = [named, after].map((all) => judge(id, withItems(list, all)));
          // The sentence about a list of another shape names the places in it.
          if (one?.code === 'shape') expect(other?.code).toBe('shape');
          else expect(other).toEqual(one);
        }
      }),
    );
  });

  test('the order of a list changes nothing but the order of names', () => {
    fc.assert(
      fc.property(fc.array(anyPolicy, { maxLength: 5 }), (items) => {
        for (const { id } of CATALOGUE) {
          const [one, other] = [items, items.toReversed()].map((all) => {
            const facts = POLICY_LISTS.reduce<Facts>((before, list) => withItems(list, all, before), GOOD);
            const { verdict, code, turnsAt } = judge(id, facts);
            return { verdict, code, turnsAt };
          });
          expect([id, one]).toEqual([id, other]);
        }
      }),
      { numRuns: 50 },
    );
  });

  test('what is outbound, disabled, ended, not begun, partial or overridden never passes an inbound control', () => {
    const fails = fc.constantFrom<object>(
      { from: 'internal', to: 'external' },
      { from: 'internal', to: 'everyone' },
      { from: 'everyone', to: 'external' },
      { policy: { enabled: false } },
      { option: 'no_action' },
      { policy: between(undefined, at(-DAY)) },
      { policy: between(at(DAY), undefined) },
      { to: 'domain', toValue: 'acme.example' },
      { to: 'group', toValue: 'finance' },
      { from: 'person' },
      { to: 'attribute' },
      { policy: { conditions: { sourceIPs: ['192.0.2.1'] } } },
    );
    fc.assert(
      fc.property(fc.array(fails, { maxLength: 5 }), (all) => {
        for (const [id, list] of INBOUND) {
          expect(
            judge(
              id,
              withItems(
                list,
                all.map((fields) => policy(fields)),
              ),
            ).verdict,
          ).toBe('fail');
          const overridden = [policy(), policy({ option: 'no_action', policy: { override: true } })];
          expect(judge(id, withItems(list, [...overridden, ...all.map((fields) => policy(fields))])).code).toBe(
            'overridden',
          );
        }
      }),
    );
  });

  test('a good policy makes a fail a pass unless something disables it for all mail', () => {
    fc.assert(
      fc.property(fc.array(anyPolicy, { maxLength: 3 }), (items) => {
        const harmless = items.filter((item) => (item as { option?: unknown }).option === 'enable');
        for (const [id, list] of INBOUND) {
          const { verdict, code } = judge(id, withItems(list, [...harmless, policy()]));
          if (code !== 'shape') expect([id, verdict]).toEqual([id, 'pass']);
        }
      }),
    );
  });
});

test('a licence alone never makes a verdict: nothing but archiving looks at the account', () => {
  const packages = fc.array(
    fc.constantFrom(
      'URL Protection (Site) [1043]',
      'Attachment Management [1004]',
      'Attachment Protection [1056]',
      'Content Control and Data Leak Prevention [1013]',
      'New [9999]',
      'None',
    ),
    { maxLength: 6 },
  );
  fc.assert(
    fc.property(packages, (all) => {
      const licensed = withItems('account', [{ accountCode: 'C', packages: all }], NOTHING);
      for (const id of TENANT) expect([id, judge(id, licensed).verdict]).toEqual([id, 'unknown']);
    }),
  );
});

test('silence in a log never fails, and one row of a day that is held is enough', () => {
  const facts = fc.record({ days: fc.array(anyCell, { maxLength: 8 }), url: anyLog, attachment: anyLog });
  fc.assert(
    fc.property(facts, ({ days, url, attachment }) => {
      for (const id of ['url-protection-operating', 'attachment-sandbox-operating'] as const) {
        expect(judge(id, { ...GOOD, statistics: { days, logs: { url, attachment } } }).verdict).not.toBe('fail');
        expect(judge(id, { ...GOOD, statistics: { days: [], logs: { url, attachment } } }).verdict).toBe('unknown');
        const held = [...days.filter(({ complete }) => complete), ...GOOD.statistics.days];
        expect(judge(id, { ...GOOD, statistics: { days: held, logs: GOOD.statistics.logs } }).verdict).toBe('pass');
      }
    }),
  );
});

/** Without a description a policy goes by its place in the list. */
function withName(item: unknown, index: number): unknown {
  const { policy: fields, ...others } = item as { policy: object };
  return { ...others, policy: { ...fields, description: `Policy ${index}` } };
}
