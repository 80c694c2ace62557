import type { StatusReport, StreamReport } from '../../client/index.js';
import type { Colours } from '../terminal.js';
import { formatMoment } from '../times.js';
import { accountWords } from './connection-report.js';
import { paintOutcome } from './outcome.js';
import { paintState } from './state.js';
import { table } from './table.js';

/** How a connection is doing, for people. */
export function statusLines(status: StatusReport, now: Date, colours: Colours): string[] {
  const account = status.account === undefined ? '' : `  ${accountWords(status.account)}`;
  const rows = status.streams.map((stream) => streamRow(stream, now, colours));
  const notes = new Set(status.streams.flatMap(({ note }) => (note === undefined ? [] : [note])));
  return [
    `${colours.bold(status.connectionId)}${account}  ${paintState(status.state, colours)}`,
    ...(status.baseUrl === undefined ? [] : [colours.dim(gridWords(status.baseUrl, status.apiVersion))]),
    keysLine(status),
    '',
    ...table(['STREAM', 'EVERY', 'LAST (UTC)', 'NEXT (UTC)'], rows, colours),
    ...status.streams.flatMap(troubleLines),
    ...[...notes].map((note) => `paused: ${note}`),
  ];
}

const gridWords = (baseUrl: string, apiVersion = '?'): string => `${baseUrl}, API ${apiVersion}`;

function keysLine({ credentials }: StatusReport): string {
  if (credentials === undefined) return 'keys  none';
  const { version, state, issuedAt, ageDays } = credentials;
  return `keys  v${version} ${state}, issued ${issuedAt.slice(0, 10)}, ${ageDays} d old`;
}

function streamRow(stream: StreamReport, now: Date, colours: Colours): string[] {
  return [stream.stream, stream.every, lastPoll(stream, now, colours), nextPoll(stream, now, colours)];
}

function troubleLines({ stream, lastError }: StreamReport): string[] {
  return lastError === undefined ? [] : [`${stream}: ${lastError}`];
}

function lastPoll(stream: StreamReport, now: Date, colours: Colours): string {
  if (stream.lastOutcome === undefined || stream.lastPollAt === undefined) return colours.dim('never');
  return `${paintOutcome(stream.lastOutcome, colours)} ${formatMoment(new Date(stream.lastPollAt), now)}`;
}

function nextPoll(stream: StreamReport, now: Date, colours: Colours): string {
  if (stream.paused) return colours.yellow('paused');
  return stream.nextPollAt === undefined ? '-' : formatMoment(new Date(stream.nextPollAt), now);
}
