import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson } from '../../../evidence/database/canonical.js';
import { CATALOGUE } from '../../../posture/controls/catalogue.js';
import { evaluate, type EvaluationInput } from '../../../posture/evaluate.js';
import type { Annotation, ControlId, Evaluation, Subject } from '../../../model/verdicts.js';
import { anyFacts, anyPolicy } from '../../support/posture/any-facts.js';
import {
  answer,
  at,
  DAY,
  GOOD,
  HOUR,
  lookedAt,
  MINUTE,
  NOTHING,
  NOW,
  since,
  withEndpoint,
  withItems,
} from '../../support/posture/facts.js';

const run = (input: Partial<EvaluationInput> = {}): Evaluation =>
  evaluate({ facts: GOOD, annotations: [], cause: 'poll', ...input });

const result = (evaluation: Evaluation, id: ControlId) => {
  const found = evaluation.controls.find((control) => control.id === id);
  if (!found) throw new Error(`${id} was not judged`);
  return found;
};

const annotation = (fields: Partial<Annotation> = {}): Annotation => ({
  annotationId: 'a-1',
  connectionId: 'acme',
  controlId: 'url-protection-policy',
  kind: 'not-applicable',
  owner: 'security@acme.example',
  reason: 'Links are rewritten by another product.',
  createdAt: at(-DAY).toISOString(),
  expiresAt: at(DAY).toISOString(),
  ...fields,
});

const NO_URL_POLICY = withItems('url-protect', []);
const UNKNOWN_URL = withEndpoint('url-protect', since(answer([]), 'unavailable'));

/** Number of controls about the tenant, or about the collection of its evidence. */
const about = (wanted: Subject): number => CATALOGUE.filter(({ subject }) => subject === wanted).length;

test('a record holds every control with all that a report needs, in the order of the catalogue', () => {
  const record = run({ account: { code: 'CUK12A9', name: 'Acme' } });
  expect(record.controls.map(({ id }) => id)).toEqual(CATALOGUE.map(({ id }) => id));
  expect(record).toMatchObject({
    connectionId: 'acme',
    at: NOW.toISOString(),
    cause: 'poll',
    accountCode: 'CUK12A9',
    accountName: 'Acme',
    summary: { pass: CATALOGUE.length, fail: 0, unknown: 0, notApplicable: 0 },
    bySubject: { tenant: { pass: about('tenant') }, collector: { pass: about('collector') } },
  });
  expect(result(record, 'url-protection-policy')).toMatchObject({
    title: 'A URL Protection policy is in force for all inbound mail',
    subject: 'tenant',
    severity: 'high',
    version: 1,
    verdict: 'pass',
    evidence: [GOOD.endpoints['url-protect']?.readable?.digest],
    mappings: { nist: [{ id: 'SI-3', title: 'Malicious Code Protection' }] },
    annotations: [],
  });
});

test('tenant and collector are counted apart', () => {
  const record = run({ facts: { ...NO_URL_POLICY, streams: {} } });
  expect(record.bySubject.tenant).toEqual({ pass: about('tenant') - 1, fail: 1, unknown: 0, notApplicable: 0 });
  expect(record.bySubject.collector).toEqual({ pass: about('collector') - 1, fail: 1, unknown: 0, notApplicable: 0 });
  expect(record.summary).toEqual({ pass: CATALOGUE.length - 2, fail: 2, unknown: 0, notApplicable: 0 });
});

describe('what people say of a control', () => {
  test('not applicable goes before the rule, and is cited', () => {
    const record = run({ facts: NO_URL_POLICY, annotations: [annotation()] });
    expect(result(record, 'url-protection-policy')).toMatchObject({
      verdict: 'not-applicable',
      code: 'not-applicable',
      reason: 'Declared not applicable until 2026-11-24: Links are rewritten by another product.',
      evidence: [],
      basis: [{ source: 'annotation/a-1' }],
    });
    expect(record.summary).toMatchObject({ notApplicable: 1, fail: 0 });
  });

  test.each<[string, Partial<Annotation>]>([
    ['accepted-risk', { kind: 'accepted-risk' }],
    ['attestation', { kind: 'attestation', file: { sha256: 'f'.repeat(64), name: 'console.pdf' } }],
  ])('%s stands beside the verdict and changes nothing of it', (_, fields) => {
    const record = run({ facts: NO_URL_POLICY, annotations: [annotation(fields)] });
    const { annotations, ...said } = result(record, 'url-protection-policy');
    const { annotations: none, ...without } = result(run({ facts: NO_URL_POLICY }), 'url-protection-policy');
    expect(none).toEqual([]);
    expect(said).toEqual(without);
    expect(annotations).toMatchObject([{ annotationId: 'a-1', expired: false, ...fields }]);
  });

  test('what has expired no longer changes the verdict and is called out', () => {
    const expired = annotation({ expiresAt: NOW.toISOString() });
    const found = result(run({ facts: NO_URL_POLICY, annotations: [expired] }), 'url-protection-policy');
    expect(found).toMatchObject({ verdict: 'fail', code: 'none', annotations: [{ expired: true }] });
    expect(found.reason).toContain('What was said of it (not-applicable) expired on 2026-11-23.');
  });

  test.each<[string, Partial<Annotation>]>([
    ['withdrawn', { withdrawnAt: NOW.toISOString() }],
    ['made later', { createdAt: at(1).toISOString() }],
    ['of another connection', { connectionId: 'beta' }],
    ['of another control', { controlId: 'archiving-on' }],
  ])('what is %s is not there', (_, fields) => {
    const found = result(run({ facts: NO_URL_POLICY, annotations: [annotation(fields)] }), 'url-protection-policy');
    expect(found).toMatchObject({ verdict: 'fail', annotations: [] });
  });

  test('several are told in the order in which they were made, whatever the order they come in', () => {
    const all = [3, 1, 2].map((days) =>
      annotation({ annotationId: `a-${days}`, createdAt: at(-days * DAY).toISOString() }),
    );
    const ids = (annotations: readonly Annotation[]) =>
      result(run({ annotations }), 'url-protection-policy').annotations.map(({ annotationId }) => annotationId);
    expect(ids(all)).toEqual(['a-3', 'a-2', 'a-1']);
    expect(ids(all.toReversed())).toEqual(['a-3', 'a-2', 'a-1']);
  });
});

describe('what was known before', () => {
  const first = run({ facts: lookedAt(NO_URL_POLICY, at(-2 * HOUR)) });
  const second = run({ facts: lookedAt(UNKNOWN_URL, at(-HOUR)), before: first });
  const third = run({ facts: UNKNOWN_URL, before: second });

  test('an unknown says the last verdict that was known, and until when, over several records', () => {
    const lastKnown = { verdict: 'fail', at: at(-2 * HOUR).toISOString() };
    expect(result(first, 'url-protection-policy').lastKnown).toBeUndefined();
    expect(result(second, 'url-protection-policy').lastKnown).toEqual(lastKnown);
    expect(result(third, 'url-protection-policy').lastKnown).toEqual(lastKnown);
    expect(result(run({ before: third }), 'url-protection-policy')).not.toHaveProperty('lastKnown');
  });

  test('what was never known has no last verdict', () => {
    const before = run({ facts: NOTHING });
    expect(run({ facts: NOTHING, before }).controls.some(({ lastKnown }) => lastKnown)).toBe(false);
  });

  test('only what changed is a change, and of the first record everything is', () => {
    expect(first.changes).toHaveLength(CATALOGUE.length);
    expect(first.changes.some((change) => 'from' in change)).toBe(false);
    expect(second.changes).toContainEqual({
      id: 'url-protection-policy',
      from: 'fail',
      to: 'unknown',
      code: 'no-vendor-api',
    });
    expect(third.changes).toEqual([]);
  });

  test('a control that the record before did not have is a change without a from', () => {
    const before = { ...first, controls: first.controls.filter(({ id }) => id !== 'archiving-on') };
    expect(run({ facts: NO_URL_POLICY, before }).changes).toEqual([{ id: 'archiving-on', to: 'pass', code: 'on' }]);
  });
});

describe('when it must be made again', () => {
  test('at the first moment at which a verdict may turn', () => {
    expect(run().turnsAt).toBe(at(6 * HOUR + 25 * MINUTE).toISOString());
  });

  test.each<[string, Partial<Annotation>]>([
    ['expires', { expiresAt: at(MINUTE).toISOString() }],
    ['begins', { createdAt: at(MINUTE).toISOString() }],
    ['is withdrawn', { withdrawnAt: at(MINUTE).toISOString() }],
  ])('or at which something that was said %s', (_, fields) => {
    expect(run({ annotations: [annotation(fields)] }).turnsAt).toBe(at(MINUTE).toISOString());
  });

  test('never, where nothing is known', () => {
    expect(run({ facts: NOTHING })).not.toHaveProperty('turnsAt');
  });

  test('no verdict of a record differs before that, whatever was answered and said', () => {
    const expiry = fc.option(fc.integer({ min: -2, max: 90 }), { nil: undefined });
    fc.assert(
      fc.property(
        anyFacts(anyPolicy),
        expiry,
        fc.constantFrom(...CATALOGUE.map(({ id }) => id)),
        (facts, hours, controlId) => {
          const annotations =
            hours === undefined ? [] : [annotation({ controlId, expiresAt: at(hours * HOUR).toISOString() })];
          const verdicts = (record: Evaluation) => record.controls.map(({ id, verdict }) => `${id} ${verdict}`);
          const record = run({ facts, annotations });
          const last = new Date(Date.parse(record.turnsAt ?? at(400 * DAY).toISOString()) - 1);
          expect(last >= NOW).toBe(true);
          const later = run({ facts: lookedAt(facts, last), annotations, before: record });
          expect(verdicts(later)).toEqual(verdicts(record));
          expect(later.changes).toEqual([]);
        },
      ),
      { numRuns: 60 },
    );
  });
});

test('the same input gives the same bytes, and they are JSON', () => {
  fc.assert(
    fc.property(anyFacts(anyPolicy), (facts) => {
      const input = { facts, annotations: [annotation()], before: run(), cause: 'timer' } as const;
      const record = run(input);
      expect(canonicalJson(run(structuredClone(input)))).toBe(canonicalJson(record));
      expect(JSON.parse(JSON.stringify(record))).toEqual(record);
    }),
    { numRuns: 30 },
  );
});

test('where nothing was ever collected all is unknown and nothing breaks', () => {
  expect(run({ facts: NOTHING }).summary).toEqual({
    pass: 0,
    fail: 0,
    unknown: CATALOGUE.length,
    notApplicable: 0,
  });
});
