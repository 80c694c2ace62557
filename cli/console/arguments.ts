import { Argument } from 'commander';
import { CONNECTION_ID } from '../../contract/ids.js';
import { isPolledStream, POLLED_STREAMS, type PolledStream } from '../../model/streams.js';
import { dayOf } from '../../model/time.js';
import { CliError } from './failures.js';

export const connectionIdArgument = (): Argument =>
  new Argument('<id>', 'id of the connection').argParser(parseConnectionId);

export const streamsArgument = (): Argument =>
  new Argument('[stream...]', `${POLLED_STREAMS.join(', ')} (all, when none is named)`);

/** @throws CliError when the id is not one that a connection may have */
export function parseConnectionId(text: string): string {
  if (CONNECTION_ID.test(text)) return text;
  throw new CliError(
    'invalid-connection-id',
    `${JSON.stringify(text)} cannot be the id of a connection.`,
    'Use 1 to 63 lower-case letters, digits and hyphens, beginning with a letter or digit, like "acme-eu".',
  );
}

/** @throws CliError for a name that is not a polled stream; a name given twice counts once */
export function parseStreams(names: readonly string[]): PolledStream[] {
  const streams = names.map((name) => {
    if (isPolledStream(name)) return name;
    throw new CliError(
      'invalid-stream',
      `${JSON.stringify(name)} is not a stream.`,
      `Choose from ${POLLED_STREAMS.join(', ')}.`,
    );
  });
  return [...new Set(streams)];
}

/** @throws CliError unless it is a date (`2026-09-12`) or a moment with its zone, in UTC where none is said */
export function parseMoment(text: string): Date {
  const form = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?)?$/;
  const zoned = /T.*(?:Z|[+-]\d\d:\d\d)$/.test(text) || !text.includes('T') ? text : `${text}Z`;
  const moment = new Date(form.test(text) ? zoned : NaN);
  if (!Number.isNaN(moment.getTime()) && isOnCalendar(text)) return moment;
  throw new CliError(
    'invalid-date',
    `${JSON.stringify(text)} is not a date.`,
    'Write it as 2026-09-12 or 2026-09-12T08:30Z.',
  );
}

/** `Date` takes 31 February for 3 March; a person who typed it meant something else. */
function isOnCalendar(text: string): boolean {
  const [year = NaN, month = NaN, day = NaN] = dayOf(text).split('-').map(Number);
  return new Date(Date.UTC(year, month - 1, day)).getUTCDate() === day;
}

/** A name and a value with an equals sign between them. @throws CliError for a text without one */
export function splitPair(text: string, option: string, example: string): readonly [string, string] {
  const at = text.indexOf('=');
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
  throw new CliError(
    'invalid-option',
    `${option} needs a name and a value, not ${JSON.stringify(text)}.`,
    `Like ${option} ${example}.`,
  );
}
