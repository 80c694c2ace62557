import type { CredentialReport, StatusReport, StreamReport } from '../../client/index.js';
import type { ConnectionStatus } from '../../contract/reports.js';
import type { Colours } from '../console/terminal.js';
import { formatMoment } from '../console/times.js';
import { dayOf } from '../../model/time.js';
import { counts } from './posture.js';
import { accountWords } from './connection-report.js';
import { paintOutcome } from './outcome.js';
import { table } from './table.js';

/** Formats the status of a connection. */
export function statusLines(status: StatusReport, now: Date, colours: Colours): string[] {
  const rows = status.streams.map((stream) => streamRow(stream, now, colours));
  return [
    headLine(status, now, colours),
    ...(status.baseUrl === undefined ? [] : [colours.dim(gridWords(status.baseUrl, status.apiVersion))]),
    ...(status.failing ? [colours.red(`FAILING: ${status.failing.reason}`)] : []),
    keysLine(status.credentials, colours),
    ...rotationLines(status, now, colours),
    ...postureLine(status, now, colours),
    '',
    ...table(['STREAM', 'EVERY', 'LAST (UTC)', 'NEXT (UTC)'], rows, colours),
    ...together(status.streams, ({ lastError }) => lastError),
    ...together(status.streams, ({ note }) => note, 'paused: '),
    ...nextStep(status),
  ];
}

function headLine(status: StatusReport, now: Date, colours: Colours): string {
  const account = status.account === undefined ? '' : `  ${accountWords(status.account)}`;
  const probe =
    status.nextProbeAt === undefined ? '' : `, next try ${formatMoment(new Date(status.nextProbeAt), now)} UTC`;
  const since =
    status.refusedSince === undefined ? '' : ` since ${formatMoment(new Date(status.refusedSince), now)} UTC${probe}`;
  return `${colours.bold(status.connectionId)}${account}  ${paintState(status.state, colours)}${since}`;
}

const gridWords = (baseUrl: string, apiVersion = '?'): string => `${baseUrl}, API ${apiVersion}`;

function keysLine(credentials: CredentialReport | undefined, colours: Colours): string {
  if (credentials === undefined) return 'keys  none';
  const { version, state, issuedAt, ageDays, age = 'fresh', dueAt, overdueAt } = credentials;
  const dates = ` (rotation due ${dayOf(dueAt)}, overdue ${dayOf(overdueAt)})`;
  const words = { fresh: '', due: colours.yellow('  ROTATION DUE'), overdue: colours.red('  ROTATION OVERDUE') }[age];
  return `keys  v${version} ${state}, issued ${dayOf(issuedAt)}, ${ageDays} d old${dates}${words}`;
}

function rotationLines({ pendingVersion, lastRotation }: StatusReport, now: Date, colours: Colours): string[] {
  const pending = pendingVersion === undefined ? [] : [`      v${pendingVersion} is being proved`];
  if (!lastRotation || lastRotation.accepted) return pending;
  const { at, version, reason = '', note } = lastRotation;
  const which = version === undefined ? 'new keys' : `v${version}`;
  const from = note === undefined ? '' : ` (${note})`;
  return [
    ...pending,
    `      ${colours.red(`${which} not taken`)} ${formatMoment(new Date(at), now)}${from}: ${reason}`,
  ];
}

function postureLine({ posture }: StatusReport, now: Date, colours: Colours): string[] {
  if (!posture) return [];
  const { at, summary, failing } = posture;
  const which = failing.length === 0 ? '' : `: ${colours.red(failing.join(', '))}`;
  return [`controls  ${counts(summary)} at ${formatMoment(new Date(at), now)}${which}`];
}

function streamRow(stream: StreamReport, now: Date, colours: Colours): string[] {
  return [stream.stream, stream.every, lastPoll(stream, now, colours), nextPoll(stream, now, colours)];
}

/** Groups equal texts: one line per text, with its streams. */
function together(
  streams: readonly StreamReport[],
  textOf: (stream: StreamReport) => string | undefined,
  before = '',
): string[] {
  const about = new Map<string, string[]>();
  for (const stream of streams) {
    const text = textOf(stream);
    if (text !== undefined) about.set(text, [...(about.get(text) ?? []), stream.stream]);
  }
  return [...about].map(
    ([text, names]) => `${names.length === streams.length ? '' : `${names.join(', ')}: `}${before}${text}`,
  );
}

function lastPoll(stream: StreamReport, now: Date, colours: Colours): string {
  const { lastOutcome, lastPollAt, lastPages, lastNewEvents } = stream;
  if (lastOutcome === undefined || lastPollAt === undefined) return colours.dim('never');
  const counts = lastPages === undefined ? '' : ` · ${lastNewEvents ?? 0} new · ${lastPages} p`;
  return `${paintOutcome(lastOutcome, colours)} ${formatMoment(new Date(lastPollAt), now)}${counts}`;
}

function nextPoll(stream: StreamReport, now: Date, colours: Colours): string {
  if (stream.paused) return colours.yellow('paused');
  return stream.nextPollAt === undefined ? '-' : formatMoment(new Date(stream.nextPollAt), now);
}

/** Returns the most useful next command. */
function nextStep({ connectionId, state, failing, credentials, pausedFor = [] }: StatusReport): string[] {
  if (failing) return ['', `next  ${failing.fix}`];
  const step = (command: string): string[] => ['', `next  temporal-mimecast ${command} ${connectionId}`];
  if (state === 'refused' || credentials?.age === 'due' || credentials?.age === 'overdue') return step('rotate');
  return pausedFor.includes('operator') ? step('resume') : [];
}

/** A connection's state, coloured by whether it needs attention. */
function paintState(state: ConnectionStatus['state'], colours: Colours): string {
  if (state === 'connected') return colours.green(state);
  return state === 'refused' ? colours.red('PAUSED: keys refused') : colours.yellow(state);
}
