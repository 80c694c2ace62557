import * as z from 'zod/mini';
import { fields, listOf, once, text } from '../../model/schemas.js';
import { whole } from '../../model/setting-kinds.js';
import type { AnnotationKind, ControlId } from '../../model/verdicts.js';
import { nullish, moment, statement, type Accepted } from './fields.js';

const KINDS = ['not-applicable', 'accepted-risk', 'attestation'] as const satisfies readonly AnnotationKind[];
const EXPIRY = 'An annotation needs an expiry date: ISO 8601, such as 2027-01-31.';
const FILE = 'The file of an attestation needs its name and its SHA-256 in lower-case hex.';

const annotationFields = (expiry: () => z.ZodMiniType<string, string>) =>
  fields(
    {
      /** Made by the sender, so that a message that arrives twice makes one annotation. */
      annotationId: z
        .string({ error: 'must be 4 to 40 of a-z, 0-9, -' })
        .check(z.regex(/^[a-z0-9-]{4,40}$/, { error: 'must be 4 to 40 of a-z, 0-9, -' })),
      controlId: statement(100, 'An annotation needs the id of a control.'),
      kind: z.enum(KINDS, { error: `must be one of ${KINDS.join(', ')}` }),
      /** The person who is responsible for it. */
      owner: statement(200, 'An annotation needs an owner: who answers for it.'),
      reason: statement(2_000, 'An annotation needs a reason.'),
      /** ISO, UTC. */
      expiresAt: expiry(),
      /** Of an attestation. The file itself is not sent. */
      file: nullish(
        fields(
          {
            sha256: z.string({ error: FILE }).check(z.regex(/^[0-9a-f]{64}$/, { error: FILE })),
            name: statement(255, FILE),
          },
          { needs: FILE },
        ),
      ),
    },
    { needs: 'An annotation needs a control, an owner, a reason and an expiry date.' },
  ).check(
    z.refine(({ kind, file }) => (kind === 'attestation') === Boolean(file), {
      error: 'An attestation, and nothing else, names a file.',
    }),
  );

const expiresLater = () =>
  moment(EXPIRY).check(
    z.refine((expiresAt) => Date.parse(expiresAt) > Date.now(), {
      error: 'The expiry date of an annotation must lie in the future.',
    }),
  );

/** A person's statement about a control. It never hides a verdict, and it expires. */
export const annotationRequest = once(() => annotationFields(expiresLater));

/** An annotation that a workflow has accepted, whatever the time is now. */
export const untimedAnnotation = once(() => annotationFields(() => moment(EXPIRY)));

export const withdrawalRequest = once(() =>
  fields(
    { annotationId: statement(40, 'Name the annotation to withdraw.') },
    { needs: 'Name the annotation to withdraw.' },
  ),
);

const at = () => moment('is not a date');
const count = whole(0, 1_000).schema;

/** Summary of a connection's newest evaluation. A poll sends it when a verdict has changed, or will change earlier. */
export const postureStatus = once(() =>
  fields({
    /** ISO, UTC. */
    at: at(),
    /** The worst verdict about the tenant, for list filters. */
    worst: z.enum(['pass', 'unknown', 'fail']),
    summary: fields({ pass: count(), fail: count(), unknown: count(), notApplicable: count() }),
    failing: listOf(text(100) as z.ZodMiniType<ControlId, ControlId>, 0, 500, 'must be a list of controls'),
    /** ISO, UTC: when verdicts change although nothing new is read. */
    turnsAt: z.optional(at()),
    /** The same as a duration from now, by the database's clock: timers of workflows run by another one. */
    turnsInMs: z.optional(z.number()),
    /** Place in the connection's log: of two records the later one counts, whatever their times. */
    sequence: z.optional(z.number()),
  }),
);

/** Explains a finding: an exception or an attestation with an owner, a reason and an expiry date. */
export type AnnotationRequest = Accepted<typeof annotationRequest>;
/** Summary of a connection's newest evaluation. */
export type PostureStatus = Accepted<typeof postureStatus>;
