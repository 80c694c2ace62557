import { describe, expect, test } from 'vitest';
import { oscalAssessmentResults } from '../../../../reports/exports/oscal.js';
import type { StoredEvaluation, Verdict } from '../../../../model/verdicts.js';
import { CONTROL_IDS, evaluation, OWNER, PRODUCT } from '../../../support/reports/believable-record.js';
import { faultsBy } from '../../../support/reports/schema.js';

const RENDERING = { product: PRODUCT, names: false };
const problems = faultsBy('oscal-assessment-results-1.1.3');

interface Selection {
  readonly 'include-controls'?: readonly { readonly 'control-id': string }[];
  readonly 'exclude-controls'?: readonly { readonly 'control-id': string }[];
  readonly 'include-all'?: object;
}

interface Result {
  readonly observations?: readonly { readonly uuid: string; readonly title: string; readonly expires?: string }[];
  readonly findings?: readonly {
    readonly target: { readonly 'target-id': string; readonly status: { readonly state: string } };
    readonly links?: readonly { readonly 'resource-fragment': string }[];
  }[];
  readonly risks?: readonly { readonly title: string; readonly status: string; readonly statement: string }[];
  readonly 'reviewed-controls': { readonly 'control-selections': readonly Selection[] };
}

function resultOf(record: StoredEvaluation, names = false): Result {
  const document = oscalAssessmentResults(record, { ...RENDERING, names });
  const { results } = document['assessment-results'] as { readonly results: readonly Result[] };
  const [result] = results;
  if (!result) throw new Error('no result');
  return result;
}

const all = (verdict: Verdict): StoredEvaluation =>
  evaluation({ controls: evaluation().controls.map((control) => ({ ...control, verdict })) });

describe('keeps to the schema', () => {
  test.each<[string, StoredEvaluation]>([
    ['as it may be', evaluation()],
    ['all pass', all('pass')],
    ['all fail', all('fail')],
    ['all unknown', all('unknown')],
    ['all not applicable', all('not-applicable')],
    ['without a control', evaluation({ controls: [] })],
  ])('%s', (_, record) => {
    expect(problems(oscalAssessmentResults(record, RENDERING))).toEqual([]);
  });

  test('and the schema refuses what does not', () => {
    const document = oscalAssessmentResults(evaluation(), RENDERING);
    const results = document['assessment-results'] as Record<string, unknown>;
    expect(problems({ 'assessment-results': { ...results, metadata: undefined } })).not.toEqual([]);
    expect(problems({ 'assessment-results': { ...results, results: [] } })).not.toEqual([]);
  });
});

test('every control is there once: as a finding, as an observation without one, or excluded', () => {
  const { observations = [], findings = [], 'reviewed-controls': reviewed } = resultOf(evaluation());
  const ids = (verdicts: readonly Verdict[]): string[] =>
    evaluation()
      .controls.filter(({ verdict }) => verdicts.includes(verdict))
      .map(({ id }) => id);
  const [selection] = reviewed['control-selections'];

  expect(findings.map(({ target }) => target['target-id'])).toEqual(ids(['pass', 'fail']).map((id) => `${id}_obj`));
  expect(selection?.['exclude-controls']?.map((one) => one['control-id'])).toEqual(ids(['not-applicable']));
  expect(selection?.['include-controls']?.map((one) => one['control-id'])).toEqual(ids(['pass', 'fail', 'unknown']));
  const ofControls = observations.filter(({ title }) => !title.startsWith('Attestation'));
  expect(ofControls).toHaveLength(ids(['pass', 'fail', 'unknown']).length);
  expect(CONTROL_IDS).toHaveLength(ids(['pass', 'fail', 'unknown', 'not-applicable']).length);
});

test('every uuid that something refers to is there, and none is there twice', () => {
  const text = JSON.stringify(oscalAssessmentResults(evaluation(), RENDERING));
  const defined = [...text.matchAll(/"uuid":"([^"]+)"/g)].map(([, uuid]) => uuid);
  const referred = [...text.matchAll(/"(?:[a-z]+-uuid|href)":"#?([0-9a-f-]{36})"/g)].map(([, uuid]) => uuid);
  expect(referred.length).toBeGreaterThan(20);
  expect(new Set(defined).size).toBe(defined.length);
  expect(referred.filter((uuid) => !defined.includes(uuid))).toEqual([]);
});

test('controls of NIST are linked to as its catalogue spells them, and are no targets', () => {
  const [finding] = resultOf(evaluation()).findings ?? [];
  expect(finding?.links?.map((link) => link['resource-fragment'])).toEqual(['si-3', 'sc-7.10']);
  expect(JSON.stringify(resultOf(evaluation()).findings?.map(({ target }) => target))).not.toMatch(/si-3/i);
});

test('an accepted risk is an approved deviation, and its finding stays unsatisfied', () => {
  const { risks = [], findings = [] } = resultOf(evaluation());
  expect(risks.map(({ status }) => status)).toEqual(['open', 'deviation-approved', 'open']);
  const finding = findings.find(({ target }) => target['target-id'] === 'archive-retention_obj');
  expect(finding?.target.status.state).toBe('not-satisfied');
});

test('the same record gives the same bytes, and another record other uuids', () => {
  const text = (record: StoredEvaluation): string => JSON.stringify(oscalAssessmentResults(record, RENDERING));
  expect(text(evaluation())).toBe(text(structuredClone(evaluation())));
  expect(text(evaluation({ sequence: 1 }))).not.toBe(text(evaluation()));
});

test('names of people are there only when they are asked for', () => {
  expect(JSON.stringify(resultOf(evaluation()))).not.toContain(OWNER);
  expect(JSON.stringify(resultOf(evaluation(), true))).toContain(OWNER);
});
