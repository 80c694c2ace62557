import type { DailyStatistics, Protection } from '../../model/statistics.js';
import { PROTECTION_LOGS } from '../../mimecast/protection-logs.js';
import type { CountedRow } from '../../mimecast/protection-rows.js';
import { vendorTime } from '../../sandbox/simulator/audit-log.js';
import type { ProtectionRow, SimulatedProtectionLog } from '../../sandbox/simulator/tenant.js';
import type { Tenant } from './engine.js';

/** A click as the vendor shows it. */
export function click(at: Date, changes: ProtectionRow = {}): ProtectionRow {
  return {
    userEmailAddress: 'canary.user@tenant.example',
    fromUserEmailAddress: 'canary.sender@partner.example',
    url: 'https://docs.example/canary-path',
    ttpDefinition: 'Default Inbound URL Protect Definition',
    subject: 'Canary subject',
    action: 'allow',
    actions: 'Allow',
    adminOverride: 'N/A',
    userOverride: 'None',
    scanResult: 'clean',
    category: 'Business',
    sendingIp: '198.51.100.77',
    userAwarenessAction: 'N/A',
    date: vendorTime(at.getTime()),
    route: 'inbound',
    creationMethod: 'User Click',
    emailPartsDescription: ['Body'],
    messageId: '<canary-message@mail.example>',
    ...changes,
  };
}

/** A row of a log, as it is counted. */
export function counted(protection: Protection, row: ProtectionRow): CountedRow {
  const read = PROTECTION_LOGS[protection].count(row);
  if (typeof read === 'string') throw new Error(`${read} of the row cannot be read`);
  return read;
}

/** All rows of a tenant's log at the vendor, in order of time. */
export function vendorRows({ running }: Tenant, log: SimulatedProtectionLog, from = new Date(0)): ProtectionRow[] {
  const rows = running.logs[log];
  const first = rows.countUntil(from.getTime() - 1);
  const count = rows.countUntil(Date.now()) - first;
  return Array.from({ length: count }, (_, index) => JSON.parse(rows.json(first + index)) as ProtectionRow);
}

/** Fields of a cell that do not depend on the ledger. */
export type Counts = Pick<
  DailyStatistics,
  'day' | 'route' | 'definition' | 'rows' | 'byResult' | 'byAction' | 'maliciousAllowed' | 'userOverrides'
>;

/** Rows added up the simple way: every row once, field by field, without any of the product's code for it. */
export function addedUp(rows: readonly CountedRow[]): Counts[] {
  const cells = new Map<string, Counts>();
  for (const row of rows) {
    const day = row.time.toISOString().slice(0, 10);
    const key = [day, row.route, row.definition].join(' | ');
    const before = cells.get(key);
    cells.set(key, {
      day,
      route: row.route,
      definition: row.definition,
      rows: (before?.rows ?? 0) + 1,
      byResult: withWord(before?.byResult, row.result),
      byAction: withWord(before?.byAction, row.action),
      maliciousAllowed: (before?.maliciousAllowed ?? 0) + Number(row.maliciousAllowed),
      userOverrides: (before?.userOverrides ?? 0) + Number(row.userOverride),
    });
  }
  return inOrder([...cells.values()]);
}

const withWord = (words: Readonly<Record<string, number>> = {}, word: string): Record<string, number> =>
  word === '' ? words : { ...words, [word]: (words[word] ?? 0) + 1 };

/** The counts of one protection, without what the ledger adds to them. */
export function countsOf(days: readonly DailyStatistics[], protection: Protection): Counts[] {
  return inOrder(
    days
      .filter((cell) => cell.protection === protection)
      .map(({ day, route, definition, rows, byResult, byAction, maliciousAllowed, userOverrides }) => ({
        day,
        route,
        definition,
        rows,
        byResult,
        byAction,
        maliciousAllowed,
        userOverrides,
      })),
  );
}

const nameOf = ({ day, route, definition }: Counts): string => [day, route, definition].join(' | ');

const inOrder = (cells: Counts[]): Counts[] => cells.sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
