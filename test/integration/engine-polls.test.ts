import { afterAll, beforeAll, expect, test } from 'vitest';
import { startEngine, type Engine } from '../engine.js';

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine();
});
afterAll(() => engine.stop());

test('connect, poll: what the vendor has is what is held, once', async () => {
  const { connections, database, simulator } = engine;
  const tenant = engine.addTenant({ events: 3000 });
  const id = engine.newId();
  const report = await connections.connect(id, { baseUrl: simulator.url, credentials: tenant.keys });
  expect(report).toMatchObject({ ok: true, authentication: 'accepted', account: { code: tenant.accountCode } });

  const polls = await connections.poll(id);
  expect(polls.map(({ stream, outcome }) => [stream, outcome])).toEqual([
    ['audit-events', 'collected'],
    ['policies', 'collected'],
    ['archive-settings', 'collected'],
    ['account', 'collected'],
  ]);
  const [held] = await database.query<{ count: number }>('select count(*)::integer from mimecast.audit_events');
  expect(polls[0]?.newEvents).toBe(held?.count);
});
