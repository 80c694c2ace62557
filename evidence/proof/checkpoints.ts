import type { Database } from '../database/database.js';
import type { LogHead } from '../log/append.js';
import { notNull } from '../../model/json.js';

/** Position of a connection's log, for a checkpoint. All fields are from one moment. */
export interface LogPosition {
  readonly connectionId: string;
  readonly accountCode?: string;
  readonly head: LogHead;
  /** Number of records that the log covers, erased bodies included. */
  readonly records: { readonly entries: number; readonly events: number; readonly observations: number };
  /** By the database's clock. */
  readonly at: Date;
}

/** The newest checkpoint that was delivered, and the result of the newest attempt. */
export interface CheckpointState {
  readonly connectionId: string;
  readonly made?: {
    readonly at: Date;
    /** By the database's clock. Negative when `at` is in the future. */
    readonly ageMs: number;
    readonly sequence: number;
    readonly kid: string;
  };
  readonly triedAt: Date;
  /** The reason for the failure of the newest attempt, in one line. */
  readonly failure?: string;
}

/** The checkpoints of each connection's log: signed statements of its head that are delivered elsewhere. */
export interface Checkpoints {
  /** Returns the current position of the log, or `undefined` when there is no such connection. */
  standing(connectionId: string): Promise<LogPosition | undefined>;
  /** Returns the newest checkpoint and the newest attempt, or `undefined` before the first attempt. */
  state(connectionId: string): Promise<CheckpointState | undefined>;
  /** Records a checkpoint that was delivered, and the id of the key that signed it. */
  recordMade(standing: LogPosition, kid: string): Promise<void>;
  /** Records that a checkpoint was not delivered, and why. */
  recordFailure(connectionId: string, at: Date, failure: string): Promise<void>;
}

export function createCheckpoints(db: Database): Checkpoints {
  return {
    standing: (connectionId) => standing(db, connectionId),
    state: async (connectionId) => (await checkpointStates(db, [connectionId]))[0],
    async recordMade({ connectionId, head, at }, kid) {
      await db.query({
        text: `
          insert into mimecast.checkpoints (connection_id, sequence, made_at, kid, tried_at)
          values ($1, $2, $3, $4, $3)
          on conflict (connection_id) do update
            set sequence = excluded.sequence, made_at = excluded.made_at, kid = excluded.kid,
                tried_at = excluded.tried_at, failure = null`,
        values: [connectionId, head.sequence, at, kid],
      });
    },
    async recordFailure(connectionId, at, failure) {
      await db.query({
        text: `
          insert into mimecast.checkpoints (connection_id, tried_at, failure) values ($1, $2, $3)
          on conflict (connection_id) do update set tried_at = excluded.tried_at, failure = excluded.failure`,
        values: [connectionId, at, failure],
      });
    },
  };
}

interface StandingRecord {
  readonly account_code: string | null;
  readonly sequence: string;
  readonly hash: string;
  readonly events: string;
  readonly observations: string;
  readonly at: Date;
}

/** One statement, so that all numbers are from one moment. */
async function standing(db: Database, connectionId: string): Promise<LogPosition | undefined> {
  const [record] = await db.query<StandingRecord>({
    text: `
      select c.account_code, h.sequence, encode(h.hash, 'hex') as hash, clock_timestamp() as at,
             (select coalesce(sum(p.new_events), 0) from mimecast.pages p join mimecast.windows w using (window_id)
               where w.connection_id = $1 and w.stream = 'audit-events') as events,
             (select count(*) from mimecast.observations o where o.connection_id = $1) as observations
        from mimecast.connections c join mimecast.log_heads h using (connection_id)
       where c.connection_id = $1`,
    values: [connectionId],
  });
  if (!record) return undefined;
  const sequence = Number(record.sequence);
  return notNull({
    connectionId,
    accountCode: record.account_code,
    head: { sequence, hash: record.hash },
    records: { entries: sequence, events: Number(record.events), observations: Number(record.observations) },
    at: record.at,
  });
}

interface StateRecord {
  readonly connection_id: string;
  readonly sequence: string | null;
  readonly made_at: Date | null;
  readonly age_ms: number | null;
  readonly kid: string | null;
  readonly tried_at: Date;
  readonly failure: string | null;
}

/** Returns the state of connections that ever had an attempt. `infinity`, and years outside the range of Date, become the nearest date. */
export async function checkpointStates(db: Database, connectionIds: readonly string[]): Promise<CheckpointState[]> {
  const records = await db.query<StateRecord>({
    text: `
      select connection_id, sequence, made.at as made_at, kid, tried_at, failure,
             (extract(epoch from clock_timestamp() - made.at) * 1000)::float8 as age_ms
        from mimecast.checkpoints
             left join lateral (select greatest('1000-01-01Z', least('9999-12-31Z', made_at)) as at) made
               on made_at is not null
       where connection_id = any($1) order by connection_id`,
    values: [connectionIds],
  });
  return records.map((record) => {
    const { connection_id: connectionId, tried_at: triedAt, failure } = record;
    const made = newestOf(record);
    return { connectionId, ...(made && { made }), triedAt, ...(failure !== null && { failure }) };
  });
}

function newestOf({ made_at: at, age_ms: ageMs, sequence, kid }: StateRecord): CheckpointState['made'] {
  if (at === null || ageMs === null || sequence === null || kid === null) return undefined;
  return { at, ageMs, sequence: Number(sequence), kid };
}
