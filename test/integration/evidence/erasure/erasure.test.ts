import { createHmac } from 'node:crypto';
import { describe, expect } from 'vitest';
import {
  auditEvent,
  auditEvents,
  connect,
  granted,
  HOUR_MS,
  logOf,
  NOON,
  openWindow,
  page,
  PROVENANCE,
  SETTINGS,
  takenWindow,
} from '../../../support/evidence.js';
import type { TestDatabase } from '../../../support/database.js';
import { click, counted } from '../../../support/protection-logs.js';
import { test } from '../../../support/test.js';
import type { NewObservation } from '../../../../evidence/observations/observations.js';

test.beforeEach(({ store }) => connect(store, 'acme'));

const JANE = 'Jane.Doe@example.com';
const DAY_MS = 86_400_000;
const secondsAfterNoon = (seconds: number): Date => new Date(NOON.getTime() + seconds * 1000);

function policies(changes: Partial<NewObservation> = {}): NewObservation {
  return {
    connectionId: 'acme',
    generation: 1,
    stream: 'policies',
    endpoint: 'blocked-senders',
    outcome: 'collected',
    items: 1,
    body: [{ option: 'block_sender', id: 'p1', policy: { from: { emailAddress: JANE } } }],
    provenance: { ...PROVENANCE, path: '/api/policy/blockedsenders/get-policy' },
    runId: 'run-1',
    ...changes,
  };
}

const at = (receivedAt: string): Pick<NewObservation, 'provenance'> => ({ provenance: { ...PROVENANCE, receivedAt } });

const held = (database: TestDatabase): Promise<{ event_time: Date; body: string | null; user_name: string }[]> =>
  database.query('select event_time, body, user_name from mimecast.audit_events order by event_time, id_hash');

describe('an erasure by age', () => {
  test('takes the bodies of what is older, in batches with an entry each, and the rest still holds', async ({
    database,
    store,
  }) => {
    const window = await takenWindow(store);
    await store.events.storePage(page(window, 0, auditEvents(0, 1500), 'token-1'));
    await store.events.storePage(page(window, 1, auditEvents(1500, 1500)));

    const report = await store.erasure.erase('acme', {
      rule: { before: secondsAfterNoon(2200) },
      reason: 'retention policy 12',
      actor: 'ops@desk',
    });
    expect(report).toEqual({
      connectionId: 'acme',
      events: 2200,
      observations: 0,
      rows: 0,
      verdicts: 0,
      entries: { first: 5, last: 7 },
    });
    const rows = await held(database);
    expect(rows.map(({ body }) => body === null)).toEqual(
      rows.map(({ event_time: time }) => time < secondsAfterNoon(2200)),
    );
    expect(rows.every(({ body, user_name: user }) => (body === null) === (user === ''))).toBe(true);

    const entries = (await logOf(database)).filter(({ kind }) => kind === 'erased');
    expect(entries.map(({ data }) => data['count'])).toEqual([1000, 1000, 200]);
    expect(entries[0]?.data).toMatchObject({
      rule: 'before',
      before: secondsAfterNoon(2200).toISOString(),
      what: 'events',
      reason: 'retention policy 12',
      actor: 'ops@desk',
    });
    expect(await store.proof.verify('acme')).toEqual({
      connectionId: 'acme',
      ok: true,
      records: 7,
      erased: { events: 2200, observations: 0, rows: 0, verdicts: 0 },
    });
  });

  test('again erases nothing more, and an interrupted one is completed', async ({ store }) => {
    await store.events.storePage(page(await takenWindow(store), 0, auditEvents(0, 1500)));
    const request = { rule: { before: secondsAfterNoon(2000) }, reason: 'old' };
    const interrupted = await store.erasure.erase('acme', request, AbortSignal.abort());
    expect(interrupted).toMatchObject({ events: 1000, entries: { first: 4, last: 4 } });
    expect(await store.proof.verify('acme')).toMatchObject({ ok: true, erased: { events: 1000 } });

    expect(await store.erasure.erase('acme', request)).toMatchObject({ events: 500, entries: { first: 5, last: 5 } });
    expect(await store.erasure.erase('acme', request)).toMatchObject({ events: 0, entries: null });
  });

  test('lasts when a poll reads the same range again', async ({ database, store }) => {
    const events = auditEvents(0, 5);
    await store.events.storePage(page(await takenWindow(store), 0, events));
    await store.erasure.erase('acme', { rule: { before: secondsAfterNoon(3) }, reason: 'old' });

    const again = await takenWindow(store);
    const stored = granted(await store.events.storePage(page(again, 0, [...events, auditEvent(9)])));
    expect(stored.newEvents).toBe(1);
    expect((await held(database)).filter(({ body }) => body === null)).toHaveLength(3);
    expect(await store.proof.verify('acme')).toMatchObject({ ok: true });
  });

  test('keeps the body of an observation that a later one still shows, and previews what it would take', async ({
    database,
    store,
  }) => {
    const old = at('2026-01-01T00:00:00.000Z');
    await store.observations.record(policies({ ...old, body: ['was so once'] }));
    await store.observations.record(policies({ ...old, body: ['is still so'] }));
    await store.observations.record(policies({ body: ['is still so'] }));
    const rule = { before: new Date('2026-02-01') };

    expect(await store.erasure.preview('acme', { rule })).toEqual({ events: 0, observations: 1, rows: 0, verdicts: 0 });
    expect(await store.erasure.erase('acme', { rule, reason: 'old' })).toMatchObject({ observations: 1 });
    expect(await database.query('select body from mimecast.bodies')).toEqual([{ body: '["is still so"]' }]);
    expect(await store.proof.verify('acme')).toMatchObject({
      ok: true,
      erased: { events: 0, observations: 1, rows: 0, verdicts: 0 },
    });
  });
});

describe('an erasure by subject', () => {
  test.beforeEach(async ({ store }) => {
    const mentioned = [
      auditEvent(1, { user: JANE }),
      auditEvent(2, { raw: { id: 'x', eventInfo: `Members:\n${JANE.toLowerCase()}` } }),
      auditEvent(3, { raw: { id: 'y', eventInfo: `Mary-${JANE} and others` } }),
    ];
    await store.events.storePage(page(await takenWindow(store), 0, [...mentioned, ...auditEvents(10, 5)]));
    await store.observations.record(policies());
    await store.observations.record(policies());
    await store.observations.record(policies({ body: [{ id: 'p2' }] }));
  });

  test('takes what mentions the person, leaves the name nowhere, and the receipt shows whose request it was', async ({
    database,
    store,
  }) => {
    const report = await store.erasure.erase('acme', { rule: { subject: ` ${JANE} ` }, reason: 'request 4711' });
    expect(report).toMatchObject({ events: 2, observations: 2, entries: { first: 7, last: 8 } });
    const everything = JSON.stringify(await database.dump()).replaceAll(`Mary-${JANE}`, '');
    expect(everything).not.toMatch(/jane/i);

    const [events, observations] = (await logOf(database)).filter(({ kind }) => kind === 'erased');
    const key = Buffer.from(report.receipt ?? '', 'hex');
    const hmac = createHmac('sha256', key).update(JANE.toLowerCase()).digest('hex');
    expect([events?.data['subject'], observations?.data['subject']]).toEqual([hmac, hmac]);
    expect(everything).not.toContain(report.receipt);
    expect(await store.proof.verify('acme')).toMatchObject({
      ok: true,
      erased: { events: 2, observations: 2, rows: 0, verdicts: 0 },
    });
  });

  test('leaves an observation that cannot be read any more, until the vendor gives the same again', async ({
    store,
  }) => {
    await store.erasure.erase('acme', { rule: { subject: JANE }, what: ['observations'], reason: 'request 4711' });
    const exported = async (): Promise<unknown[]> => {
      const records: unknown[] = [];
      for await (const record of store.export('acme', { what: ['observations'] })) records.push(record);
      return records;
    };
    const [erased] = await exported();
    expect(erased).toMatchObject({ erasedBy: 7, sha256: expect.any(String) as string });
    expect(erased).not.toHaveProperty('body');
    expect(erased).not.toHaveProperty('contentSha256');

    const again = granted(await store.observations.record(policies()));
    expect(again).not.toHaveProperty('erasedBy');
    const [before, , , after] = await exported();
    expect(before).not.toHaveProperty('body');
    expect(after).toMatchObject({ sha256: again.digest, body: expect.stringContaining('Jane') as string });
    expect(await store.proof.verify('acme')).toMatchObject({ ok: true });
  });

  test('works for a connection that is disconnected', async ({ store }) => {
    await store.connections.beginDisconnect('acme');
    await store.connections.finishDisconnect('acme');
    expect(await store.erasure.erase('acme', { rule: { subject: JANE }, reason: 'r' })).toMatchObject({ events: 2 });
    expect(await store.proof.verify('acme')).toMatchObject({ ok: true });
    await expect(store.erasure.erase('nobody', { rule: { subject: JANE }, reason: 'r' })).rejects.toThrow(
      'no connection',
    );
  });
});

test('erasing and polling at the same time lose nothing and wait for nobody in a circle', async ({
  database,
  store,
}) => {
  const first = await takenWindow(store);
  await store.events.storePage(page(first, 0, auditEvents(0, 3000)));
  const window = granted(await store.ledger.take((await openWindow(store)).windowId, 1, 'run-2'));
  const polling = (async () => {
    for (let index = 0; index < 10; index += 1) {
      const events = [...auditEvents(index * 300, 300), ...auditEvents(10_000 + index * 100, 100)];
      granted(await store.events.storePage(page(window, index, events, index < 9 ? `token-${index}` : undefined)));
    }
  })();
  const rule = { before: secondsAfterNoon(3000) };
  const erasures = [1, 2].map((number) => store.erasure.erase('acme', { rule, reason: `desk ${number}` }));
  const [one, two] = await Promise.all([...erasures, polling.then(() => undefined)]);

  expect((one?.events ?? 0) + (two?.events ?? 0)).toBe(3000);
  expect(await store.proof.verify('acme')).toMatchObject({ ok: true, erased: { events: 3000 } });
  expect(await held(database)).toHaveLength(4000);
});

test('retention erases what the settings say is kept long enough, and 400 days where they say nothing', async ({
  database,
  store,
}) => {
  await store.events.storePage(page(await takenWindow(store), 0, auditEvents(0, 10)));
  await store.observations.record(policies());
  const afterDays = (days: number): Date => new Date(secondsAfterNoon(5).getTime() + days * DAY_MS);
  expect(await store.erasure.applyRetention('acme', afterDays(399))).toEqual({
    events: 0,
    observations: 0,
    rows: 0,
    verdicts: 0,
  });
  expect(await store.erasure.applyRetention('acme', afterDays(400))).toEqual({
    events: 5,
    observations: 0,
    rows: 0,
    verdicts: 0,
  });

  await store.connections.updateSettings('acme', { ...SETTINGS, retention: { eventBodiesDays: 30 } });
  expect(await store.erasure.applyRetention('acme', new Date(afterDays(30).getTime() + 2000))).toMatchObject({
    events: 2,
  });
  const entries = (await logOf(database)).filter(({ kind }) => kind === 'erased');
  expect(entries.map(({ data }) => [data['rule'], data['reason']])).toEqual([
    ['retention', 'event bodies are kept for 400 days'],
    ['retention', 'event bodies are kept for 30 days'],
  ]);
  expect(await store.proof.verify('acme')).toMatchObject({
    ok: true,
    erased: { events: 7, observations: 0, rows: 0, verdicts: 0 },
  });
});

test('rows of a protection log that are kept are erased by person and by age; what they were counted into stays', async ({
  database,
  store,
}) => {
  const hour = { start: NOON, end: new Date(NOON.getTime() + HOUR_MS) };
  const window = await takenWindow(store, { stream: 'threat-statistics/url', ...hour });
  const rows = [click(NOON), click(secondsAfterNoon(1), { userEmailAddress: 'other@tenant.example' })].map((row) =>
    counted('url', row),
  );
  const kept = { protection: 'url', rows, keepRows: true, provenance: PROVENANCE } as const;
  granted(await store.statistics.storePage({ window, pagesBefore: 0, ...kept }));

  const rule = { subject: 'other@tenant.example' };
  expect(await store.erasure.preview('acme', { rule })).toMatchObject({ rows: 1 });
  expect(await store.erasure.erase('acme', { rule, reason: 'request 1' })).toMatchObject({ rows: 1, events: 0 });
  expect(await store.proof.verify('acme')).toMatchObject({ ok: true, erased: { rows: 1 } });
  expect(await store.statistics.daily('acme', { from: NOON, to: NOON })).toMatchObject([{ rows: 2 }]);
  expect(JSON.stringify(await database.dump())).not.toContain('other@tenant.example');

  const later = new Date(NOON.getTime() + 401 * DAY_MS);
  expect(await store.erasure.applyRetention('acme', later)).toMatchObject({ rows: 1 });
  expect(await store.proof.verify('acme')).toMatchObject({ ok: true, erased: { rows: 2 } });
  await database.query('update mimecast.protection_rows set erased_by = 1');
  expect(await store.proof.verify('acme')).toMatchObject({ ok: false, firstBroken: { kind: 'statistics-page' } });
});
