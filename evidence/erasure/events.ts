import { eraser, type Batch } from './eraser.js';

const BATCH = 1000;

/** The table's own key. */
interface Key {
  readonly eventTime: string;
  readonly idHash: Buffer;
}

interface Candidate extends Key {
  readonly sha256: Buffer;
  readonly erased: boolean;
  readonly body: string | null;
}

interface Locked extends Key {
  readonly sha256: Buffer;
  readonly logSequence: string;
}

/**
 * Erases the bodies of events, and who did them. The row stays: a poll that reads the same range again finds it and does not
 * store the event a second time.
 *
 * Locks in the same order as polls, events by key before the head of the log, so that the two cannot deadlock.
 */
export const eraseEvents = eraser<Candidate, Key & { readonly sha256: Buffer }>({
  what: 'events',
  batchSize: BATCH,

  // Erased events are read too: if they were skipped, each later batch would have to skip more of them.
  async candidates({ client, connectionId, rule }, after) {
    // Without statistics of the table, Postgres sorts all remaining rows for each batch.
    await client.query({ text: 'set local enable_sort = off' });
    return client.query<Candidate>({
      text: `
        select event_time::text as "eventTime", id_hash as "idHash", sha256, erased_by is not null as erased,
               ${rule.mentions ? 'body' : 'null as body'}
          from mimecast.audit_events
         where connection_id = $1 and (event_time, id_hash) > ($2::timestamptz, $3::bytea) and event_time < $4
         order by event_time, id_hash limit ${BATCH}`,
      values: [
        connectionId,
        after?.eventTime ?? '-infinity',
        after?.idHash ?? Buffer.alloc(0),
        rule.before ?? 'infinity',
      ],
    });
  },

  items: (batch, chosen) => (batch.entry ? lockInLogOrder(batch, chosen) : chosen),

  async blank({ client, connectionId }, items, sequence) {
    await client.query({
      text: `
        update mimecast.audit_events e set body = null, user_name = '', erased_by = $4
          from unnest($2::timestamptz[], $3::bytea[]) as k (event_time, id_hash)
         where e.connection_id = $1 and e.event_time = k.event_time and e.id_hash = k.id_hash`,
      values: [connectionId, ...keysOf(items), sequence],
    });
  },
});

/** Locks in the order of the key, which is also that of each page's digest, and leaves out what is erased by now. */
async function lockInLogOrder({ client, connectionId }: Batch, keys: readonly Key[]): Promise<Locked[]> {
  await client.query({ text: 'set local enable_sort = on' });
  const locked = await client.query<Locked>({
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
  return locked.toSorted((a, b) => Number(a.logSequence) - Number(b.logSequence));
}

const keysOf = (keys: readonly Key[]): [string[], Buffer[]] => [
  keys.map(({ eventTime }) => eventTime),
  keys.map(({ idHash }) => idHash),
];
