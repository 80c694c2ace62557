import * as z from 'zod/mini';
import { listOf, nulFree, quoted, text } from '../../model/schemas.js';
import { POLLED_STREAMS } from '../../model/streams.js';

/** Fields that several requests have. Senders in other languages write `null` for a field without a value. */

/** A request that a schema accepts, without the `null` that other languages write. */
export type Accepted<Make extends () => z.core.$ZodType> = WithoutNulls<NonNullable<z.output<ReturnType<Make>>>>;

type WithoutNulls<Value> = Value extends readonly (infer Entry)[]
  ? readonly WithoutNulls<Entry>[]
  : Value extends object
    ? { readonly [Name in keyof Value]: WithoutNulls<Exclude<Value[Name], null | undefined>> }
    : Value;

/** A request without its fields that are `null`. */
export function withoutNulls<Request extends object>(request: Request | null | undefined): Request {
  return Object.fromEntries(Object.entries(request ?? {}).filter(([, value]) => value !== null)) as Request;
}

/** A field or a request that may be absent. */
export const nullish = <Schema extends z.core.$ZodType>(schema: Schema) => z.optional(z.nullable(schema));

/** A note is shown in schedules and lists, in one line. */
const LONGEST_NOTE = 500;

/** Reason for a request. Never a secret. */
export function note({ needs }: { readonly needs?: string } = {}) {
  const rule = `must be a text of at most ${LONGEST_NOTE} characters`;
  const missing = needs ?? rule;
  return z
    .string({ error: missing })
    .check(
      z.minLength(needs === undefined ? 0 : 1, { error: missing }),
      z.maxLength(LONGEST_NOTE, { error: rule }),
      nulFree(),
    );
}

/** Sender of a request: `ops@desk`, or the name of a service. Never a secret. */
export const actor = () => text(200);

/** A list may name a stream twice. */
const MOST_STREAMS = 50;

export const stream = () => z.enum(POLLED_STREAMS, { error: ({ input }) => `There is no stream ${quoted(input)}.` });

export const streams = () => listOf(stream(), 0, MOST_STREAMS, `must be a list of at most ${MOST_STREAMS} streams`);

/** An ISO 8601 date or moment, with an error for everything else. */
export const moment = (error: string) =>
  z.string({ error }).check(
    z.maxLength(40, { error }),
    z.refine((written) => !Number.isNaN(Date.parse(written)), { error }),
  );

/** A text that is not blank, with an error for everything else. */
export const statement = (longest: number, error: string) =>
  z.string({ error }).check(
    z.maxLength(longest, { error }),
    z.refine((written) => written.trim() !== '', { error }),
    nulFree(),
  );
