import { Argument } from 'commander';
import type { Coverage, EndpointName, Retention, Thresholds } from '../../model/connection.js';
import {
  COVERAGE,
  DOMAIN,
  ENDPOINT_NAMES,
  isEndpointName,
  MAX_COVERED,
  MAX_GROUP_LENGTH,
  MIN_INTERVAL_MS,
  RETENTIONS,
  THRESHOLDS,
} from '../../model/setting-names.js';
import { CONNECTION_ID } from '../../contract/ids.js';
import {
  ENDPOINT_PATH,
  isPolledStream,
  MAX_INTERVAL_MS,
  MAX_PAGE_SIZE,
  POLLED_STREAMS,
  type PolledStream,
} from '../../model/streams.js';
import { dayOf } from '../../model/time.js';
import { CliError } from './failures.js';
import { formatDuration, parseDuration } from './times.js';

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

/** @throws CliError unless it is a whole number of rows that Mimecast accepts */
export function parsePageSize(text: string): number {
  const size = Number(text);
  if (/^\d+$/.test(text) && size >= 1 && size <= MAX_PAGE_SIZE) return size;
  throw new CliError(
    'invalid-page-size',
    `${JSON.stringify(text)} is not a page size.`,
    `Use a whole number from 1 to ${MAX_PAGE_SIZE}.`,
  );
}

/** Collects `--threshold retentionDays=2555`; nothing behind the equals sign takes it back to the usual. */
export function collectThreshold(text: string, before: ThresholdChanges = {}): ThresholdChanges {
  const [name, value] = splitPair(text, '--threshold', 'retentionDays=2555');
  const threshold = THRESHOLDS.find((known) => known === name);
  if (threshold === undefined) {
    throw new CliError(
      'invalid-threshold',
      `${JSON.stringify(name)} is not a threshold.`,
      `Choose from ${THRESHOLDS.join(', ')}.`,
    );
  }
  return { ...before, [threshold]: daysOrUsual(value, 'invalid-threshold') };
}

export type ThresholdChanges = Readonly<Partial<Record<keyof Thresholds, number | null>>>;

/** Collects `--retention eventBodiesDays=400`; nothing behind the equals sign takes it back to the usual. */
export function collectRetention(text: string, before: RetentionChanges = {}): RetentionChanges {
  const [name, value] = splitPair(text, '--retention', 'eventBodiesDays=400');
  const retention = RETENTIONS.find((known) => known === name);
  if (retention !== undefined) return { ...before, [retention]: daysOrUsual(value, 'invalid-retention') };
  throw new CliError(
    'invalid-retention',
    `${JSON.stringify(name)} is nothing that is kept for a time.`,
    `Choose from ${RETENTIONS.join(', ')}.`,
  );
}

export type RetentionChanges = Readonly<Partial<Record<keyof Retention, number | null>>>;

/** @throws CliError with this code unless it is a number of days, or empty for the usual */
function daysOrUsual(value: string, code: string): number | null {
  if (value === '') return null;
  if (/^[1-9]\d{0,4}$/.test(value)) return Number(value);
  throw new CliError(code, `${JSON.stringify(value)} is not a number of days.`, 'Use a whole number, 1 or more.');
}

/** Collects `--coverage domains=acme.example,acme.test`; nothing behind the equals sign declares none. */
export function collectCoverage(text: string, before: CoverageChanges = {}): CoverageChanges {
  const [name, value] = splitPair(text, '--coverage', 'domains=acme.example,acme.test');
  const covered = COVERAGE.find((known) => known === name);
  if (covered === undefined) {
    throw new CliError(
      'invalid-coverage',
      `${JSON.stringify(name)} cannot be declared.`,
      `Choose from ${COVERAGE.join(', ')}.`,
    );
  }
  if (value === '') return { ...before, [covered]: null };
  const entries = [...new Set(value.split(',').map((entry) => entry.trim()))];
  const isRight = (entry: string): boolean =>
    covered === 'domains' ? DOMAIN.test(entry) : entry !== '' && entry.length <= MAX_GROUP_LENGTH;
  if (entries.every(isRight) && entries.length <= MAX_COVERED) return { ...before, [covered]: entries };
  throw new CliError(
    'invalid-coverage',
    `${JSON.stringify(value)} is not a list of ${covered}.`,
    `Separate them by commas, at most ${MAX_COVERED}, like domains=acme.example,acme.test.`,
  );
}

export type CoverageChanges = Readonly<Partial<Record<keyof Coverage, readonly string[] | null>>>;

/** Collects `--path endpoint=/api/…`. @throws CliError for an unknown endpoint or a path outside the API */
export function collectPath(text: string, before: EndpointPaths = {}): EndpointPaths {
  const [name, path] = splitPair(text, '--path', 'url-protect=/api/policy/url-protect/get-policies');
  if (!isEndpointName(name)) {
    throw new CliError(
      'invalid-endpoint',
      `${JSON.stringify(name)} is not an endpoint.`,
      `Choose from ${ENDPOINT_NAMES.join(', ')}.`,
    );
  }
  if (!ENDPOINT_PATH.test(path)) {
    throw new CliError(
      'invalid-path',
      `${JSON.stringify(path)} is not a path of Mimecast's API.`,
      'It begins with /api/ and has neither host nor query.',
    );
  }
  return { ...before, [name]: path };
}

/** As {@link collectPath}, for settings that are there already: nothing behind the equals sign takes a path back to the usual. */
export function collectPathChange(text: string, before: EndpointPathChanges = {}): EndpointPathChanges {
  const name = text.slice(0, -1);
  if (text.endsWith('=') && isEndpointName(name)) return { ...before, [name]: null };
  return { ...before, ...collectPath(text) };
}

export type EndpointPathChanges = Readonly<Partial<Record<EndpointName, string | null>>>;

export type EndpointPaths = Readonly<Partial<Record<EndpointName, string>>>;

/** Collects `--every stream=6h`, in milliseconds. @throws CliError for an unknown stream or an interval out of range */
export function collectInterval(text: string, before: Intervals = {}): Intervals {
  const [name, duration] = splitPair(text, '--every', 'audit-events=6h');
  const [stream] = parseStreams([name]);
  const everyMs = parseDuration(duration);
  if (stream === undefined || everyMs === undefined || everyMs < MIN_INTERVAL_MS || everyMs > MAX_INTERVAL_MS) {
    throw new CliError(
      'invalid-interval',
      `${JSON.stringify(duration)} is not an interval for ${name}.`,
      `Use minutes, hours or days from ${formatDuration(MIN_INTERVAL_MS)} to ${formatDuration(MAX_INTERVAL_MS)}, like 90m, 6h or 1d.`,
    );
  }
  return { ...before, [stream]: everyMs };
}

export type Intervals = Readonly<Partial<Record<PolledStream, number>>>;

function splitPair(text: string, option: string, example: string): readonly [string, string] {
  const at = text.indexOf('=');
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
  throw new CliError(
    'invalid-option',
    `${option} needs a name and a value, not ${JSON.stringify(text)}.`,
    `Like ${option} ${example}.`,
  );
}
