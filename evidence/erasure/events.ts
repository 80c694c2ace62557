import type { Database, Queryable } from '../database/database.js';
import { appendErasure, type Eraser, type ErasureEntry, type PreparedRule } from './eraser.js';
/** Events looked at in one transaction: bounds the memory, and how long a poll may have to wait for the head of the log. */
const BATCH = 1000;

/** Place in the table's own key. */
interface Key {
  readonly eventTime: string;
  readonly idHash: Buffer;
}

const BEGINNING: Key = { eventTime: '-infinity', idHash: Buffer.alloc(0) };

interface Candidate extends Key {
  readonly erased: boolean;
  readonly body: string | null;
}

interface Locked extends Key {
  readonly sha256: Buffer;
  readonly logSequence: string;
}

/**
 * Erases the bodies of events, and who did them. An event stays as a row: polls that read the same range again find that it is
 * there and do not bring it back.
 *
 * Locks as polls do, events by key before the head of the log, so that nobody waits in a circle.
 */
export function eventsEraser(db: Database): Eraser {
  return {
    batch: (connectionId, rule, after, entry) =>
      db.transaction(async (client) => {
        const candidates = await candidatesAfter(client, connectionId, rule, (after as Key | undefined) ?? BEGINNING);
        const chosen = candidates.filter(({ erased, body }) => !erased && (rule.mentions?.(body ?? '""') ?? true));
        const last = candidates.length < BATCH ? undefined : candidates.at(-1);
        const next = last && { next: { eventTime: last.eventTime, idHash: last.idHash } };
        if (!entry || chosen.length === 0) return { erased: chosen.length, ...next };
        return { ...(await erase(client, connectionId, chosen, entry)), ...next };
      }),
  };
}

/** The next events by key, erased ones too: left out, ever more of them would have to be skipped to fill a batch. */
async function candidatesAfter(
  client: Queryable,
  connectionId: string,
  { before, mentions }: PreparedRule,
  after: Key,
): Promise<Candidate[]> {
  // Left to itself, Postgres sorts all that is left for each batch as long as it has no statistics of the table.
  await client.query({ text: 'set local enable_sort = off' });
  return client.query<Candidate>({
    text: `
      select event_time::text as "eventTime", id_hash as "idHash", erased_by is not null as erased,
             ${mentions ? 'body' : 'null as body'}
        from mimecast.audit_events
       where connection_id = $1 and (event_time, id_hash) > ($2::timestamptz, $3::bytea) and event_time < $4
       order by event_time, id_hash limit ${BATCH}`,
    values: [connectionId, after.eventTime, after.idHash, before ?? 'infinity'],
  });
}

async function erase(
  client: Queryable,
  connectionId: string,
  chosen: readonly Key[],
  entry: ErasureEntry,
): Promise<{ erased: number; sequence?: number }> {
  const locked = await lock(client, connectionId, chosen);
  // Another erasure was here first.
  if (locked.length === 0) return { erased: 0 };

  const inLogOrder = locked.toSorted((a, b) => Number(a.logSequence) - Number(b.logSequence));
  const digests = inLogOrder.map(({ sha256 }) => sha256);
  const sequence = await appendErasure(client, connectionId, 'events', digests, entry);
  await client.query({
    text: `
      update mimecast.audit_events e set body = null, user_name = '', erased_by = $4
        from unnest($2::timestamptz[], $3::bytea[]) as k (event_time, id_hash)
       where e.connection_id = $1 and e.event_time = k.event_time and e.id_hash = k.id_hash`,
    values: [connectionId, ...keysOf(locked), sequence],
  });
  return { erased: locked.length, sequence: Number(sequence) };
}

/** In the order of the key, which is also that of each page's digest. */
async function lock(client: Queryable, connectionId: string, keys: readonly Key[]): Promise<Locked[]> {
  await client.query({ text: 'set local enable_sort = on' });
  return client.query<Locked>({
    text: `
      select e.event_time::text as "eventTime", e.id_hash as "idHash", e.sha256, p.log_sequence as "logSequence"
        from unnest($2::timestamptz[], $3::bytea[]) as k (event_time, id_hash)
        join mimecast.audit_events e
          on e.connection_id = $1 and e.event_time = k.event_time and e.id_hash = k.id_hash and e.erased_by is null
        join mimecast.pages p on p.window_id = e.window_id and p.restart = e.restart and p.page = e.page
       order by e.event_time, e.id_hash
         for update of e`,
    values: [connectionId, ...keysOf(keys)],
  });
}

const keysOf = (keys: readonly Key[]): [string[], Buffer[]] => [
  keys.map(({ eventTime }) => eventTime),
  keys.map(({ idHash }) => idHash),
];
