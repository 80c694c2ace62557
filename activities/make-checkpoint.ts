import type { Standing } from '../evidence/proof/checkpoints.js';
import { ISSUER, signCheckpoint } from '../vault/checkpoint.js';
import type { CheckpointKey } from '../vault/checkpoint-key.js';
import type { SignedCheckpoint } from './dependencies.js';

/** Signs where a connection's log stands. */
export async function makeCheckpoint(key: CheckpointKey, standing: Standing): Promise<SignedCheckpoint> {
  const { connectionId, accountCode, head, records } = standing;
  const at = standing.at.toISOString();
  const account = accountCode !== undefined && { accountCode };
  const jws = await signCheckpoint(key, { iss: ISSUER, connectionId, ...account, ...head, at, records });
  return { connectionId, day: at.slice(0, 10), jws };
}
