import { expect } from 'vitest';
import { openDatabase } from '../../../evidence/database/database.js';
import { EvidenceUnreachableError } from '../../../evidence/database/errors.js';
import { openInspection } from '../../../evidence/inspection.js';
import { connect, granted, HOUR_MS, NOON, openWindow } from '../../support/evidence.js';
import { test as base } from '../../support/test.js';
import type { FinishedPoll } from '../../../evidence/ledger/polls.js';

const test = base.extend('inspection', { scope: 'file' }, ({ database }, { onCleanup }) => {
  const inspection = openInspection(database.url, 5_000);
  onCleanup(() => inspection.close());
  return inspection;
});
test.beforeEach(({ store }) => connect(store, 'acme'));

const poll = (hour: number, outcome: FinishedPoll['outcome'], changes: Partial<FinishedPoll> = {}): FinishedPoll => ({
  connectionId: 'acme',
  stream: 'policies',
  workflowId: 'mimecast/acme/policies',
  runId: `run-${hour}`,
  startedAt: new Date(NOON.getTime() + hour * HOUR_MS - 1000),
  finishedAt: new Date(NOON.getTime() + hour * HOUR_MS),
  outcome,
  ...changes,
});

test('the server says which it is and what time it has', async ({ database, inspection }) => {
  const server = await inspection.server();
  expect(server.versionNumber).toBeGreaterThanOrEqual(140_000);
  expect(server.version.split('.')[0]).toBe(String(Math.floor(server.versionNumber / 10_000)));
  expect(Math.abs(server.at.getTime() - Date.now())).toBeLessThan(60_000);
  expect(server.where).toBe(new URL(database.url).host);
});

test('the namespace is the one that was claimed, if any', async ({ store, inspection }) => {
  expect(await inspection.namespace()).toBeUndefined();
  await store.claimNamespace({ name: 'default' });
  expect(await inspection.namespace()).toBe('default');
});

test('keys are those in use or being proved, of the connections that are named', async ({ store, inspection }) => {
  await connect(store, 'beta');
  await store.connections.stage('acme', { sealed: 'sealed-2', kid: 'ring-2' });
  const keys = await inspection.keys(['acme']);
  expect(
    keys.map(({ connectionId, version, state, sealed, kid }) => [connectionId, version, state, sealed, kid]),
  ).toEqual([
    ['acme', 1, 'active', 'sealed-acme', 'ring-1'],
    ['acme', 2, 'pending', 'sealed-2', 'ring-2'],
  ]);
  expect(keys[0]?.issuedAt).toBeInstanceOf(Date);
});

test('of each stream there are the newest poll, the newest success and the open window', async ({
  store,
  inspection,
}) => {
  for (const ended of [poll(1, 'collected'), poll(2, 'partial'), poll(3, 'failed', { error: 'refused' })]) {
    await store.polls.record(ended);
  }
  await store.polls.record(poll(4, 'collected', { stream: 'audit-events', runId: 'other' }));
  granted(await openWindow(store));

  const streams = await inspection.streams(['acme', 'nobody'], ['policies', 'audit-events'], ['collected']);
  const of = (id: string, stream: string) =>
    streams.find((found) => found.connectionId === id && found.stream === stream);
  expect(streams).toHaveLength(4);
  expect(of('acme', 'policies')).toEqual({
    connectionId: 'acme',
    stream: 'policies',
    newest: { finishedAt: poll(3, 'failed').finishedAt, outcome: 'failed', error: 'refused' },
    succeededAt: poll(1, 'collected').finishedAt,
  });
  expect(of('acme', 'audit-events')).toMatchObject({
    newest: { outcome: 'collected' },
    openWindow: { start: NOON, pages: 0, restarts: 0 },
  });
  expect(of('nobody', 'policies')).toEqual({ connectionId: 'nobody', stream: 'policies' });
});

test('those who only look cannot change anything, nor wait for long', async ({ database }) => {
  const db = openDatabase({
    databaseUrl: database.url,
    maxConnections: 1,
    onError: () => undefined,
    readOnly: true,
    limitMs: 200,
  });
  try {
    const change = db.query({ text: 'delete from mimecast.connections' });
    await expect(change).rejects.toThrow('read-only transaction');
    await expect(db.query({ text: 'select pg_sleep(5)' })).rejects.toBeInstanceOf(EvidenceUnreachableError);
  } finally {
    await db.close();
  }
});
