import * as z from 'zod/mini';
import { MimecastBaseUrlError, parseBaseUrl, type BaseUrlRules } from '../../mimecast/regions.js';
import { must, nulFree, once } from '../../model/schemas.js';
import { accountCode } from '../../model/setting-kinds.js';
import { SETTINGS, type Entry } from '../../model/settings-table.js';
import type { Problem } from './problems.js';

export interface DocumentRules extends BaseUrlRules {
  readonly now: Date;
  /** The field for keys that are not sealed: the keys themselves, or, in a file, where they come from. */
  readonly keyField: 'credentials' | 'keysFrom';
}

/** A document in which intervals are milliseconds and moments are dates. Its settings are read by their paths. */
export interface ParsedDocument {
  readonly defaults?: object;
  readonly connections: Readonly<Record<string, ParsedConnection>>;
}

export interface ParsedConnection {
  readonly sealed?: string;
  readonly credentials?: unknown;
  readonly issuedAt?: Date;
  readonly expectedAccount?: string;
}

/**
 * Checks the form of a document, field by field. Rules about several fields or documents are checked elsewhere: a schema
 * stops at the first field with the wrong form, and a report has to name all problems at once.
 */
export function parseDocument(
  document: unknown,
  { allowLoopback, now, keyField }: DocumentRules,
): Parsed<ParsedDocument> {
  const settings = { ...settingFields(), baseUrl: z.optional(baseUrl({ allowLoopback })) };
  const connection = fields({
    ...settings,
    sealed: z.optional(sealed),
    issuedAt: z.optional(pastDate(now)),
    expectedAccount: z.optional(accountCode.written()),
    [keyField]: z.optional(z.unknown()),
  });
  const connections = z.record(z.string(), connection, must('must be connections by their ids'));
  const schema = fields({ defaults: z.optional(fields(settings)), connections });
  return parse(schema as unknown as z.ZodMiniType<ParsedDocument>, document);
}

/** Parsed value, or every field that has the wrong form. */
export type Parsed<Value> =
  | { readonly value: Value; readonly problems: readonly [] }
  | { readonly value?: undefined; readonly problems: readonly Problem[] };

export function parse<Value>(schema: z.ZodMiniType<Value>, written: unknown): Parsed<Value> {
  const { data, error } = z.safeParse(schema, written, { reportInput: true });
  return error ? { problems: error.issues.flatMap(problemsOf) } : { value: data, problems: [] };
}

/** Zod reports all unknown fields of a mapping at once; each of them has a line of its own. */
function problemsOf(issue: z.core.$ZodIssue): Problem[] {
  const path = issue.path.map(String);
  const { message, input } = issue;
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => ({ path: [...path, key], message }));
  const isEmptyList = issue.code === 'custom' && Array.isArray(input) && input.length === 0;
  const isEmpty = input === null || input === '' || isEmptyList;
  return [{ path, message: isEmpty ? 'is empty' : message }];
}

/** A mapping with these fields and no others. */
export function fields<Shape extends Readonly<Record<string, z.core.$ZodType>>>(shape: Shape, noun = 'field here') {
  const known = Object.keys(shape).join(', ');
  const unknownField = `is not ${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}; there are ${known}`;
  const { error } = must(`must be a mapping with ${known}`);
  return z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? unknownField : error(issue)),
  });
}

/** The settings that files may have in their defaults and in each connection. */
const settingFields = once(() =>
  Object.fromEntries(
    Object.entries<Entry>(SETTINGS)
      .filter(([, { inFiles }]) => inFiles === undefined)
      .map(([name, entry]) => [name, z.optional(settingField(entry))]),
  ),
);

function settingField(entry: Entry): z.ZodMiniType {
  const isEach = 'each' in entry;
  const content = 'holds' in entry ? entry.holds.written() : groupField(entry.fields, isEach ? undefined : entry.noun);
  if (!isEach) return content;
  return fields(Object.fromEntries(entry.each.map((name) => [name, z.optional(content)])), entry.noun);
}

function groupField(
  group: Extract<Entry, { readonly fields: unknown }>['fields'],
  noun: string | undefined,
): z.ZodMiniType {
  const members = Object.entries(group).map(([name, { fileKey = name, holds }]) => [
    fileKey,
    z.optional(holds.written()),
  ]);
  return fields(Object.fromEntries(members) as Readonly<Record<string, z.ZodMiniType>>, noun);
}

const sealedWords = must('must be text: put it in quotes');
const sealed = z.string(sealedWords).check(z.minLength(1, sealedWords), nulFree());

const baseUrl = (rules: BaseUrlRules) =>
  z.pipe(
    z.string(must('must be an address like https://eu-api.mimecast.com')),
    z.transform((written, context) => {
      try {
        return parseBaseUrl(written, rules);
      } catch (error) {
        if (!(error instanceof MimecastBaseUrlError)) throw error;
        // Without the list of all hosts, which would hide the other problems.
        const problem = error.message.slice(0, -error.nextStep.length).trimEnd();
        context.issues.push({ code: 'custom', message: `cannot be used. ${problem}`, input: written });
        return z.NEVER;
      }
    }),
  );

const DATE = must('must be a date like 2026-09-12, or a moment like 2026-09-12T08:30:00Z');

const pastDate = (now: Date) =>
  z
    .pipe(
      z.union([z.iso.date(), z.iso.datetime({ offset: true })], DATE),
      z.transform((written: string) => new Date(written)),
    )
    .check(
      z.refine((moment) => moment <= now, { error: 'lies in the future: give the day on which the keys were made' }),
    );
