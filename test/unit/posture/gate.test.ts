import { describe, expect, test } from 'vitest';
import { isOverdue, postureFailures, type PostureGate } from '../../../posture/gate.js';
import type { AppliedAnnotation, ControlResult, Severity, Verdict } from '../../../model/verdicts.js';

const annotation = (kind: AppliedAnnotation['kind'], expired = false): AppliedAnnotation => ({
  annotationId: 'abcd',
  kind,
  owner: 'Head of IT',
  reason: 'known',
  createdAt: '2026-01-01T00:00:00.000Z',
  expiresAt: '2027-01-01T00:00:00.000Z',
  expired,
});

const control = (verdict: Verdict, severity: Severity, annotations: AppliedAnnotation[] = []): ControlResult => ({
  id: 'archiving-on',
  version: 1,
  title: 'Archiving is on',
  subject: 'tenant',
  severity,
  verdict,
  code: 'off',
  reason: 'Archiving is off.',
  basis: [],
  evidence: [],
  mappings: { nist: [], iso: [], cis: [] },
  annotations,
});

const GATE: PostureGate = { failOn: 'fail', minSeverity: 'low', strict: false };
const counts = (found: ControlResult, gate: Partial<PostureGate> = {}): boolean =>
  postureFailures({ controls: [found] }, { ...GATE, ...gate }).length === 1;

describe('what makes a posture bad', () => {
  test.each<[string, ControlResult, Partial<PostureGate>, boolean]>([
    ['a fail', control('fail', 'low'), {}, true],
    ['a pass', control('pass', 'high'), { failOn: 'unknown', strict: true }, false],
    ['what is not applicable', control('not-applicable', 'high'), { failOn: 'unknown', strict: true }, false],
    ['an unknown, when fails are asked for', control('unknown', 'high'), {}, false],
    ['an unknown, when unknowns are asked for', control('unknown', 'high'), { failOn: 'unknown' }, true],
    ['a fail, when unknowns are asked for', control('fail', 'high'), { failOn: 'unknown' }, true],
    ['a fail below the least severe', control('fail', 'medium'), { minSeverity: 'high' }, false],
    ['a fail that is only told', control('fail', 'info'), { strict: true }, false],
    ['an accepted fail', control('fail', 'high', [annotation('accepted-risk')]), {}, false],
    ['an accepted fail, strictly', control('fail', 'high', [annotation('accepted-risk')]), { strict: true }, true],
    ['a fail whose acceptance expired', control('fail', 'high', [annotation('accepted-risk', true)]), {}, true],
    ['a fail that somebody attests', control('fail', 'high', [annotation('attestation')]), {}, true],
    ['an attested unknown', control('unknown', 'high', [annotation('attestation')]), { failOn: 'unknown' }, false],
    ['an accepted unknown', control('unknown', 'high', [annotation('accepted-risk')]), { failOn: 'unknown' }, true],
  ])('%s', (_, found, gate, expected) => {
    expect(counts(found, gate)).toBe(expected);
  });
});

test.each([
  ['that never turns by itself', undefined, false],
  ['that turned a minute ago', '2026-11-23T11:59:00.000Z', false],
  ['that turned an hour ago', '2026-11-23T11:00:00.000Z', true],
  ['that turns tomorrow', '2026-11-24T12:00:00.000Z', false],
])('a record %s', (_, turnsAt, overdue) => {
  expect(isOverdue(turnsAt === undefined ? {} : { turnsAt }, new Date('2026-11-23T12:00:00Z'))).toBe(overdue);
});
