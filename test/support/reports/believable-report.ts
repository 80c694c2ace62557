import type { ReportInput } from '../../../reports/html/input.js';
import type { DailyStatistics } from '../../../model/statistics.js';
import { AT, digestOf, evaluation, OWNER, PRODUCT } from './believable-record.js';

/** Input of a believable report. Nothing here depends on the clock. */

export function day(number: number, changes: Partial<DailyStatistics> = {}): DailyStatistics {
  const rows = changes.rows ?? 40 + ((number * 37) % 90);
  return {
    day: new Date(Date.UTC(2026, 9, 24 + number)).toISOString().slice(0, 10),
    protection: 'url',
    route: 'inbound',
    definition: 'Default URL protection',
    rows,
    byResult: { clean: rows - 6, malicious: 6 },
    byAction: { allow: rows - 6, block: 6 },
    maliciousAllowed: 0,
    userOverrides: 1,
    adminOverrides: 0,
    lateRows: 0,
    complete: number < 29,
    revision: 0,
    ...changes,
  };
}

const DAYS = Array.from({ length: 30 }, (_, number) => number);

export function reportInput(changes: Partial<ReportInput> = {}): ReportInput {
  return {
    product: PRODUCT,
    names: false,
    connection: {
      connectionId: 'acme',
      baseUrl: 'https://us-api.mimecast.com',
      apiVersion: '1.0',
      accountCode: 'CUSA35A403',
      accountName: 'Acme Manufacturing Ltd',
      updatedAt: '2026-11-05T10:00:02.000Z',
    },
    period: { from: '2026-10-24T02:10:00.000Z', to: AT },
    evaluation: evaluation(),
    states: evaluation().controls.map(({ id, verdict }, index) => ({
      id,
      spans:
        index % 4 === 0
          ? [
              { verdict: 'pass', from: '2026-10-26T00:00:00.000Z', to: '2026-11-09T00:00:00.000Z' },
              { verdict: 'unknown', from: '2026-11-09T00:00:00.000Z', to: '2026-11-12T12:00:00.000Z' },
              { verdict, from: '2026-11-12T12:00:00.000Z', to: AT },
            ]
          : [{ verdict, from: '2026-10-24T02:10:00.000Z', to: AT }],
    })),
    completeness: {
      from: new Date('2026-07-14T08:00:00Z'),
      due: new Date('2026-11-22T20:05:00Z'),
      watermark: new Date('2026-11-22T20:05:00Z'),
      gaps: [
        {
          start: new Date('2026-09-01T00:00:00Z'),
          end: new Date('2026-09-24T00:00:00Z'),
          cause: 'look-back',
          fillable: false,
        },
        {
          start: new Date('2026-11-10T06:00:00Z'),
          end: new Date('2026-11-10T18:00:00Z'),
          cause: 'not-polled',
          fillable: true,
        },
      ],
    },
    drift: [
      {
        endpoint: 'content-examination',
        before: { digest: digestOf('1'), observedAt: '2026-11-11T20:41:00.000Z' },
        after: { digest: digestOf('2'), observedAt: '2026-11-12T20:41:00.000Z' },
        added: ['Confidential marking, finance'],
        removed: ['Confidential marking'],
        changed: ['Payment card numbers'],
        candidates: [
          { eventTime: '2026-11-12T10:02:00.000Z', auditType: 'Policy Adjustment', sha256: digestOf('3'), user: OWNER },
        ],
      },
    ],
    statistics: [
      ...DAYS.map((number) => day(number)),
      ...DAYS.filter((number) => number % 3 !== 0).map((number) =>
        day(number, {
          protection: 'attachment',
          definition: 'Default AP',
          rows: number % 5 === 0 ? 3 : 20 + number,
          byResult: number % 5 === 0 ? { safe: 3 } : { safe: 18 + number, unsafe: 2 },
          byAction: number % 5 === 0 ? { release: 3 } : { release: 20 + number },
        }),
      ),
      day(12, {
        protection: 'dlp',
        route: 'outbound',
        definition: 'Payment card numbers',
        rows: 2,
        byResult: { hold: 2 },
        byAction: { hold: 2 },
      }),
    ],
    changes: [
      {
        sequence: 41000,
        at: '2026-10-29T10:00:00.000Z',
        kind: 'credentials-staged',
        data: { version: 3, kid: '2026-06', issuedAt: '2026-10-29T09:00:00.000Z', replaced: 2 },
      },
      {
        sequence: 41001,
        at: '2026-10-29T10:00:02.000Z',
        kind: 'credentials-accepted',
        data: { version: 3, account: 'CUSA35A403', replaced: 2 },
      },
      {
        sequence: 43000,
        at: '2026-11-05T10:00:02.000Z',
        kind: 'settings-changed',
        data: { changed: { thresholds: { from: null, to: { retentionDays: 2555 } } }, actor: OWNER },
      },
      {
        sequence: 44000,
        at: '2026-11-10T06:00:00.000Z',
        kind: 'paused',
        data: { streams: ['audit-events'], note: `Freeze, asked for by ${OWNER}` },
      },
    ],
    provenance: [
      {
        source: 'account',
        digest: digestOf('1'),
        observedAt: '2026-11-22T20:41:00.000Z',
        provenance: {
          host: 'us-api.mimecast.com',
          path: '/api/account/get-account',
          requestId: '0f8fad5b-d9cb-469f-a165-70867728950e',
          httpStatus: 200,
          vendorDate: 'Sun, 22 Nov 2026 20:41:00 GMT',
          receivedAt: '2026-11-22T20:41:00.000Z',
        },
      },
    ],
    link: { sequence: 48122, hash: digestOf('9') },
    ...changes,
  };
}
