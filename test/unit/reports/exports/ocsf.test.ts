import { describe, expect, test } from 'vitest';
import { ocsfFindings } from '../../../../reports/exports/ocsf.js';
import type { Verdict } from '../../../../model/verdicts.js';
import {
  annotation,
  AT,
  CONTROL_IDS,
  evaluation,
  evaluationWith,
  OWNER,
  PRODUCT,
} from '../../../support/reports/believable-record.js';
import { faultsBy } from '../../../support/reports/schema.js';
import { traced } from '../../../support/posture/traced.js';

const RENDERING = { product: PRODUCT, names: false };
const problems = faultsBy('ocsf-compliance-finding-1.8');

interface Finding {
  readonly activity_id: number;
  readonly type_uid: number;
  readonly severity_id: number;
  readonly status_id: number;
  readonly finding_info: { readonly uid: string; readonly first_seen_time: number; readonly created_time: number };
  readonly metadata: { readonly uid: string };
  readonly compliance: {
    readonly control: string;
    readonly status_id: number;
    readonly requirements?: readonly string[];
  };
}

const findings = (...args: Parameters<typeof ocsfFindings>): Finding[] => ocsfFindings(...args) as unknown as Finding[];

const findingOf = (all: readonly Finding[], id: string): Finding | undefined =>
  all.find(({ compliance }) => compliance.control === id);

test('every control is one finding that keeps to the schema, and its uid is its own', () => {
  const all = findings(traced(evaluation()), RENDERING);
  expect(all.flatMap((finding) => problems(finding))).toEqual([]);
  expect(all.map(({ compliance }) => compliance.control)).toEqual(CONTROL_IDS);
  expect(new Set(all.map(({ finding_info: info }) => info.uid)).size).toBe(CONTROL_IDS.length);
});

test('the schema takes none that lacks what OCSF requires', () => {
  const [finding] = ocsfFindings(traced(evaluation()), RENDERING);
  expect(problems({ ...finding, finding_info: undefined })).not.toEqual([]);
  expect(problems({ ...finding, class_uid: 2004 })).not.toEqual([]);
});

test('a finding keeps its uid from record to record, and each event has one of its own', () => {
  const earlier = evaluation({ at: '2026-11-22T02:10:00.000Z', sequence: 48000 });
  const [before] = findings(traced(earlier), RENDERING);
  const [after] = findings(traced(earlier, evaluation()), RENDERING);
  expect(after?.finding_info.uid).toBe(before?.finding_info.uid);
  expect(after?.metadata.uid).not.toBe(before?.metadata.uid);
  const [other] = findings(traced(evaluation({ connectionId: 'beta' })), RENDERING);
  expect(other?.finding_info.uid).not.toBe(after?.finding_info.uid);
});

describe('the activity follows from the history', () => {
  const HISTORIES: readonly (readonly [readonly Verdict[], number])[] = [
    [['fail'], 1],
    [['pass'], 1],
    [['fail', 'fail'], 2],
    [['pass', 'pass'], 2],
    [['pass', 'fail'], 2],
    [['unknown', 'fail'], 2],
    [['fail', 'pass'], 3],
    [['unknown', 'pass'], 3],
    [['fail', 'not-applicable'], 3],
    [['fail', 'pass', 'pass'], 3],
    [['fail', 'pass', 'fail'], 2],
  ];

  test.each(HISTORIES)('%j: %d', (verdicts, activity) => {
    const records = verdicts.map((verdict, index) =>
      evaluationWith(`2026-11-${String(index + 1).padStart(2, '0')}T00:00:00.000Z`, index + 1, {
        'archiving-on': verdict,
      }),
    );
    const [first = evaluation(), ...rest] = records;
    const finding = findingOf(findings(traced(first, ...rest), RENDERING), 'archiving-on');
    expect(finding).toMatchObject({ activity_id: activity, type_uid: 200_300 + activity });
  });
});

test.each<[Verdict, number, number, number]>([
  ['pass', 1, 1, 4],
  ['unknown', 2, 4, 1],
  ['fail', 3, 4, 1],
  ['not-applicable', 99, 1, 3],
])('%s is compliance %d, severity %d, status %d', (verdict, compliance, severity, status) => {
  const all = findings(traced(evaluationWith(AT, 1, { 'archiving-on': verdict })), RENDERING);
  expect(findingOf(all, 'archiving-on')).toMatchObject({
    compliance: { status_id: compliance },
    severity_id: severity,
    status_id: status,
  });
});

test('an accepted risk is suppressed while its compliance stays a fail, until it expires', () => {
  expect(findingOf(findings(traced(evaluation()), RENDERING), 'archive-retention')).toMatchObject({
    status_id: 3,
    compliance: { status_id: 3 },
  });
  const controls = evaluation().controls.map((control) => ({
    ...control,
    annotations: [annotation({ expired: true })],
  }));
  expect(findingOf(findings(traced(evaluation({ controls })), RENDERING), 'archive-retention')).toMatchObject({
    status_id: 1,
    compliance: { status_id: 3 },
  });
});

test('what a control supports is named with its framework', () => {
  const finding = findingOf(findings(traced(evaluation()), RENDERING), 'archiving-on');
  expect(finding?.compliance.requirements).toContain('NIST SP 800-53 Rev. 5 SC-7(10) Prevent Exfiltration');
});

test('names of people are there only when they are asked for', () => {
  const text = (names: boolean): string =>
    JSON.stringify(ocsfFindings(traced(evaluation()), { product: PRODUCT, names }));
  expect(text(false)).not.toContain(OWNER);
  expect(text(true)).toContain(OWNER);
});
