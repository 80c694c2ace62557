import { expect } from 'vitest';
import { openDatabase } from '../../../../evidence/database/database.js';
import { append } from '../../../../evidence/log/append.js';
import { connect, page, auditEvents, takenWindow } from '../../../support/evidence.js';
import { test } from '../../../support/test.js';
import type { TestDatabase } from '../../../support/database.js';

const WRITERS = 8;
const ENTRIES_EACH = 150;

test.beforeEach(({ store }) => connect(store, 'acme'));

interface Order {
  readonly entries: number;
  /** Entries whose time is before that of the entry before them. */
  readonly inversions: number;
}

async function orderOf(database: TestDatabase): Promise<Order> {
  const [order] = await database.query<Order>(`
    select count(*)::integer as entries, count(*) filter (where at < before)::integer as inversions
      from (select at, lag(at) over (order by sequence) as before
              from (select sequence, record::json ->> 'at' as at from mimecast.log where connection_id = 'acme') entry) entry`);
  if (!order) throw new Error('The log was not read');
  return order;
}

test('eight writers at once never give an entry a time before that of its predecessor', async ({ database, store }) => {
  const db = openDatabase({ databaseUrl: database.url, maxConnections: WRITERS, onError: () => undefined });
  const write = async (): Promise<void> => {
    for (let count = 0; count < ENTRIES_EACH; count += 1) {
      await db.transaction((client) => append(client, 'acme', 'resumed', { count }));
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, write)).finally(() => db.close());

  const { entries, inversions } = await orderOf(database);
  expect(entries).toBeGreaterThanOrEqual(WRITERS * ENTRIES_EACH);
  expect(inversions).toBe(0);
  expect(await store.proof.verify('acme')).toMatchObject({ ok: true });
});

test('an entry is never dated before the head, also when the clock of Postgres was set back', async ({
  database,
  store,
}) => {
  await database.query(`update mimecast.log_heads set at = clock_timestamp() + interval '1 hour'`);
  await store.connections.pause('acme', ['policies'], 'freeze');
  const window = await takenWindow(store);
  await store.events.storePage(page(window, 0, auditEvents(0, 2)));
  const [head] = await database.query<{ at: Date }>(`select at from mimecast.log_heads`);
  const later = await database.query<{ kind: string; at: string }>(
    `select record::json ->> 'kind' as kind, record::json ->> 'at' as at from mimecast.log order by sequence desc limit 2`,
  );
  expect(later).toEqual([
    { kind: 'page', at: head?.at.toISOString() },
    { kind: 'paused', at: head?.at.toISOString() },
  ]);
});
