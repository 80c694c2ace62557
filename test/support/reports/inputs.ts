import type { ReportInput } from '../../../reports/html/input.js';
import type { StoredEvaluation, Verdict } from '../../../model/verdicts.js';
import { annotation, digestOf, evaluation } from './believable-record.js';
import { day, reportInput } from './believable-report.js';

/** Text that is unwanted in a page: markup, a formula, controls, a turn of direction, a lone surrogate, and 10 kB of it. */
export const HOSTILE =
  `<script>alert(1)</script>"'><img src=x onerror=alert(2)>&lt;\n=cmd()\u0000\u0007\uFFFE\uD800\u202Eevil ` +
  '</title></style>--><!-- עברית ${1} '.repeat(250);

export function emptyInput(): ReportInput {
  const { product, names, period, connection } = reportInput();
  return {
    product,
    names,
    period,
    connection: {
      connectionId: 'acme',
      baseUrl: 'https://us-api.mimecast.com',
      apiVersion: '1.0',
      updatedAt: connection.updatedAt,
    },
    states: [],
    changes: [],
    provenance: [],
  };
}

const all = (verdict: Verdict, code: string): StoredEvaluation =>
  evaluation({ controls: evaluation().controls.map((control) => ({ ...control, verdict, code })) });

function hostileInput(): ReportInput {
  const many = Array.from({ length: 3000 }, (_, index) => (index % 100 === 0 ? HOSTILE : `Policy ${index}`));
  const { connection, completeness, drift = [], changes, provenance } = reportInput();
  return reportInput({
    connection: { ...connection, accountName: HOSTILE, baseUrl: HOSTILE },
    evaluation: evaluation({
      accountName: HOSTILE,
      controls: evaluation().controls.map((control) => ({
        ...control,
        reason: HOSTILE,
        action: HOSTILE,
        code: HOSTILE,
        details: { [HOSTILE]: many, policies: many },
        basis: many.slice(0, 300).map((source) => ({ source, digest: digestOf('a'), observedAt: HOSTILE })),
        annotations: [annotation({ reason: HOSTILE, owner: HOSTILE, file: { sha256: digestOf('b'), name: HOSTILE } })],
      })),
    }),
    completeness: typeof completeness === 'object' ? completeness : 'nothing-owed',
    drift: Array.from({ length: 300 }, () =>
      drift.map((entry) => ({ ...entry, endpoint: HOSTILE, added: many })),
    ).flat(),
    statistics: Array.from({ length: 30 }, (_, index) =>
      day(index, {
        definition: HOSTILE,
        route: HOSTILE,
        byResult: { [HOSTILE]: 3, clean: 60 },
        byAction: { [HOSTILE]: 9 },
      }),
    ),
    changes: [
      ...changes,
      ...many.map((name, sequence) => ({
        sequence,
        at: HOSTILE,
        kind: 'settings-changed' as const,
        data: {
          changed: { [name]: { from: name, to: many.slice(0, 3) } },
          note: HOSTILE,
          reason: HOSTILE,
          by: HOSTILE,
        },
      })),
    ],
    provenance: provenance.map((body) => ({ ...body, source: HOSTILE })),
  });
}

/** Inputs of every kind, by name. */
export const INPUTS: readonly (readonly [string, () => ReportInput])[] = [
  ['as it may be', () => reportInput()],
  ['with names', () => reportInput({ names: true })],
  ['without a record', emptyInput],
  ['all unknown', () => reportInput({ evaluation: all('unknown', 'stale') })],
  ['all not applicable', () => reportInput({ evaluation: all('not-applicable', 'declared') })],
  ['without a control', () => reportInput({ evaluation: evaluation({ controls: [] }) })],
  ['nothing owed', () => reportInput({ completeness: 'nothing-owed', drift: [], statistics: [] })],
  ['hostile, and much of it', hostileInput],
];
