import { CompactSign, compactVerify, decodeProtectedHeader } from 'jose';
import type { CheckpointKey } from './checkpoint-key.js';

/** Claims of a checkpoint: at time `at`, the log of this connection had this head. */
export interface CheckpointClaims {
  /** Issuer. */
  readonly iss: typeof ISSUER;
  readonly connectionId: string;
  readonly accountCode?: string;
  /** Sequence number and hash of the newest entry. The hash is lower-case hex SHA-256. */
  readonly sequence: number;
  readonly hash: string;
  /** ISO, UTC. */
  readonly at: string;
  /** Size of the log, for information. */
  readonly records: { readonly entries: number; readonly events: number; readonly observations: number };
}

export const ISSUER = 'temporal-mimecast';
const TYPE = 'mimecast-checkpoint';
/** EdDSA on Ed25519 (RFC 8037). */
const ALGORITHM = 'EdDSA';

/** An unusable checkpoint. It says nothing about the evidence. */
export class CheckpointError extends Error {
  override readonly name = 'CheckpointError';
  readonly nextStep: string;

  constructor(problem: string, nextStep: string) {
    super(`${problem} ${nextStep}`);
    this.nextStep = nextStep;
  }
}

/** Signs a checkpoint as a compact JWS (RFC 7515), which any JOSE library can verify. */
export async function signCheckpoint({ key, kid }: CheckpointKey, claims: CheckpointClaims): Promise<string> {
  return await new CompactSign(new TextEncoder().encode(JSON.stringify(claims)))
    .setProtectedHeader({ alg: ALGORITHM, kid, typ: TYPE })
    .sign(key);
}

/**
 * Verifies a checkpoint and returns its claims.
 *
 * @throws {CheckpointError} when it was signed by another key, was changed, or is not a checkpoint
 */
export async function openCheckpoint({ key, kid }: CheckpointKey, jws: string): Promise<CheckpointClaims> {
  const signer = signerOf(jws);
  if (signer !== kid) {
    throw new CheckpointError(
      `The checkpoint was signed by key ${signer}, and this is key ${kid}.`,
      'Give the key that signed it.',
    );
  }
  const claims = await claimsIn(jws, key);
  if (!isClaims(claims)) throw malformed();
  return claims;
}

function signerOf(jws: string): string {
  try {
    const { kid, typ } = decodeProtectedHeader(jws);
    if (typ === TYPE && kid !== undefined) return kid;
  } catch {
    // Reported below, without the library's message.
  }
  throw malformed();
}

async function claimsIn(jws: string, key: CheckpointKey['key']): Promise<unknown> {
  try {
    const { payload } = await compactVerify(jws, key, { algorithms: [ALGORITHM] });
    return JSON.parse(new TextDecoder().decode(payload));
  } catch {
    throw new CheckpointError(
      'The signature of the checkpoint does not hold: it was changed after it was made.',
      'Take it from where it was delivered to.',
    );
  }
}

const malformed = (): CheckpointError =>
  new CheckpointError(
    'This is not a checkpoint.',
    'Give the file that was delivered, or what "temporal-mimecast checkpoint" wrote.',
  );

function isClaims(value: unknown): value is CheckpointClaims {
  if (typeof value !== 'object' || value === null) return false;
  const { iss, connectionId, sequence, hash, at } = value as Partial<Record<keyof CheckpointClaims, unknown>>;
  return (
    iss === ISSUER &&
    typeof connectionId === 'string' &&
    Number.isSafeInteger(sequence) &&
    typeof hash === 'string' &&
    /^[0-9a-f]{64}$/.test(hash) &&
    typeof at === 'string'
  );
}
