import type { ConnectionTest, EndpointReport } from '../../contract/reports.js';
import type { Colours } from '../console/terminal.js';
import { isBad, paintOutcome } from './outcome.js';
import { paragraph } from './paragraph.js';
import { table } from './table.js';

const AUTHENTICATION: Readonly<Record<ConnectionTest['authentication'], string>> = {
  accepted: 'keys accepted',
  rejected: 'KEYS REFUSED',
  expired: 'KEYS EXPIRED',
  unreachable: 'KEYS NOT JUDGED',
  'wrong-region': 'WRONG REGION',
};

/** Clock skew that is reported, long before Mimecast refuses signatures for it. */
const NOTABLE_SKEW_MS = 30_000;

/** Formats the result of `connect` and `test`. Next steps are below the table, the most important one last. */
export function connectionReportLines(report: ConnectionTest, colours: Colours): string[] {
  const account = report.account === undefined ? '' : `  ${accountWords(report.account)}`;
  const lines = [
    `${colours.bold(report.connectionId)}${account}  ${verdict(report, colours)}`,
    colours.dim(placeWords(report)),
  ];
  if (isClockNotable(report)) lines.push(clockLine(report.clockSkewMs ?? 0));
  if (report.endpoints.length > 0) lines.push('', ...endpointTable(report.endpoints, colours));
  return [...lines, ...actionLines(report)];
}

function verdict({ ok, authentication }: ConnectionTest, colours: Colours): string {
  // A worker of a later release may send an unknown value.
  const words = Object.hasOwn(AUTHENTICATION, authentication) ? AUTHENTICATION[authentication] : authentication;
  if (ok) return colours.green(words);
  return colours.red(authentication === 'accepted' ? `${words}, NOT ALL IS WELL` : words);
}

function placeWords({ baseUrl, apiVersion, rateLimit }: ConnectionTest): string {
  const place = `${baseUrl}, API ${apiVersion}`;
  const { limit, remaining } = rateLimit ?? {};
  return limit === undefined || remaining === undefined ? place : `${place}, ${remaining} of ${limit} calls left`;
}

function endpointTable(endpoints: readonly EndpointReport[], colours: Colours): string[] {
  const rows = endpoints.map(({ stream, endpoint, path, outcome, items, more }) => [
    stream,
    endpoint,
    paintOutcome(outcome, colours),
    items === undefined ? '-' : `${items}${more ? '+' : ''}`,
    colours.dim(path),
  ]);
  return table(['STREAM', 'ENDPOINT', 'OUTCOME', 'ITEMS', 'PATH'], rows, colours);
}

/** Lists each action once, with its endpoints: first notes, then other problems, and last the next step. */
function actionLines({ authentication, endpoints, action: next }: ConnectionTest): string[] {
  const actions = new Map<string, EndpointReport[]>();
  for (const endpoint of endpoints) {
    if (endpoint.action === undefined) continue;
    actions.set(endpoint.action, [...(actions.get(endpoint.action) ?? []), endpoint]);
  }
  const others = [...actions].filter(([action]) => action !== next);
  const notes = others.filter(([, about]) => !about.some(({ outcome }) => isBad(outcome)));
  const wrongs = others.filter(([, about]) => about.some(({ outcome }) => isBad(outcome)));
  const lines = [
    ...notes.flatMap(([action, about]) => paragraph('note  ', `${names(about)}: ${action}`)),
    ...wrongs.flatMap(([action, about]) => paragraph('also  ', `${names(about)}: ${action}`)),
    ...(next === undefined ? [] : nextLines(next, authentication === 'accepted' ? (actions.get(next) ?? []) : [])),
  ];
  return lines.length === 0 ? [] : ['', ...lines];
}

/** Names no endpoints when the keys were refused: the problem does not belong to the endpoint that was called. */
const nextLines = (action: string, about: readonly EndpointReport[]): string[] =>
  paragraph('next  ', about.length === 0 ? action : `${names(about)}: ${action}`);

const names = (endpoints: readonly EndpointReport[]): string => endpoints.map(({ endpoint }) => endpoint).join(', ');

export function accountWords(account: { readonly code: string; readonly name?: string }): string {
  return account.name === undefined ? account.code : `${account.code} (${account.name})`;
}

/**
 * True when the skew deserves a line of its own. When it prevented the check of the keys, the next step already reports
 * it.
 */
const isClockNotable = ({ authentication, clockSkewMs = 0 }: ConnectionTest): boolean =>
  authentication !== 'unreachable' && Math.abs(clockSkewMs) >= NOTABLE_SKEW_MS;

function clockLine(skewMs: number): string {
  const direction = skewMs > 0 ? 'behind' : 'ahead of';
  return `The database's clock is ${Math.round(Math.abs(skewMs) / 1000)} s ${direction} Mimecast's: check NTP.`;
}
