import { describe, expect } from 'vitest';
import { exportLine, type ExportOptions, type ExportRecord } from '../../../../evidence/export.js';
import {
  auditEvent,
  auditEvents,
  connect,
  granted,
  NOON,
  page,
  PROVENANCE,
  takenWindow,
} from '../../../support/evidence.js';
import { test } from '../../../support/test.js';
import type { NewObservation } from '../../../../evidence/observations/observations.js';
import type { EvidenceStore } from '../../../../evidence/store.js';

test.beforeEach(({ store }) => connect(store, 'acme'));

const policies: NewObservation = {
  connectionId: 'acme',
  generation: 1,
  stream: 'policies',
  endpoint: 'blocked-senders',
  outcome: 'collected',
  items: 1,
  body: [{ option: 'block_sender', id: 'p1' }],
  droppedFields: ['contact'],
  provenance: { ...PROVENANCE, path: '/api/policy/blockedsenders/get-policy' },
  runId: 'run-1',
};

describe('observations', () => {
  test('the same body twice is two observations and one stored body', async ({ database, store }) => {
    const first = granted(await store.observations.record(policies));
    const second = granted(
      await store.observations.record({ ...policies, body: [{ id: 'p1', option: 'block_sender' }] }),
    );
    expect(second.digest).toBe(first.digest);
    expect(second.observationId).not.toBe(first.observationId);
    expect(await database.query('select from mimecast.bodies')).toHaveLength(1);
    expect(await store.observations.latest('acme')).toEqual([second]);
  });

  test('an empty list is a body too, and what could not be read has none', async ({ store }) => {
    const empty = granted(await store.observations.record({ ...policies, outcome: 'empty', items: 0, body: [] }));
    expect(empty.digest).toBe('4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945');

    const unread = { ...policies, items: 0, body: undefined };
    const forbidden = granted(
      await store.observations.record({ ...unread, outcome: 'forbidden', error: 'MimecastPermissionError' }),
    );
    expect(forbidden.digest).toBeUndefined();
    expect(() => store.observations.record({ ...unread, outcome: 'collected' })).toThrow('needs a body');
    expect(() => store.observations.record({ ...policies, outcome: 'failed' })).toThrow('has no body');
  });

  test('of a connection that was disconnected are not stored', async ({ store }) => {
    await store.connections.beginDisconnect('acme');
    expect(await store.observations.record(policies)).toBe('disconnected');
    expect(await store.observations.latest('acme')).toEqual([]);
  });
});

test('the result of a poll is stored once, however often it is recorded', async ({ database, store }) => {
  const poll = {
    connectionId: 'acme',
    stream: 'audit-events',
    workflowId: 'mimecast/acme/audit-events-2026-03-01T12:00:00Z',
    runId: 'run-1',
    startedAt: NOON,
    finishedAt: new Date(NOON.getTime() + 5000),
    outcome: 'collected',
    pages: 3,
    events: 10,
    newEvents: 9,
  } as const;
  await store.polls.record(poll);
  await store.polls.record({ ...poll, outcome: 'failed', error: 'told again' });
  const newest = { ...poll, runId: 'run-2', finishedAt: new Date(NOON.getTime() + 9000) };
  await store.polls.record(newest);

  expect(await store.polls.latest('acme')).toEqual([newest]);
  expect(await database.query(`select from mimecast.log where record::json ->> 'kind' = 'poll'`)).toHaveLength(2);
});

describe('verification', () => {
  // Entries: 1 opened, 2 accepted, 3 and 4 pages, 5 observation.
  test.beforeEach(async ({ store }) => {
    const window = await takenWindow(store);
    await store.events.storePage(page(window, 0, auditEvents(0, 5), 'token-1'));
    await store.events.storePage(page(window, 1, auditEvents(5, 5)));
    await store.observations.record(policies);
  });

  test('passes for unchanged evidence', async ({ store }) => {
    expect(await store.proof.verify('acme')).toEqual({ connectionId: 'acme', ok: true, records: 5 });
    expect(await store.proof.verify('nobody')).toEqual({ connectionId: 'nobody', ok: true, records: 0 });
  });

  test.for([
    {
      what: 'the body of an event',
      sql: `update mimecast.audit_events set body = replace(body, 'Logged On', 'Logged Off') where page = 2`,
      sequence: 4,
      reason: 'an event of this page was changed',
    },
    {
      what: 'the body of an event together with its digest',
      sql: `update mimecast.audit_events set body = '{}', sha256 = sha256('{}') where event_time = '2026-03-01T12:00:07Z'`,
      sequence: 4,
      reason: 'not those that were stored',
    },
    {
      what: 'an event removed',
      sql: `delete from mimecast.audit_events where event_time = '2026-03-01T12:00:02Z'`,
      sequence: 3,
      reason: 'this page brought 5 events, and 4 of them are held',
    },
    {
      what: 'an event added at a time of its own',
      sql: `insert into mimecast.audit_events
            select '2026-02-01Z', window_id, page, restart, connection_id, id_hash, event_type, category, user_name, sha256, body
              from mimecast.audit_events limit 1`,
      sequence: 0,
      reason: '1 events are held that no page',
    },
    {
      what: 'an event moved to another time',
      sql: `update mimecast.audit_events set event_time = '2026-01-01Z' where event_time = '2026-03-01T12:00:02Z'`,
      sequence: 3,
      reason: '4 of them are held',
    },
    {
      what: 'two entries of the log swapped',
      sql: `with swapped as (select 7 - sequence as sequence, hash, record from mimecast.log where sequence in (3, 4))
            update mimecast.log l set hash = s.hash, record = s.record from swapped s where l.sequence = s.sequence`,
      sequence: 3,
      reason: 'does not follow',
    },
    {
      what: "an entry's text",
      sql: `update mimecast.log set record = replace(record, 'CUK1A1', 'CUK1A2') where sequence = 2`,
      sequence: 2,
      reason: 'does not follow',
    },
    {
      what: "an entry's hash",
      sql: `update mimecast.log set hash = sha256('x') where sequence = 1`,
      sequence: 1,
      reason: 'does not follow',
    },
    {
      what: 'an entry removed',
      sql: `delete from mimecast.log where sequence = 3`,
      sequence: 3,
      reason: 'entry 3 is missing: the next entry is 4',
    },
    {
      what: 'the tail of the log cut off',
      sql: `delete from mimecast.log where sequence > 3`,
      sequence: 4,
      reason: 'the head says that there are 5 entries',
    },
    {
      what: 'the body of an observation',
      sql: `update mimecast.bodies set body = '[]'`,
      sequence: 5,
      reason: 'the body of this observation was changed',
    },
  ])('finds $what', async ({ sql, sequence, reason }, { database, store }) => {
    await database.query(sql);

    const verification = await store.proof.verify('acme');
    expect(verification).toMatchObject({ ok: false, firstBroken: { sequence } });
    expect(verification.firstBroken?.reason).toContain(reason);
  });
});

describe('exports', () => {
  const exported = async (store: EvidenceStore, options?: ExportOptions): Promise<ExportRecord[]> => {
    const records: ExportRecord[] = [];
    for await (const record of store.export('acme', options)) records.push(record);
    return records;
  };

  test('give every event once in order of time, over many batches, and then the observations', async ({ store }) => {
    const window = await takenWindow(store);
    // Many events of one second: the batches must not lose those that share a time.
    const crowd = Array.from({ length: 700 }, (_, number) => auditEvent(number, { eventTime: NOON }));
    await store.events.storePage(page(window, 0, crowd, 'token-1'));
    await store.events.storePage(page(window, 1, auditEvents(1000, 600)));
    await store.observations.record(policies);

    const records = await exported(store);
    expect(records).toHaveLength(1301);
    expect(new Set(records.map((record) => record.sha256)).size).toBe(1301);
    expect(records.at(-1)).toMatchObject({
      type: 'observation',
      endpoint: 'blocked-senders',
      droppedFields: ['contact'],
    });
  });

  test('can be narrowed to a range of time and to one kind', async ({ store }) => {
    await store.events.storePage(page(await takenWindow(store), 0, auditEvents(0, 10)));
    await store.observations.record(policies);
    const from = new Date(NOON.getTime() + 2000);
    const to = new Date(NOON.getTime() + 5000);

    expect(await exported(store, { from, to })).toHaveLength(3);
    expect(await exported(store, { what: ['observations'] })).toMatchObject([{ type: 'observation' }]);
  });

  test('write the canonical bytes, even of keys that look like numbers', async ({ store }) => {
    const event = auditEvent(1, { raw: { '9': 'nine', '10': 'ten', id: 'x' } });
    await store.events.storePage(page(await takenWindow(store), 0, [event]));

    const [record] = await exported(store);
    const line = record && exportLine(record);
    expect(line).toMatch(/^\{"type":"event",.*,"body":\{"10":"ten","9":"nine","id":"x"\}\}$/);
    expect(JSON.parse(line ?? '')).toMatchObject({ connectionId: 'acme', page: 1, body: { id: 'x' } });
  });
});
