/** Public half of a key in a keyring; seals. Also the form of a public key file: a JWK (RFC 7517). */
export interface PublicSealingKey {
  readonly kty: 'EC';
  readonly crv: 'P-256';
  readonly x: string;
  readonly y: string;
  readonly kid: string;
}

/** Key pair in a keyring; seals and opens. */
export interface KeyringKey extends PublicSealingKey {
  readonly d: string;
}

/** Sealing keys of the workers. The current key seals; the others only open what they sealed. */
export interface Keyring {
  /** `kid` of the key that seals. */
  readonly current: string;
  readonly keys: readonly KeyringKey[];
}

/** Form of a key id. Ids are shown to operators and sent in headers. */
export const KID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** A coordinate of P-256: 32 bytes in base64url. */
const COORDINATE = /^[A-Za-z0-9_-]{43}$/;

/**
 * Parses a keyring: its current key must be present, and key ids must be unique.
 *
 * @returns undefined when the JSON is not a keyring
 */
export function parseKeyring(json: unknown): Keyring | undefined {
  if (!isRecord(json)) return undefined;
  const { current, keys } = json;
  if (typeof current !== 'string' || !Array.isArray(keys) || !keys.every(isKeyringKey)) return undefined;
  const kids = new Set(keys.map(({ kid }) => kid));
  return kids.has(current) && kids.size === keys.length ? { current, keys } : undefined;
}

export function currentKey(keyring: Keyring): KeyringKey | undefined {
  return keyring.keys.find(({ kid }) => kid === keyring.current);
}

export function isPublicSealingKey(value: unknown): value is PublicSealingKey {
  if (!isRecord(value)) return false;
  const { kty, crv, x, y, kid } = value;
  return kty === 'EC' && crv === 'P-256' && matches(COORDINATE, x) && matches(COORDINATE, y) && matches(KID, kid);
}

export function isKeyringKey(value: unknown): value is KeyringKey {
  return isPublicSealingKey(value) && 'd' in value && matches(COORDINATE, value.d);
}

/** Copies the public half field by field, so that no private part is included. */
export function publicHalf({ kty, crv, x, y, kid }: PublicSealingKey): PublicSealingKey {
  return { kty, crv, x, y, kid };
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const matches = (pattern: RegExp, value: unknown): boolean => typeof value === 'string' && pattern.test(value);
