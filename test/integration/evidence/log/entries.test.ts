import { expect } from 'vitest';
import type { LogEntry } from '../../../../evidence/log/entries.js';
import { CHANGE_KINDS } from '../../../../reports/html/changes.js';
import { connect, NOON, PROVENANCE, SETTINGS } from '../../../support/evidence.js';
import { test } from '../../../support/test.js';
import type { EvidenceStore } from '../../../../evidence/store.js';

test.beforeEach(({ store }) => connect(store, 'acme'));

const BEGINNING = new Date(0);
const END = new Date('9999-01-01');

async function entries(
  store: EvidenceStore,
  range: Partial<Parameters<EvidenceStore['log']['entries']>[1]> = {},
): Promise<LogEntry[]> {
  const read: LogEntry[] = [];
  for await (const entry of store.log.entries('acme', { kinds: CHANGE_KINDS, from: BEGINNING, to: END, ...range })) {
    read.push(entry);
  }
  return read;
}

test('a report reads the entries about keys and settings, in order, and no others', async ({ store }) => {
  await store.connections.updateSettings('acme', { ...SETTINGS, thresholds: { retentionDays: 2555 } });
  await store.connections.pause('acme', ['policies'], 'freeze');
  await store.observations.record({
    connectionId: 'acme',
    generation: 1,
    stream: 'account',
    endpoint: 'account',
    outcome: 'unavailable',
    runId: 'run-1',
  });
  const read = await entries(store);
  expect(read.map(({ kind }) => kind)).toEqual([
    'connection-opened',
    'credentials-accepted',
    'settings-changed',
    'paused',
  ]);
  expect(read.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4]);
  expect(read[2]?.data).toEqual({ changed: { thresholds: { from: null, to: { retentionDays: 2555 } } } });

  const [, , changed] = read;
  const at = new Date(changed?.at ?? NaN);
  const later = new Date(at.getTime() + 1);
  expect(await entries(store, { kinds: ['settings-changed'], from: at, to: later })).toEqual([changed]);
  expect(await entries(store, { kinds: ['settings-changed'], from: later })).toEqual([]);
});

test('more entries than are read at a time are all read, once each', async ({ database, store }) => {
  for (let count = 0; count < 2; count++) await store.connections.pause('acme', ['audit-events'], `note ${count}`);
  await database.query(
    `insert into mimecast.log (connection_id, sequence, hash, record)
     select 'acme', 1000 + n, '\\x00', json_build_object('at', '2026-11-01T00:00:00.000Z', 'kind', 'resumed', 'data', '{}'::json)::text
       from generate_series(1, 1001) n`,
  );
  const read = await entries(store, { kinds: ['resumed'] });
  expect(read.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 1001 }, (_, n) => 1001 + n));
});

test('the link of an entry stays what it was, whatever is appended since', async ({ store }) => {
  await store.connections.pause('acme', ['policies'], 'freeze');
  const head = await store.log.head('acme');
  await store.connections.resume('acme', ['policies']);
  expect(await store.log.link('acme', head?.sequence ?? 0)).toEqual(head);
  expect(await store.log.link('acme', 1_000_000)).toBeUndefined();
});

test('of a body the newest answer before a moment is cited, with where it came from', async ({ store }) => {
  const observe = (receivedAt: string) =>
    store.observations.record({
      connectionId: 'acme',
      generation: 1,
      stream: 'account',
      endpoint: 'account',
      outcome: 'collected',
      items: 1,
      body: [{ accountCode: 'CUK1A1' }],
      provenance: { ...PROVENANCE, receivedAt },
      runId: 'run-2',
    });
  const first = await observe('2026-03-01T12:00:00.000Z');
  await observe('2026-03-02T12:00:00.000Z');
  await observe('2026-03-03T12:00:00.000Z');
  const digest = typeof first === 'string' ? '' : (first.digest ?? '');

  const cited = await store.observations.cited('acme', [digest, 'f'.repeat(64)], new Date('2026-03-03'));
  expect(cited).toEqual([
    {
      endpoint: 'account',
      digest,
      observedAt: new Date('2026-03-02T12:00:00Z'),
      provenance: { ...PROVENANCE, receivedAt: '2026-03-02T12:00:00.000Z' },
    },
  ]);
  expect(await store.observations.cited('acme', [], NOON)).toEqual([]);
  expect(await store.observations.cited('beta', [digest], END)).toEqual([]);
});
