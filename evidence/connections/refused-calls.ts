import type { Database, Queryable } from '../database/database.js';

/**
 * Calls whose keys Mimecast refused, of each connection. Some tenants lock an account after a few of them, so they are
 * counted in the database: over all workers, and over their restarts.
 */
export interface RefusedCalls {
  /**
   * Requests a permit for a call whose keys may be refused. A granted call counts as refused until it is settled.
   *
   * @param limit the most refused calls within the period, this one included
   */
  take(connectionId: string, limit: number): Promise<CallPermit>;
  /** Counts a call that was made without asking, because its keys had just been accepted. */
  record(connectionId: string): Promise<void>;
  /** Records how a granted call ended. */
  settle(callId: string, refused: boolean): Promise<void>;
  /** Returns how long no further call may be made: 0 when one may be made now. Milliseconds. */
  waitMs(connectionId: string, limit: number): Promise<number>;
}

/** `waitMs` is 0 while other calls under way may still be refused: ask again shortly. */
export type CallPermit =
  { readonly granted: true; readonly callId: string } | { readonly granted: false; readonly waitMs: number };

/** The period within which refused calls count. */
const PERIOD = `interval '10 minutes'`;

/** A call that is not settled after this time was made by a worker that died: calls have a limit of 30 s. */
const UNDER_WAY = `interval '1 minute'`;

export const createRefusedCalls = (db: Database): RefusedCalls => ({
  take: (connectionId, limit) => db.transaction((client) => take(client, connectionId, limit)),
  record: async (connectionId) => {
    await db.query({
      text: 'insert into mimecast.refused_calls (connection_id, refused) values ($1, true)',
      values: [connectionId],
    });
  },
  settle: (callId, refused) => settle(db, callId, refused),
  waitMs: (connectionId, limit) => waitMs(db, connectionId, limit),
});

/** Takers of one connection wait for each other, so that each counts the calls of those before it. */
async function take(client: Queryable, connectionId: string, limit: number): Promise<CallPermit> {
  await client.query({
    text: 'select pg_advisory_xact_lock(hashtextextended($1, 0))',
    values: [`mimecast.refused_calls ${connectionId}`],
  });
  await client.query({
    text: `
      delete from mimecast.refused_calls
       where connection_id = $1
         and (at <= clock_timestamp() - ${PERIOD} or (not refused and at <= clock_timestamp() - ${UNDER_WAY}))`,
    values: [connectionId],
  });
  const [call] = await client.query<{ call_id: string }>({
    text: `
      insert into mimecast.refused_calls (connection_id)
      select $1 where (select count(*) from mimecast.refused_calls where connection_id = $1) < $2
      returning call_id::text`,
    values: [connectionId, limit],
  });
  if (call) return { granted: true, callId: call.call_id };
  return { granted: false, waitMs: await waitMs(client, connectionId, limit) };
}

async function settle(client: Queryable, callId: string, refused: boolean): Promise<void> {
  await client.query({
    text: refused
      ? 'update mimecast.refused_calls set refused = true, at = clock_timestamp() where call_id = $1'
      : 'delete from mimecast.refused_calls where call_id = $1',
    values: [callId],
  });
}

/** The call that has to leave the period before another may be made is the one at place `limit`, counted from the newest. */
async function waitMs(client: Queryable, connectionId: string, limit: number): Promise<number> {
  const [oldest] = await client.query<{ wait_ms: number }>({
    text: `
      select ceil(extract(epoch from at + ${PERIOD} - clock_timestamp()) * 1000)::float8 as wait_ms
        from mimecast.refused_calls
       where connection_id = $1 and refused and at > clock_timestamp() - ${PERIOD}
       order by at desc offset $2 - 1 limit 1`,
    values: [connectionId, limit],
  });
  return Math.max(0, oldest?.wait_ms ?? 0);
}
