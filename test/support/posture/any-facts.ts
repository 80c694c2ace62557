import fc from 'fast-check';
import type { EndpointName } from '../../../model/connection.js';
import type { EndpointFact, Facts, LogFact } from '../../../model/facts.js';
import { ACCOUNT, answer, at, between, cell, DAY, GOOD, HOUR, policy, since, stale } from './facts.js';

/** Facts of every kind, for what must hold whatever a vendor answers. */

export const POLICY_LISTS: readonly EndpointName[] = [
  'url-protect',
  'attachment-management',
  'content-examination',
  'blocked-senders',
];

const kinds = fc.constantFrom('everyone', 'internal', 'external', 'domain', 'group', 'person', 'attribute', 'martians');
export const moments = fc.integer({ min: -60, max: 60 }).map((days) => at(days * DAY - HOUR));

/** A policy of any form that a list may contain; often with a field missing. */
export const anyPolicy = fc
  .record({
    option: fc.constantFrom('enable', 'block_sender', 'no_action', 'hold', 'frobnicate', undefined, 7),
    from: kinds,
    to: kinds,
    value: fc.constantFrom('acme.example', 'finance', undefined),
    begins: fc.option(moments, { nil: undefined }),
    ends: fc.option(moments, { nil: undefined }),
    fields: fc.dictionary(
      fc.constantFrom('override', 'bidirectional', 'enabled', 'conditions', 'toDate', 'fromEternal', 'description'),
      fc.constantFrom<unknown>(true, false, undefined, null, 'true', 'soon', {}, { sourceIPs: ['192.0.2.1'] }, 7),
      { maxKeys: 3 },
    ),
  })
  .map(({ option, from, to, value, begins, ends, fields }) =>
    policy({
      option,
      from,
      to,
      ...(value !== undefined && { fromValue: value, toValue: value }),
      policy: { ...between(begins, ends), ...fields },
    }),
  );

export const anyJson = fc.oneof(fc.jsonValue(), anyPolicy, fc.constant(ACCOUNT), fc.constant({ policy: {} }));

export const anyLog: fc.Arbitrary<LogFact> = fc
  .record({
    outcome: fc.constantFrom('collected', 'empty', 'failed', 'forbidden', 'unavailable'),
    watermark: fc.option(
      fc.integer({ min: -5, max: 0 }).map((days) => at(days * DAY)),
      { nil: undefined },
    ),
    observedAt: fc.integer({ min: -72, max: 0 }).map((hours) => at(hours * HOUR)),
  })
  .map(({ watermark, ...others }) => ({ ...others, ...(watermark && { watermark }) }));

export const anyCell = fc
  .record({
    day: fc.integer({ min: -12, max: 0 }).map((days) =>
      at(days * DAY)
        .toISOString()
        .slice(0, 10),
    ),
    protection: fc.constantFrom('url', 'attachment', 'dlp'),
    route: fc.constantFrom('inbound', 'outbound', 'internal', ''),
    definition: fc.constantFrom('Default', 'N/A', ''),
    rows: fc.nat({ max: 3 }),
    byResult: fc.dictionary(fc.constantFrom('safe', 'malicious', 'timeout', 'error'), fc.nat({ max: 2 }), {
      maxKeys: 2,
    }),
    complete: fc.boolean(),
  })
  .map((fields) => cell(fields));

/** An endpoint as it may stand, whatever it says. */
const anyEndpoint = (items: fc.Arbitrary<unknown>): fc.Arbitrary<EndpointFact | undefined> =>
  fc
    .record({
      items: fc.array(items, { maxLength: 4 }),
      state: fc.constantFrom('fresh', 'stale', 'failed', 'forbidden', 'unavailable', 'partly', 'never'),
      freshHours: fc.integer({ min: 1, max: 47 }),
    })
    .map(({ items: all, state, freshHours }) => {
      const { latest, readable } = answer(all);
      const fact: EndpointFact = {
        latest,
        ...(readable && { readable: { ...readable, freshUntil: at(freshHours * HOUR) } }),
      };
      if (state === 'never') return undefined;
      if (state === 'stale') return stale(fact);
      if (state === 'partly') return { ...fact, partlyFailed: true };
      return state === 'fresh' ? fact : since(fact, state);
    });

/** Facts of any kind, with anything that a vendor may have answered in them. */
export const anyFacts = (items: fc.Arbitrary<unknown>): fc.Arbitrary<Facts> =>
  fc
    .record({
      endpoints: fc.record({
        ...Object.fromEntries(POLICY_LISTS.map((name) => [name, anyEndpoint(items)])),
        account: anyEndpoint(fc.oneof(fc.constant(ACCOUNT), items)),
        'archive-settings': anyEndpoint(fc.oneof(fc.constant({ enabled: true }), items)),
      }),
      logs: fc.oneof(fc.constant(GOOD.statistics.logs), fc.record({ url: anyLog, attachment: anyLog, dlp: anyLog })),
      days: fc.oneof(fc.constant(GOOD.statistics.days), fc.array(anyCell, { maxLength: 6 })),
      domains: fc.option(fc.constant(['acme.example']), { nil: undefined }),
      lastGoodHours: fc.integer({ min: 0, max: 60 }),
      heldHours: fc.integer({ min: 0, max: 20 }),
      gapDays: fc.option(fc.integer({ min: 1, max: 70 }), { nil: undefined }),
      keyDays: fc.integer({ min: 0, max: 120 }),
      eventDays: fc.integer({ min: 0, max: 9 }),
    })
    .map(({ endpoints, logs, days, domains, lastGoodHours, heldHours, gapDays, keyDays, eventDays }) => ({
      ...GOOD,
      endpoints: Object.fromEntries(Object.entries(endpoints).filter(([, fact]) => fact)),
      statistics: { days, logs },
      settings: { ...GOOD.settings, ...(domains && { coverage: { domains } }) },
      streams: Object.fromEntries(
        Object.entries(GOOD.streams).map(([name, stream]) => [
          name,
          { ...stream, lastGoodAt: at(-lastGoodHours * HOUR) },
        ]),
      ),
      completeness: {
        from: at(-90 * DAY),
        due: at(-6 * HOUR),
        watermark: at(-heldHours * HOUR),
        gaps:
          gapDays === undefined
            ? []
            : [{ start: at(-gapDays * DAY), end: at(-gapDays * DAY + HOUR), cause: 'window-failed', fillable: true }],
      },
      keys: { version: 1, apiVersion: '1.0', issuedAt: at(-keyDays * DAY), issueDateKnown: keyDays % 3 > 0 },
      newestEventAt: at(-eventDays * DAY),
    }));
