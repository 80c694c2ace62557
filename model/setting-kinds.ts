import * as z from 'zod/mini';
import { formatDuration, parseDuration } from './durations.js';
import { listOf, must, once, text } from './schemas.js';
import { DAY_MS, SECOND_MS } from './time.js';

/** A kind of value that settings have: how it is checked, read and shown. */
export interface AnyKind {
  /** The rule for a value: "must be a whole number from 1 to 500". */
  readonly rule: string;
  /** Checks a value as messages and rows contain it. */
  readonly schema: () => z.ZodMiniType;
  /** Checks a value as files contain it, and converts it. */
  readonly written: () => z.ZodMiniType;
  /** Converts a text of the command line to the form of files. Leaves a text of another kind for the schema to reject. */
  readonly fromText: (text: string) => unknown;
  /** A value as people read it. */
  show(value: never): Scalar;
  /** All values, as the command line names them. */
  readonly choices?: readonly string[];
}

export interface Kind<Value, Written = Value> extends AnyKind {
  readonly schema: () => z.ZodMiniType<Value, Value>;
  readonly written: () => z.ZodMiniType<Value, Written>;
  show(value: Value): Scalar;
}

type Scalar = string | number | boolean;

function kind<Value extends Scalar>(
  rule: string,
  make: () => z.ZodMiniType<Value, Value>,
  fromText: (text: string) => unknown = (text) => text,
  choices?: readonly string[],
): Kind<Value> {
  const schema = once(make);
  return { rule, schema, written: schema, fromText, show: (value) => value, ...(choices && { choices }) };
}

/** `true` or `false`; on the command line `on` or `off`. */
export const flag = kind(
  'must be true or false',
  () => z.boolean(must('must be true or false')),
  (text) => (text === 'on' ? true : text === 'off' ? false : text),
  ['on', 'off'],
);

export function choice<const Value extends string>(...values: readonly [Value, ...Value[]]): Kind<Value> {
  const rule = `must be ${values.join(' or ')}`;
  return kind(rule, () => z.enum(values, must(rule)) as z.ZodMiniType<Value, Value>, undefined, values);
}

const toNumber = (text: string): unknown => (/^\d{1,15}$/.test(text) ? Number(text) : text);

export function whole(least: number, most: number): Kind<number> {
  const rule = `must be a whole number from ${least} to ${most}`;
  const make = () => z.int({ ...must(rule), abort: true }).check(z.gte(least, must(rule)), z.lte(most, must(rule)));
  return kind(rule, make, toNumber);
}

/** Days up to a hundred years. */
export const days = whole(1, 36_500);

/** Longer intervals come close to the vendor's look-back of 60 days. */
const MAX_INTERVAL_MS = 30 * DAY_MS;

/** Shorter intervals only use up the tenant's rate limit. Messages may ask for less, for tests. */
const MIN_INTERVAL_MS = 60 * SECOND_MS;

const INTERVAL_RULE = 'must be a time between polls from 1m to 30d, like 90m, 6h or 1d';

/** A number of milliseconds, which people write as `90m`, `6h` or `1d`. */
export const interval: Kind<number, string> = {
  rule: INTERVAL_RULE,
  schema: whole(SECOND_MS, MAX_INTERVAL_MS).schema,
  written: once(() => {
    const error = must(INTERVAL_RULE);
    const milliseconds = z.transform((written: string) => parseDuration(written) ?? NaN);
    const inRange = z.number(error).check(z.gte(MIN_INTERVAL_MS, error), z.lte(MAX_INTERVAL_MS, error));
    return z.pipe(z.pipe(z.string(error), milliseconds), inRange);
  }),
  fromText: (text) => text,
  show: formatDuration,
};

/** Mimecast's code of an account. */
export const accountCode = kind('must be a text of 1 to 100 characters', () => text(100));

/** Only the form: which hosts are allowed is checked where the environment is known. */
export const url: Kind<string> = {
  ...kind('must be a URL', () => {
    const error = must('is not a URL');
    return z.string(error).check(
      z.maxLength(2_048, error),
      z.refine((text) => URL.canParse(text), error),
      z.refine((text) => !text.includes('@'), { error: 'must not contain a user name or a password' }),
    );
  }),
  written: once(() => z.string()),
};

const PATH_RULE = 'must begin with /api/ and hold neither host nor query';
const PATH = /^\/api(?:\/[a-z0-9-]+)+$/i;

/** Path that replaces the default path of an endpoint. */
export const apiPath = kind(PATH_RULE, () => {
  const error = must(PATH_RULE);
  return z.string(error).check(z.maxLength(500, error), z.regex(PATH, error));
});

/** More domains or groups than this are not listed by hand. */
const MAX_LISTED = 500;

/** A list without entries would declare that nothing matters. */
function list(entry: () => z.ZodMiniType<string, string>, entries: string): Kind<readonly string[]> {
  const rule = `must be a list with 1 to ${MAX_LISTED} entries`;
  const schema = once(() => listOf(entry(), 1, MAX_LISTED, rule));
  return {
    rule: `must be 1 to ${MAX_LISTED} ${entries}, separated by commas`,
    schema,
    written: schema,
    fromText: (text) => [...new Set(text.split(',').map((part) => part.trim()))],
    show: (values) => values.join(', '),
  };
}

/** A name of at least two labels, as policies for a domain have it. Source: RFC 1035, section 2.3.1. */
const DOMAIN = /^(?=.{3,253}$)(?:[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?\.)+[a-z\d](?:[a-z\d-]{0,61}[a-z\d])$/i;
const DOMAIN_RULE = 'must be a domain like acme.example';

export const domains = list(() => z.string(must(DOMAIN_RULE)).check(z.regex(DOMAIN, must(DOMAIN_RULE))), 'domains');

/** Ids of groups are long, like those of policies. */
export const groups = list(() => text(500), 'groups');

/** Whole numbers that grow, in milliseconds. */
export function ascending(most: number): Kind<readonly number[]> {
  const rule = 'must be a list of whole numbers that grow';
  const grows = (values: readonly number[]): boolean =>
    values.every((value, index) => index === 0 || value > (values[index - 1] ?? 0));
  const schema = once(() => listOf(whole(0, most).schema(), 0, 20, rule).check(z.refine(grows, must(rule))));
  return { rule, schema, written: schema, fromText: (text) => text, show: (values) => values.join(', ') };
}
