import type { ConnectionReport, EndpointReport } from '../../workflows/reports.js';
import type { Colours } from '../terminal.js';
import { paintOutcome } from './outcome.js';
import { table } from './table.js';

const AUTHENTICATION: Readonly<Record<ConnectionReport['authentication'], string>> = {
  accepted: 'keys accepted',
  rejected: 'KEYS REFUSED',
  expired: 'KEYS EXPIRED',
  unreachable: 'MIMECAST NOT REACHED',
  'wrong-region': 'WRONG REGION',
};

/** A clock that is off by more is worth a word, long before Mimecast refuses signatures for it (15 min). */
const NOTABLE_SKEW_MS = 30_000;

/** What `connect` and `test` found, for people. */
export function connectionReportLines(report: ConnectionReport, colours: Colours): string[] {
  const paint = report.ok ? colours.green : colours.red;
  const account = report.account === undefined ? '' : `  ${accountWords(report.account)}`;
  const lines = [
    `${colours.bold(report.connectionId)}${account}  ${paint(AUTHENTICATION[report.authentication])}`,
    colours.dim(`${report.baseUrl}, API ${report.apiVersion}`),
  ];
  if (report.suggestedBaseUrl !== undefined) lines.push(`This account lives at ${report.suggestedBaseUrl}`);
  if (Math.abs(report.clockSkewMs ?? 0) >= NOTABLE_SKEW_MS) lines.push(clockLine(report.clockSkewMs ?? 0));
  if (report.endpoints.length > 0) lines.push('', ...endpointTable(report.endpoints, colours));
  if (report.action !== undefined) lines.push('', `next  ${report.action}`);
  return lines;
}

function endpointTable(endpoints: readonly EndpointReport[], colours: Colours): string[] {
  const rows = endpoints.map((endpoint) => [
    endpoint.stream,
    endpoint.path,
    paintOutcome(endpoint.outcome, colours),
    endpoint.items?.toString() ?? '-',
    endpoint.action ?? (endpoint.permission === undefined ? '' : `grant "${endpoint.permission}"`),
  ]);
  return table(['STREAM', 'ENDPOINT', 'OUTCOME', 'ITEMS', 'NEXT'], rows, colours);
}

export function accountWords(account: { readonly code: string; readonly name?: string }): string {
  return account.name === undefined ? account.code : `${account.code} (${account.name})`;
}

function clockLine(skewMs: number): string {
  const direction = skewMs > 0 ? 'behind' : 'ahead of';
  return `The worker's clock is ${Math.round(Math.abs(skewMs) / 1000)} s ${direction} Mimecast's: mend NTP.`;
}
