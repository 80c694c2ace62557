import type {
  AppliedAnnotation,
  ControlId,
  ControlResult,
  Severity,
  StoredEvaluation,
  Subject,
  Summary,
  Verdict,
} from '../../../model/verdicts.js';

/** Records of verdicts as they may be. Nothing here depends on the clock. */

export const AT = '2026-11-23T02:10:00.000Z';
export const PRODUCT = { name: 'temporal-mimecast', vendor: 'SureCloud', version: '0.3.0' };
export const OWNER = 'Ottoline Planted-Name';

export const digestOf = (letter: string): string => letter.repeat(64);

type Row = readonly [
  id: ControlId,
  title: string,
  severity: Severity,
  subject: Subject,
  verdict: Verdict,
  code: string,
];

const ROWS: readonly Row[] = [
  [
    'url-protection-policy',
    'A URL Protection policy is in force for all inbound mail',
    'high',
    'tenant',
    'unknown',
    'no-vendor-api',
  ],
  [
    'url-protection-operating',
    'URL Protection acted on inbound clicks within 7 days',
    'medium',
    'tenant',
    'pass',
    'acted',
  ],
  [
    'attachment-management-policy',
    'An attachment policy covers inbound mail',
    'medium',
    'tenant',
    'unknown',
    'no-vendor-api',
  ],
  [
    'attachment-sandbox-operating',
    'Attachments are examined in the sandbox, seen within 7 days',
    'high',
    'tenant',
    'pass',
    'examined',
  ],
  [
    'content-examination-outbound',
    'Content Examination covers all outbound mail',
    'high',
    'tenant',
    'fail',
    'partial-coverage',
  ],
  [
    'content-examination-inbound',
    'Content Examination covers all inbound mail',
    'medium',
    'tenant',
    'pass',
    'in-force',
  ],
  ['blocked-senders-policy', 'At least one sender block is in force', 'low', 'tenant', 'unknown', 'forbidden'],
  [
    'no-broad-override',
    'No readable list has a broad disabling policy with override',
    'high',
    'tenant',
    'pass',
    'none-found',
  ],
  [
    'policy-expiring',
    'No policy that a pass rests on ends within 30 days',
    'medium',
    'tenant',
    'not-applicable',
    'declared',
  ],
  ['archiving-on', 'Archiving is on', 'high', 'tenant', 'pass', 'on'],
  ['archive-retention', 'Retention is at least 2,555 days, confirmed', 'high', 'tenant', 'fail', 'too-short'],
  [
    'audit-evidence',
    'Administrative events since connect are held without gaps',
    'high',
    'collector',
    'unknown',
    'fillable-gap',
  ],
  ['evidence-fresh', 'Every enabled stream answered within twice its interval', 'high', 'collector', 'pass', 'fresh'],
  ['credential-age', 'Keys are younger than 90 days', 'medium', 'collector', 'pass', 'young'],
  ['api-generation', 'Connected by a generation that takes new applications', 'info', 'collector', 'fail', 'api-1.0'],
];

export const CONTROL_IDS: readonly ControlId[] = ROWS.map(([id]) => id);

const MAPPINGS = {
  nist: [
    { id: 'SI-3', title: 'Malicious Code Protection' },
    { id: 'SC-7(10)', title: 'Prevent Exfiltration' },
  ],
  iso: [{ id: 'A.8.7', title: 'Protection against malware' }],
  cis: [{ id: '9.6', title: 'Block Unnecessary File Types' }],
};

export const annotation = (changes: Partial<AppliedAnnotation> = {}): AppliedAnnotation => ({
  annotationId: '3f0e5c66-7b0a-4c8e-9f5e-1d2c3b4a5968',
  kind: 'accepted-risk',
  owner: OWNER,
  reason: 'A longer retention is being procured.',
  createdAt: '2026-10-01T09:00:00.000Z',
  expiresAt: '2027-01-31T00:00:00.000Z',
  expired: false,
  ...changes,
});

function control([id, title, severity, subject, verdict, code]: Row): ControlResult {
  const digest = digestOf('0123456789abcdef'[ROWS.findIndex(([other]) => other === id)] ?? 'f');
  const rests = code !== 'no-vendor-api' && code !== 'forbidden';
  return {
    id,
    version: 1,
    title,
    subject,
    severity,
    verdict,
    code,
    reason: REASONS[id] ?? `${title}: ${code}.`,
    ...(ACTIONS[id] !== undefined && { action: ACTIONS[id] }),
    basis: rests
      ? [{ source: 'account', digest, observedAt: '2026-11-22T20:41:00.000Z' }]
      : [{ source: 'url-protect' }],
    evidence: rests ? [digest] : [],
    ...(id === 'archive-retention' && { thresholds: { retentionDays: 2555 } }),
    ...(id === 'content-examination-outbound' && {
      details: { carveOuts: 2, expired: ['Old campaign', 'Summer 2024'] },
    }),
    ...(verdict === 'pass' && { freshUntil: '2026-11-24T20:41:00.000Z' }),
    ...(id === 'blocked-senders-policy' && { lastKnown: { verdict: 'pass', at: '2026-11-20T20:41:00.000Z' } }),
    mappings: subject === 'tenant' ? MAPPINGS : { nist: [], iso: [], cis: [] },
    annotations: ANNOTATIONS[id] ?? [],
  };
}

const REASONS: Partial<Record<ControlId, string>> = {
  'url-protection-policy': 'Mimecast offers no API for it to this tenant. The licence is present; operating: pass.',
  'attachment-sandbox-operating': '118 files were examined inbound in 7 days (definition "Default AP").',
  'content-examination-outbound': 'Two policies are in force, and neither covers all outbound mail.',
  'blocked-senders-policy': 'The API user may not read blocked-sender policies.',
  'archive-retention': '365 days are confirmed; 2,555 are required.',
  'api-generation': 'API 1.0 takes no new applications.',
};

const ACTIONS: Partial<Record<ControlId, string>> = {
  'content-examination-outbound':
    'Administration → Gateway → Policies → Content Examination: add a policy from internal addresses to everyone.',
  'archive-retention': 'Ask Mimecast to raise the retention of the account, then poll the account again.',
  'blocked-senders-policy': 'Grant "Gateway | Policies | Read" to the role of the API user, then poll acme policies.',
  'api-generation': 'Make an API 2.0 application and rotate to its keys.',
};

const ANNOTATIONS: Partial<Record<ControlId, readonly AppliedAnnotation[]>> = {
  'archive-retention': [annotation()],
  'policy-expiring': [
    annotation({ annotationId: '9a1f', kind: 'not-applicable', reason: 'Policies are renewed by a script.' }),
  ],
  'url-protection-policy': [
    annotation({
      annotationId: 'c0de',
      kind: 'attestation',
      reason: 'Screenshot of the console.',
      file: { sha256: digestOf('e'), name: 'url-protect.pdf' },
    }),
  ],
};

export function evaluation(changes: Partial<StoredEvaluation> = {}): StoredEvaluation {
  const controls = changes.controls ?? ROWS.map(control);
  const of = (subject: Subject): Summary => summaryOf(controls.filter((one) => one.subject === subject));
  return {
    connectionId: 'acme',
    at: AT,
    cause: 'poll',
    accountCode: 'CUSA35A403',
    accountName: 'Acme Manufacturing Ltd',
    summary: summaryOf(controls),
    bySubject: { tenant: of('tenant'), collector: of('collector') },
    changes: [],
    sequence: 48122,
    ...changes,
    controls,
  };
}

function summaryOf(controls: readonly ControlResult[]): Summary {
  const count = (verdict: Verdict): number => controls.filter((one) => one.verdict === verdict).length;
  return {
    pass: count('pass'),
    fail: count('fail'),
    unknown: count('unknown'),
    notApplicable: count('not-applicable'),
  };
}

/** The same controls with other verdicts, at another moment. */
export function evaluationWith(
  at: string,
  sequence: number,
  verdicts: Partial<Record<ControlId, Verdict>>,
): StoredEvaluation {
  return evaluation({
    at,
    sequence,
    controls: evaluation().controls.map((one) => ({ ...one, verdict: verdicts[one.id] ?? one.verdict })),
  });
}
