import type { PollReport } from '../../client/index.js';
import type { Colours } from '../console/terminal.js';
import { isBad, paintOutcome } from './outcome.js';
import { table } from './table.js';

const HEADINGS = ['STREAM', 'OUTCOME', 'PAGES', 'EVENTS', 'NEW', 'ENDPOINTS'] as const;

/** Formats the results of polls: one line per stream, one per endpoint when there are several, and errors below. */
export function pollLines(polls: readonly PollReport[], colours: Colours): string[] {
  const rows = polls.flatMap((poll) => [streamRow(poll, colours), ...endpointRows(poll, colours)]);
  return [...table(HEADINGS, rows, colours), ...polls.flatMap((poll) => troubleLines(poll, colours))];
}

function streamRow(poll: PollReport, colours: Colours): string[] {
  const [only] = poll.endpoints;
  const summary = poll.endpoints.length === 1 ? (only?.path ?? '') : `${poll.endpoints.length} endpoints`;
  return [
    poll.stream,
    paintOutcome(poll.outcome, colours) + (poll.joined ? ' (joined)' : ''),
    count(poll.pages),
    count(poll.events),
    count(poll.newEvents),
    poll.endpoints.length === 0 ? '' : summary,
  ];
}

function endpointRows(poll: PollReport, colours: Colours): string[][] {
  if (poll.endpoints.length < 2) return [];
  return poll.endpoints.map(({ path, outcome, items }) => [
    '',
    paintOutcome(outcome, colours),
    '',
    '',
    '',
    items === undefined ? path : `${path}  ${items} ${items === 1 ? 'item' : 'items'}`,
  ]);
}

function troubleLines(poll: PollReport, colours: Colours): string[] {
  if (!isBad(poll.outcome)) return [];
  const lines = ['', `${colours.red(poll.stream)}: ${poll.error ?? `ended ${poll.outcome}`}`];
  for (const { path, permission } of poll.endpoints) {
    if (permission !== undefined) lines.push(`  grant "${permission}" to the role of the API user (${path})`);
  }
  lines.push(colours.dim(`  run ${poll.workflowId}  ${poll.runId}`));
  return lines;
}

const count = (value: number | undefined): string => value?.toString() ?? '-';

/** Lists the SHA-256 of each endpoint's response, and the head of the log. */
export function digestLines(polls: readonly PollReport[], colours: Colours): string[] {
  const rows = polls.flatMap(({ endpoints }) =>
    endpoints.flatMap(({ path, digest }) => (digest === undefined ? [] : [[path, `${digest.slice(0, 16)}…`]])),
  );
  const head = polls
    .flatMap((poll) => (poll.head === undefined ? [] : [poll.head]))
    .reduce<PollReport['head']>(
      (newest, head) => (newest && newest.sequence > head.sequence ? newest : head),
      undefined,
    );
  if (head !== undefined) rows.push([`chain of evidence, record ${head.sequence}`, `${head.hash.slice(0, 16)}…`]);
  return rows.length === 0 ? [] : table(['KEPT', 'SHA-256'], rows, colours);
}
