import * as z from 'zod/mini';

// Parts that the schemas of settings and messages share: the words of their errors, and one sentence for each invalid value.

/** A schema of any value. */
export type Schema = z.ZodMiniType;

/**
 * A schema that is made when it is first used. Each workflow loads this code of its own, and most of them check nothing:
 * making all schemas would take longer than everything else that a workflow loads.
 */
export function once<Made>(make: () => Made): () => Made {
  let made: { readonly value: Made } | undefined;
  return () => (made ??= { value: make() }).value;
}

interface Input {
  readonly input?: unknown;
}

/** The error for a value that breaks a rule, such as "must be true or false", or that is missing. */
export const must = (rule: string) => ({
  error: ({ input }: Input): string => (input === undefined ? 'is missing' : rule),
});

/** Postgres cannot store a NUL character in a text. */
export const nulFree = (): z.core.$ZodCheck<string> =>
  z.refine((value) => !value.includes('\0'), { error: 'must not contain a NUL character' });

export function text(most: number): z.ZodMiniType<string, string> {
  const rule = must(`must be a text of 1 to ${most} characters`);
  const error = ({ input }: Input): string => (input === undefined ? 'is missing' : 'must be text: put it in quotes');
  return z.string({ error }).check(z.minLength(1, rule), z.maxLength(most, rule), nulFree());
}

/** A list whose length is checked before any of its entries. */
export const listOf = <Entry>(
  entry: z.ZodMiniType<Entry, Entry>,
  least: number,
  most: number,
  rule: string,
): z.ZodMiniType<readonly Entry[], readonly Entry[]> =>
  z.pipe(
    z.custom<Entry[]>((value) => Array.isArray(value) && value.length >= least && value.length <= most, must(rule)),
    z.array(entry),
  );

type Shape = Readonly<Record<string, z.core.$ZodType>>;

interface ObjectWords {
  /** The noun for a name in it. */
  readonly noun?: string | undefined;
  /** The error for something else than an object, where a sentence says more. */
  readonly needs?: string;
}

/** An object with these fields and no others. */
export function fields<Fields extends Shape>(shape: Fields, { noun = 'field', needs }: ObjectWords = {}) {
  return z.strictObject(shape, {
    error: (issue) => {
      if (issue.code === 'unrecognized_keys') return `has no ${noun} ${quoted(issue.keys[0])}`;
      return needs ?? (issue.input === undefined && issue.path?.length ? 'is missing' : 'must be an object');
    },
  });
}

/**
 * Stands for the payload of a message that a workflow cannot decode: another codec or converter made it. No schema
 * accepts it.
 */
export const UNDECODABLE = Symbol.for('mimecast.undecodable');
const CANNOT_DECODE =
  'The message cannot be decoded: it was sent with another payload codec or converter than the workers have.';

/**
 * The first problem of a value, as one sentence that names the field; none for a valid value. Never throws. Quotes no
 * values, which may be keys: only names of fields and of streams.
 *
 * @param name what the value is called in front of its fields: `settings`
 */
export function problemIn(schema: () => Schema, value: unknown, name?: string): string | undefined {
  if (value === UNDECODABLE) return CANNOT_DECODE;
  const { error } = z.safeParse(schema(), value);
  return error && firstProblem(error, name);
}

/** A value as a schema accepts it, or the first problem as one sentence. */
export type Read = { readonly value: unknown } | { readonly problem: string };

/**
 * Reads a value that this release or another one has written: fields that a schema does not know are left out.
 *
 * @param name what the value is called in front of its fields
 */
export function readLeniently(schema: () => Schema, value: unknown, name?: string): Read {
  for (let left = value; ;) {
    const { data, error } = z.safeParse(schema(), left);
    if (!error) return { value: data };
    const unknown = error.issues.flatMap((issue) =>
      issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...issue.path, key]) : [],
    );
    if (unknown.length === 0) return { problem: firstProblem(error, name) };
    left = unknown.reduce<unknown>((before, path) => withoutField(before, path), left);
  }
}

function withoutField(value: unknown, [name, ...below]: readonly PropertyKey[]): unknown {
  if (typeof value !== 'object' || value === null || name === undefined) return value;
  const entries = Object.entries<unknown>({ ...value }).flatMap(([key, field]) => {
    if (key !== String(name)) return [[key, field] as const];
    return below.length === 0 ? [] : [[key, withoutField(field, below)] as const];
  });
  return Array.isArray(value) ? entries.map(([, field]) => field) : Object.fromEntries(entries);
}

function firstProblem(error: z.core.$ZodError, name: string | undefined): string {
  const unknownField = error.issues.find(({ code }) => code === 'unrecognized_keys');
  const { path = [], message = 'is not valid' } = unknownField ?? error.issues[0] ?? {};
  return message.endsWith('.') ? message : `${fieldName(path, name)} ${message}.`;
}

/** `settings.coverage.domains[1]`. */
function fieldName(path: readonly PropertyKey[], name: string | undefined): string {
  const [first, ...rest] = [...(name === undefined ? [] : [name]), ...path];
  if (first === undefined) return 'The request';
  return rest.reduce<string>(
    (before, part) => before + (typeof part === 'number' ? `[${part}]` : `.${String(part)}`),
    String(first),
  );
}

/** A short excerpt of what somebody sent. */
export function quoted(sent: unknown): string {
  if (typeof sent === 'string') return JSON.stringify(sent.slice(0, 40));
  return typeof sent === 'object' && sent !== null ? 'of this kind' : String(sent);
}
