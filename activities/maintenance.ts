import { Context, log } from '@temporalio/activity';
import type { ActivityDependencies, SignedCheckpoint } from './dependencies.js';
import type { MaintenanceResult } from '../contract/activities.js';
import type { Clock } from '../evidence/database/clock.js';
import type { LogPosition } from '../evidence/proof/checkpoints.js';
import { ISSUER, signCheckpoint } from '../vault/checkpoint.js';
import type { CheckpointKey } from '../vault/checkpoint-key.js';
import { dayOf, HOUR_MS } from '../model/time.js';

/** A day less an hour: a daily call must not find yesterday's checkpoint slightly too young. */
const CHECKPOINT_EVERY_MS = 23 * HOUR_MS;

export async function maintain(dependencies: ActivityDependencies, connectionId: string): Promise<MaintenanceResult> {
  const { store } = dependencies;
  const { cancellationSignal } = Context.current();
  const now = await store.clock();
  const { events: erasedEvents } = await store.erasure.applyRetention(connectionId, now(), cancellationSignal);
  cancellationSignal.throwIfAborted();
  return { erasedEvents, checkpoint: await checkpointWhenDue(dependencies, connectionId, now) };
}

/** Best effort: a checkpoint that fails is reported in a log line and by the doctor, and made the next day. */
async function checkpointWhenDue(
  { store, checkpoints }: ActivityDependencies,
  connectionId: string,
  now: Clock,
): Promise<MaintenanceResult['checkpoint']> {
  if (!checkpoints) return 'not-configured';
  const { made } = (await store.checkpoints.state(connectionId)) ?? {};
  if (made && made.ageMs >= 0 && made.ageMs < CHECKPOINT_EVERY_MS) return 'not-due';
  if (made && made.ageMs < 0) {
    const at = made.at.toISOString();
    log.warn('The newest checkpoint is dated in the future. A new one is signed.', { connectionId, at });
  }

  const standing = await store.checkpoints.standing(connectionId);
  if (!standing) return 'not-due';
  try {
    await checkpoints.deliver(await makeCheckpoint(checkpoints.key, standing));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    log.warn('The checkpoint of the evidence log could not be delivered.', { connectionId, reason });
    await store.checkpoints.recordFailure(connectionId, now(), reason);
    return 'failed';
  }
  await store.checkpoints.recordMade(standing, checkpoints.key.kid);
  return 'made';
}

/** Signs the position of a connection's log. */
export async function makeCheckpoint(key: CheckpointKey, standing: LogPosition): Promise<SignedCheckpoint> {
  const { connectionId, accountCode, head, records } = standing;
  const at = standing.at.toISOString();
  const account = accountCode !== undefined && { accountCode };
  const jws = await signCheckpoint(key, { iss: ISSUER, connectionId, ...account, ...head, at, records });
  return { connectionId, day: dayOf(at), jws };
}
