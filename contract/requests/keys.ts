import * as z from 'zod/mini';
import { fields, once } from '../../model/schemas.js';
import { url } from '../../model/setting-kinds.js';
import { settingsSchema } from '../../model/settings-schema.js';
import { MINUTE_MS } from '../../model/time.js';
import { nullish, moment, note, type Accepted } from './fields.js';

/** Five base64url parts: header, encrypted key, initialisation vector, ciphertext, tag (RFC 7516, section 7.1). */
const COMPACT_JWE = /^[\w-]+\.[\w-]*\.[\w-]+\.[\w-]+\.[\w-]+$/;
const NOT_SEALED = 'The sealed credentials are not a compact JWE: seal them with the ring that the workers hold.';
const LONGEST_SEALED = 16 * 1024;
const TOO_LONG = `The sealed credentials are longer than ${LONGEST_SEALED} characters, which no keys of Mimecast are.`;

/** Clocks of those who issue keys differ a little from the server's. */
const CLOCK_TOLERANCE_MS = 5 * MINUTE_MS;

/** The keys of a connection, sealed for the workers' ring and bound to the connection's id. Only activities open them. */
const sealedCredentials = (issued: () => z.ZodMiniType<string, string>) => ({
  /** Compact JWE. */
  sealed: z
    .string({ error: NOT_SEALED })
    .check(z.maxLength(LONGEST_SEALED, { error: TOO_LONG, abort: true }), z.regex(COMPACT_JWE, { error: NOT_SEALED })),
  /** When the vendor issued the keys (ISO, UTC); when they are accepted, if it is not known. */
  issuedAt: nullish(issued()),
});

const issuedAt = () => moment('is not a date: give ISO 8601, such as 2026-09-12T00:00:00Z');

const issuedByNow = () =>
  issuedAt().check(
    z.refine((at) => Date.parse(at) <= Date.now() + CLOCK_TOLERANCE_MS, {
      error: 'lies in the future: give the day on which the keys were made',
    }),
  );

const connectFields = (issued: typeof issuedAt) =>
  fields(
    { ...sealedCredentials(issued), settings: settingsSchema() },
    { needs: 'A connect request needs settings and sealed credentials.' },
  );

const rotationFields = (issued: typeof issuedAt) =>
  fields(
    {
      ...sealedCredentials(issued),
      /** Base URL for the new keys, when it changes: keys of another version of the API have other hosts. */
      baseUrl: nullish(url.schema()),
      /** Kept with the outcome: who rotated, or why. Never a secret. */
      note: nullish(note()),
    },
    { needs: 'A rotation needs sealed credentials.' },
  );

export const connectRequest = once(() => connectFields(issuedByNow));

/** A connect request that a workflow has accepted, whatever the time is now. */
export const untimedConnect = once(() => connectFields(issuedAt));

/** New keys of an existing connection. */
export const rotationRequest = once(() => rotationFields(issuedByNow));

/** A rotation that a workflow has accepted, whatever the time is now. */
export const untimedRotation = once(() => rotationFields(issuedAt));

export const testRequest = once(() =>
  nullish(
    fields({
      /** Also try the keys against the other regions' hosts when they are rejected here. */
      findRegion: nullish(z.boolean({ error: 'must be true or false' })),
    }),
  ),
);

export const disconnectRequest = once(() => nullish(fields({ note: nullish(note()) })));

/** Mimecast keys, sealed for the workers' keyring, and their issue date. */
export type SealedCredentials = Pick<RotationRequest, 'sealed' | 'issuedAt'>;
/** Opens a connection: its sealed keys and its settings. */
export type ConnectRequest = Accepted<typeof connectRequest>;
/** Announces that the keys were rotated, with the sealed new keys. */
export type RotationRequest = Accepted<typeof rotationRequest>;
/** Asks for a test of the connection. */
export type TestRequest = Accepted<typeof testRequest>;
/** Ends a connection; what it collected stays. */
export type DisconnectRequest = Accepted<typeof disconnectRequest>;
