import { describe, expect, test } from 'vitest';
import { CATALOGUE } from '../../../../posture/controls/catalogue.js';
import type { EndpointName } from '../../../../model/connection.js';
import type { EndpointFact } from '../../../../model/facts.js';
import type { ControlId } from '../../../../model/verdicts.js';
import {
  ACCOUNT,
  answer,
  at,
  DAY,
  GOOD,
  HOUR,
  judge,
  lookedAt,
  NOTHING,
  said,
  since,
  stale,
  withEndpoint,
  without,
} from '../../../support/posture/facts.js';

/** The controls that rest on one endpoint alone; for archiving the other source is taken away. */
const SINGLE: readonly (readonly [ControlId, EndpointName])[] = [
  ['url-protection-policy', 'url-protect'],
  ['attachment-management-policy', 'attachment-management'],
  ['content-examination-outbound', 'content-examination'],
  ['content-examination-inbound', 'content-examination'],
  ['blocked-senders-policy', 'blocked-senders'],
  ['archiving-on', 'account'],
  ['archive-retention', 'account'],
];

const BASE = withEndpoint('archive-settings', since(answer([]), 'unavailable'));

describe.each(SINGLE)('%s, by what can be read of %s', (id, endpoint) => {
  const good = GOOD.endpoints[endpoint] ?? answer([ACCOUNT]);
  const neverAnswered = without(good, 'readable');
  const partly: EndpointFact = { ...good, partlyFailed: true };
  const passes = judge(id, BASE);

  test.each<[string, EndpointFact | undefined, string]>([
    ['never asked', undefined, 'unknown unreadable'],
    ['never answered', since(neverAnswered, 'failed'), 'unknown unreadable'],
    ['a part of an answer', partly, 'unknown unreadable'],
    ['forbidden since, which replaces the last answer at once', since(good, 'forbidden'), 'unknown forbidden'],
    ['without an API since, which replaces it as well', since(good, 'unavailable'), 'unknown no-vendor-api'],
    ['too old', stale(good), 'unknown stale'],
    ['too old and failing', since(stale(good), 'failed'), 'unknown stale'],
    ['failed since: the last good answer holds', since(good, 'failed'), `pass ${passes.code}`],
    ['a part of an answer since: the last whole one holds', since(partly, 'failed'), `pass ${passes.code}`],
  ])('%s', (_, fact, expected) => {
    expect(said(id, withEndpoint(endpoint, fact, BASE))).toBe(expected);
  });

  test('goes stale at the millisecond', () => {
    const until = at(47 * HOUR);
    expect(passes).toMatchObject({ verdict: 'pass', freshUntil: until.toISOString(), turnsAt: until.toISOString() });
    expect(judge(id, lookedAt(BASE, new Date(until.getTime() - 1))).verdict).toBe('pass');
    expect(judge(id, lookedAt(BASE, until))).toMatchObject({ verdict: 'unknown', code: 'stale' });
  });

  test('says why and what to do', () => {
    const forbidden = judge(id, withEndpoint(endpoint, since(good, 'forbidden', 'A | B | Read'), BASE));
    expect(forbidden.action).toMatch(/^Grant "A \| B \| Read" to the role of the API user, then "poll acme /);
    const old = judge(id, withEndpoint(endpoint, stale(good), BASE));
    expect(old.reason).toContain('were last read on 2026-11-21');
    expect(old.action).toMatch(/"status acme"; then "poll acme /);
    expect(old.basis).toMatchObject([{ source: endpoint, digest: good.readable?.digest }]);
  });
});

test('where nothing was ever collected every control is unknown, cites nothing and rests on nothing', () => {
  for (const { id } of CATALOGUE) {
    const { verdict, basis, turnsAt } = judge(id, NOTHING);
    expect([id, verdict, basis, turnsAt]).toEqual([id, 'unknown', [], undefined]);
  }
});

test('where all is as it should be every control passes, and says until when', () => {
  for (const { id } of CATALOGUE) {
    const { verdict, code, reason, turnsAt, basis } = judge(id, GOOD);
    expect([id, verdict]).toEqual([id, 'pass']);
    expect(code).toMatch(/^[a-z]+(?:-[a-z]+)*$/);
    expect(reason).toMatch(/^[A-Z0-9].+\.$/);
    expect(basis.length).toBeGreaterThan(0);
    if (id !== 'api-generation') expect([id, Date.parse(turnsAt ?? '') <= at(90 * DAY).getTime()]).toEqual([id, true]);
  }
});
