import { z } from 'zod';
import { MimecastBaseUrlError, parseBaseUrl, type BaseUrlRules } from '../../mimecast/regions.js';
import { ENDPOINT_PATH, MAX_INTERVAL_MS, MAX_PAGE_SIZE, POLLED_STREAMS } from '../../model/streams.js';
import { parseDuration } from '../durations.js';
import {
  DOMAIN,
  ENDPOINT_NAMES,
  MAX_COVERED,
  MAX_DAYS,
  MAX_GROUP_LENGTH,
  MIN_INTERVAL_MS,
  RETENTIONS,
  THRESHOLDS,
} from '../../model/setting-names.js';
import type { Problem } from './problems.js';

/**
 * The form of a document, field by field. What fields say together, and with other documents, is looked at elsewhere:
 * a schema stops at the first field that has the wrong form, and people want to hear of everything at once.
 */
export function documentSchema({ allowLoopback, now, keyField }: DocumentRules) {
  const settings = {
    baseUrl: baseUrl({ allowLoopback }).optional(),
    streams: each(POLLED_STREAMS, fields({ enabled: flag.optional(), every: interval.optional() }), 'a stream'),
    endpointPaths: each(ENDPOINT_NAMES, apiPath, 'an endpoint'),
    pagination: fields({
      pageSize: whole(MAX_PAGE_SIZE, 'rows').optional(),
      tokenIn: z.enum(['meta', 'data'], { error: wrong('meta or data') }).optional(),
    }).optional(),
    thresholds: each(THRESHOLDS, whole(MAX_DAYS, 'days'), 'a threshold'),
    coverage: fields({ domains: listOf(domain, 'domains'), groups: listOf(group, 'groups') }).optional(),
    retention: each(RETENTIONS, whole(MAX_DAYS, 'days'), 'a retention'),
    statistics: fields({ keepRows: flag.optional() }).optional(),
  };
  const own = {
    ...settings,
    sealed: text.optional(),
    issuedAt: pastDate(now).optional(),
    expectedAccount: text.max(100, { error: 'is too long for an account code' }).optional(),
  };
  const connection =
    keyField === 'keysFrom'
      ? fields({ ...own, keysFrom: z.unknown().optional() })
      : fields({ ...own, credentials: z.unknown().optional() });
  return fields({
    defaults: fields(settings).optional(),
    connections: z.record(z.string(), connection, { error: wrong('connections by their ids') }),
  });
}

type ParsedDocument = z.output<ReturnType<typeof documentSchema>>;
export type ParsedConnection = ParsedDocument['connections'][string];
export type SharedSettings = NonNullable<ParsedDocument['defaults']>;

/** Every field of a document that has the wrong form. */
export function formProblems(document: unknown, rules: DocumentRules): Problem[] {
  const parsed = documentSchema(rules).safeParse(document);
  return parsed.success ? [] : parsed.error.issues.flatMap(problemsOf);
}

/** Zod tells of all unknown fields of a mapping at once; each of them has a line of its own. */
export function problemsOf(issue: z.core.$ZodIssue): Problem[] {
  const { message } = issue;
  const path = issue.path.map(String);
  return issue.code === 'unrecognized_keys'
    ? issue.keys.map((key) => ({ path: [...path, key], message }))
    : [{ path, message }];
}

export interface DocumentRules extends BaseUrlRules {
  readonly now: Date;
  /** Where keys come from that are not sealed: given as they are, or, in a file, from elsewhere. */
  readonly keyField: 'credentials' | 'keysFrom';
}

/** What a wrong value is told, and a missing one, and one that was left empty. */
export const wrong =
  (what: string) =>
  ({ input }: { readonly input?: unknown }): string => {
    if (input === undefined) return 'is missing';
    return input === null || input === '' ? 'is empty' : `must be ${what}`;
  };

/** A mapping with these fields and no others. */
export function fields<Shape extends Readonly<Record<string, z.ZodType>>>(shape: Shape, what = 'a field here') {
  const known = Object.keys(shape).join(', ');
  const words = wrong(`a mapping with ${known}`);
  return z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? `is not ${what}; there are ${known}` : words(issue)),
  });
}

/** A mapping in which each of these names may have a value. */
function each<Name extends string, Value extends z.ZodType>(names: readonly Name[], value: Value, what: string) {
  const shape = Object.fromEntries(names.map((name) => [name, value.optional()]));
  return fields(shape as Record<Name, z.ZodOptional<Value>>, what).optional();
}

export const text = z.string({ error: wrong('text: put it in quotes') }).min(1, { error: 'is empty' });

const flag = z.boolean({ error: wrong('true or false') });

const whole = (most: number, of: string) => {
  const error = wrong(`a whole number of ${of}, from 1 to ${most}`);
  return z.int({ error }).min(1, { error }).max(most, { error });
};

const domain = z.string({ error: wrong('a domain') }).regex(DOMAIN, { error: 'must be a domain like acme.example' });

const group = text.max(MAX_GROUP_LENGTH, { error: 'is too long for a group' });

/** An empty list would declare that nothing matters. */
const listOf = (entry: z.ZodType<string>, of: string) => {
  const error = wrong(`a list of ${of}, with 1 to ${MAX_COVERED} entries`);
  return z.array(entry, { error }).min(1, { error: 'is empty' }).max(MAX_COVERED, { error }).optional();
};

const intervalWords = wrong('a time between polls from 1m to 30d, like 90m, 6h or 1d');

const interval = z.string({ error: intervalWords }).transform((written, context) => {
  const everyMs = parseDuration(written);
  if (everyMs !== undefined && everyMs >= MIN_INTERVAL_MS && everyMs <= MAX_INTERVAL_MS) return everyMs;
  context.addIssue({ code: 'custom', message: intervalWords({ input: written }) });
  return z.NEVER;
});

const apiPathWords = wrong("a path of Mimecast's API: /api/…, with neither host nor query");
const apiPath = z.string({ error: apiPathWords }).regex(ENDPOINT_PATH, { error: apiPathWords });

const baseUrl = (rules: BaseUrlRules) =>
  z.string({ error: wrong('an address like https://eu-api.mimecast.com') }).transform((written, context) => {
    try {
      return parseBaseUrl(written, rules);
    } catch (error) {
      if (!(error instanceof MimecastBaseUrlError)) throw error;
      // Without the list of all hosts, which would hide the other problems.
      const problem = error.message.slice(0, -error.nextStep.length).trimEnd();
      context.addIssue({ code: 'custom', message: `cannot be used. ${problem}` });
      return z.NEVER;
    }
  });

const dateWords = wrong('a date like 2026-09-12, or a moment like 2026-09-12T08:30:00Z');

const pastDate = (now: Date) =>
  z
    .union([z.iso.date(), z.iso.datetime({ offset: true })], { error: dateWords })
    .transform((written) => new Date(written))
    .refine((moment) => moment <= now, { error: 'lies in the future: give the day on which the keys were made' });
