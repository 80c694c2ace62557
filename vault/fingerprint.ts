import { createHash } from 'node:crypto';

/**
 * Recognises the same keys in two sealed texts, which always differ: so that keys which are given again are not taken for
 * a rotation. SHA-256 over the connection's id and the keys in order of their names, in base64url.
 *
 * It gives nothing away: secret keys and client secrets are long and random, made by the vendor and chosen by nobody, and
 * the id keeps the same keys apart in two connections.
 */
export function fingerprintOf(connectionId: string, credentials: Readonly<Record<string, string>>): string {
  const entries = Object.entries(credentials).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([connectionId, ...entries]))
    .digest('base64url');
}
