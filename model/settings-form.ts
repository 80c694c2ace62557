import { isJsonObject } from './json.js';
import { DAY_MS } from './time.js';
import { DOMAIN, isEndpointName, MAX_COVERED, MAX_DAYS, MAX_GROUP_LENGTH } from './setting-names.js';
import { ENDPOINT_PATH, isPolledStream, MAX_INTERVAL_MS, MAX_PAGE_SIZE } from './streams.js';

/** Seconds are for tests: shorter intervals only spend the tenant's rate limit. */
const INTERVAL_MS = { least: 1_000, most: MAX_INTERVAL_MS };
const WAIT_MS = { least: 0, most: 30 * DAY_MS };
const PROBE_MS = { least: 1_000, most: 30 * DAY_MS };
const DAYS = { least: 1, most: MAX_DAYS };

type Check = (value: unknown, name: string) => string | undefined;

/**
 * Whether settings have the form that they should have, from whatever language they come. Answers with one sentence that
 * names the field, or with nothing.
 *
 * @param partial fields may be missing, and `null` where it takes a value back to its default
 */
export function settingsProblem(settings: unknown, partial = false): string | undefined {
  const required: Readonly<Record<string, Check>> = {
    baseUrl: url,
    apiVersion: oneOf('1.0', '2.0'),
    streams: streams(partial),
    pagination: pagination(partial),
  };
  const optional: Readonly<Record<string, Check>> = {
    endpointPaths: record((name) => (isEndpointName(name) ? orNull(partial, path) : undefined), 'endpoint'),
    expectedAccount: shortText(100),
    thresholds: fields(
      {},
      {
        retentionDays: orNull(partial, whole(DAYS)),
        keysDueDays: orNull(partial, whole(DAYS)),
        keysOverdueDays: orNull(partial, whole(DAYS)),
      },
    ),
    coverage: fields(
      {},
      { domains: orNull(partial, listOf(domain)), groups: orNull(partial, listOf(shortText(MAX_GROUP_LENGTH))) },
    ),
    retention: fields(
      {},
      { eventBodiesDays: orNull(partial, whole(DAYS)), verdictsDays: orNull(partial, whole(DAYS)) },
    ),
    statistics: orNull(partial, fields({}, { keepRows: flag })),
    refusals: orNull(
      partial,
      fields({}, { confirmAfterMs: whole(WAIT_MS), probeAfterMs: ascending, probeEveryMs: whole(PROBE_MS) }),
    ),
  };
  return fields(partial ? {} : required, partial ? { ...required, ...optional } : optional)(settings, 'settings');
}

const streams = (partial: boolean): Check => {
  const stream = { enabled: flag, everyMs: whole(INTERVAL_MS) };
  return record((name) => (isPolledStream(name) ? fields(partial ? {} : stream, stream) : undefined), 'stream');
};

const pagination = (partial: boolean): Check => {
  const all = { pageSize: whole({ least: 1, most: MAX_PAGE_SIZE }), tokenIn: oneOf('meta', 'data') };
  return fields(partial ? {} : all, all);
};

const url: Check = (value, name) =>
  typeof value === 'string' && URL.canParse(value) ? undefined : `${name} is not a URL.`;

const shortText =
  (longest: number): Check =>
  (value, name) =>
    typeof value === 'string' && value !== '' && value.length <= longest ? undefined : `${name} must be a short text.`;

const domain: Check = (value, name) =>
  typeof value === 'string' && DOMAIN.test(value) ? undefined : `${name} must be a domain like acme.example.`;

/** An empty list would declare that nothing matters. */
const listOf =
  (check: Check): Check =>
  (value, name) => {
    if (!Array.isArray(value) || value.length === 0 || value.length > MAX_COVERED) {
      return `${name} must be a list with 1 to ${MAX_COVERED} entries.`;
    }
    return value.map((entry: unknown, index) => check(entry, `${name}[${index}]`)).find(Boolean);
  };

const flag: Check = (value, name) => (typeof value === 'boolean' ? undefined : `${name} must be true or false.`);

const path: Check = (value, name) =>
  typeof value === 'string' && ENDPOINT_PATH.test(value)
    ? undefined
    : `${name} must begin with /api/ and hold neither host nor query.`;

const oneOf =
  (...words: readonly string[]): Check =>
  (value, name) =>
    words.includes(value as string) ? undefined : `${name} must be ${words.join(' or ')}.`;

const whole =
  ({ least, most }: { least: number; most: number }): Check =>
  (value, name) =>
    Number.isInteger(value) && (value as number) >= least && (value as number) <= most
      ? undefined
      : `${name} must be a whole number from ${least} to ${most}.`;

const ascending: Check = (value, name) => {
  const numbers = Array.isArray(value) ? (value as unknown[]) : undefined;
  const problem = numbers?.map((number, index) => whole(WAIT_MS)(number, `${name}[${index}]`)).find(Boolean);
  if (
    numbers &&
    !problem &&
    numbers.length <= 20 &&
    numbers.every((number, index) => index === 0 || (number as number) > (numbers[index - 1] as number))
  )
    return undefined;
  return problem ?? `${name} must be a list of whole numbers that grow.`;
};

const orNull =
  (nullable: boolean, check: Check): Check =>
  (value, name) =>
    nullable && value === null ? undefined : check(value, name);

/** An object with these fields and no others. */
function fields(required: Readonly<Record<string, Check>>, optional: Readonly<Record<string, Check>>): Check {
  // A map, because the fields of a message may have the names of members of Object.prototype.
  const checks = new Map([...Object.entries(required), ...Object.entries(optional)]);
  return (value, name) => {
    if (!isJsonObject(value)) return `${name} must be an object.`;
    const missing = Object.keys(required).find((field) => value[field] === undefined);
    if (missing !== undefined) return `${name}.${missing} is missing.`;
    return record((field) => checks.get(field), 'field')(value, name);
  };
}

/** An object whose fields are checked by their names. */
function record(checkOf: (name: string) => Check | undefined, what: string): Check {
  return (value, name) => {
    if (!isJsonObject(value)) return `${name} must be an object.`;
    for (const [field, held] of Object.entries(value)) {
      const check = checkOf(field);
      if (check === undefined) return `${name} has no ${what} ${JSON.stringify(field.slice(0, 40))}.`;
      const problem = held === undefined ? undefined : check(held, `${name}.${field}`);
      if (problem !== undefined) return problem;
    }
    return undefined;
  };
}
