import type { Queryable } from '../database/database.js';
import type { LogFact } from '../../model/facts.js';
import { holdConnection } from '../database/guard.js';
import type { Protection } from '../../model/statistics.js';
import { notNull } from '../../model/json.js';
import { protectionLogCoverage } from './protection-log-coverage.js';

/** Answer of a protection log, to be recorded. */
export interface ProtectionLogState extends Omit<LogFact, 'watermark'> {
  readonly connectionId: string;
  readonly generation: number;
  readonly protection: Protection;
}

export async function recordProtectionLog(client: Queryable, state: ProtectionLogState): Promise<void> {
  const { connectionId, protection, outcome, observedAt, permission } = state;
  if (!(await holdConnection(client, connectionId, state.generation))) return;
  await client.query({
    text: `
      insert into mimecast.protection_logs as l (connection_id, protection, outcome, observed_at, permission)
      values ($1, $2, $3, $4, $5)
      on conflict (connection_id, protection)
        do update set outcome = excluded.outcome, observed_at = excluded.observed_at, permission = excluded.permission
        -- one that is dated in the future was written with a wrong clock, and keeps none away
        where l.observed_at <= excluded.observed_at or l.observed_at > clock_timestamp()`,
    values: [connectionId, protection, outcome, observedAt, permission ?? null],
  });
}

interface LogRecord {
  readonly protection: Protection;
  readonly outcome: LogFact['outcome'];
  readonly observed_at: Date;
  readonly permission: string | null;
}

export async function readProtectionLogs(
  client: Queryable,
  connectionId: string,
): Promise<Partial<Record<Protection, LogFact>>> {
  const records = await client.query<LogRecord>({
    text: 'select protection, outcome, observed_at, permission from mimecast.protection_logs where connection_id = $1',
    values: [connectionId],
  });
  const coverage = await protectionLogCoverage(client, connectionId);
  const facts = records.map(({ protection, outcome, observed_at: observedAt, permission }): [Protection, LogFact] => {
    const watermark = coverage.get(protection)?.heldTo;
    return [protection, notNull({ outcome, observedAt, permission, watermark })];
  });
  return Object.fromEntries(facts);
}
