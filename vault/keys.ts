/** The half of a ring key that seals. Also the form of a public key file: a JWK (RFC 7517). */
export interface PublicSealingKey {
  readonly kty: 'EC';
  readonly crv: 'P-256';
  readonly x: string;
  readonly y: string;
  readonly kid: string;
}

/** A whole ring key: seals and opens. */
export interface RingKey extends PublicSealingKey {
  readonly d: string;
}

/** The keys of the workers. One seals; the others stay to open what they sealed. */
export interface Keyring {
  /** The `kid` of the key that seals. */
  readonly current: string;
  readonly keys: readonly RingKey[];
}

/** Ids are shown to operators and travel in headers. */
export const KID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** A coordinate of P-256: 32 bytes in base64url. */
const COORDINATE = /^[A-Za-z0-9_-]{43}$/;

/** @returns the ring that this JSON is, unless it is none: its current key is there, and no two share an id */
export function parseKeyring(json: unknown): Keyring | undefined {
  if (!isRecord(json)) return undefined;
  const { current, keys } = json;
  if (typeof current !== 'string' || !Array.isArray(keys) || !keys.every(isRingKey)) return undefined;
  const kids = new Set(keys.map(({ kid }) => kid));
  return kids.has(current) && kids.size === keys.length ? { current, keys } : undefined;
}

export function currentKey(ring: Keyring): RingKey | undefined {
  return ring.keys.find(({ kid }) => kid === ring.current);
}

export function isPublicSealingKey(value: unknown): value is PublicSealingKey {
  if (!isRecord(value)) return false;
  const { kty, crv, x, y, kid } = value;
  return kty === 'EC' && crv === 'P-256' && matches(COORDINATE, x) && matches(COORDINATE, y) && matches(KID, kid);
}

export function isRingKey(value: unknown): value is RingKey {
  return isPublicSealingKey(value) && 'd' in value && matches(COORDINATE, value.d);
}

/** The public half alone, field by field, so that nothing else can come along. */
export function publicHalf({ kty, crv, x, y, kid }: PublicSealingKey): PublicSealingKey {
  return { kty, crv, x, y, kid };
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const matches = (pattern: RegExp, value: unknown): boolean => typeof value === 'string' && pattern.test(value);
