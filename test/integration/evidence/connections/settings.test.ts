import { describe, expect } from 'vitest';
import type { ConnectionSettings, Stream } from '../../../../model/connection.js';
import { EvidenceNotFoundError, EvidenceStateError } from '../../../../evidence/database/errors.js';
import { connect, HOUR_MS, logOf, NOON, SETTINGS } from '../../../support/evidence.js';
import type { TestDatabase } from '../../../support/database.js';
import { test as base } from '../../../support/test.js';
import type { Connections } from '../../../../evidence/connections/connections.js';

const test = base.extend('connections', ({ store }) => store.connections);
test.beforeEach(({ store }) => connect(store, 'acme'));

const NOTE = 'Mimecast refused the keys (v1).';
const newEntries = async (database: TestDatabase): Promise<unknown[]> => (await logOf(database)).slice(2);
const LEAVING = ['disconnecting', 'disconnected'] as const;
const leave = async (connections: Connections, state: (typeof LEAVING)[number]): Promise<void> => {
  await connections.beginDisconnect('acme');
  if (state === 'disconnected') await connections.finishDisconnect('acme');
};

describe('settings', () => {
  const policiesOnly = { policies: { enabled: true, everyMs: HOUR_MS } };

  test.for<{ what: string; settings: ConnectionSettings; changed: Record<string, unknown> }>([
    {
      what: 'a value',
      settings: { ...SETTINGS, baseUrl: 'https://de-api.mimecast.com' },
      changed: { baseUrl: { from: SETTINGS.baseUrl, to: 'https://de-api.mimecast.com' } },
    },
    {
      what: 'a value that was not there',
      settings: { ...SETTINGS, thresholds: { retentionDays: 365 } },
      changed: { thresholds: { from: null, to: { retentionDays: 365 } } },
    },
    {
      what: 'two of them, one nested',
      settings: { ...SETTINGS, streams: policiesOnly, apiVersion: '2.0' },
      changed: {
        apiVersion: { from: '1.0', to: '2.0' },
        streams: { from: SETTINGS.streams, to: policiesOnly },
      },
    },
  ])(
    'that change in $what are kept, and the log says what they were',
    async ({ settings, changed }, { database, connections }) => {
      const row = await connections.updateSettings('acme', settings);
      expect(row).toMatchObject({ state: 'connected', generation: 1 });
      expect(row.settings).toEqual(settings);
      expect(await newEntries(database)).toEqual([{ kind: 'settings-changed', data: { changed } }]);

      expect(await connections.updateSettings('acme', settings)).toEqual(row);
      expect(await newEntries(database)).toHaveLength(1);
    },
  );

  test('that are removed are in the log too', async ({ database, connections }) => {
    await connections.updateSettings('acme', { ...SETTINGS, expectedAccount: 'CUK1A1' });
    await connections.updateSettings('acme', SETTINGS);
    const changed = { expectedAccount: { from: 'CUK1A1', to: null } };
    expect((await newEntries(database)).at(-1)).toEqual({ kind: 'settings-changed', data: { changed } });
  });

  test('that only stand in another order are the same', async ({ database, connections }) => {
    const { policies, ...others } = SETTINGS.streams;
    const { baseUrl, ...rest } = SETTINGS;
    const before = await database.dump();
    await connections.updateSettings('acme', { ...rest, streams: { policies, ...others }, baseUrl });
    expect(await database.dump()).toEqual(before);
  });

  test('that add a stream while the keys are refused do not let it poll with them', async ({ connections }) => {
    await connections.refuse('acme', 1, NOTE);
    const account = { enabled: true, everyMs: 24 * HOUR_MS };
    const settings = { ...SETTINGS, streams: { ...SETTINGS.streams, account } };
    const { pauses } = await connections.updateSettings('acme', settings);

    expect(Object.keys(pauses)).toEqual(['audit-events', 'policies', 'account']);
    expect(pauses.account).toEqual(pauses.policies);
    const accepted = await connections.promote('acme', 1, { acceptedAt: NOON });
    expect(accepted).toMatchObject({ state: 'connected', pauses: {} });
  });

  test('that add a stream beside one that the operator paused let it poll', async ({ connections }) => {
    await connections.pause('acme', ['policies'], 'audit week');
    const account = { enabled: true, everyMs: 24 * HOUR_MS };
    const settings = { ...SETTINGS, streams: { ...SETTINGS.streams, account } };
    const { pauses } = await connections.updateSettings('acme', settings);
    expect(Object.keys(pauses)).toEqual(['policies']);
  });

  test.for(LEAVING)('of a connection that is %s stay', async (state, { connections }) => {
    await leave(connections, state);
    const updated = connections.updateSettings('acme', { ...SETTINGS, apiVersion: '2.0' });
    await expect(updated).rejects.toThrow(EvidenceStateError);
    expect((await connections.read('acme'))?.settings).toEqual(SETTINGS);
  });
});

describe("the operator's pause", () => {
  test('stops the streams that it names, with a note and since when', async ({ database, connections }) => {
    const [before] = await database.query<{ now: Date }>('select now()');
    const { pauses, state } = await connections.pause('acme', ['policies'], 'audit week');

    expect(state).toBe('connected');
    expect(pauses).toMatchObject({ policies: [{ by: 'operator', note: 'audit week' }] });
    expect(Object.keys(pauses)).toEqual(['policies']);
    const since = pauses.policies?.[0]?.since ?? '';
    expect(since).toBe(new Date(since).toISOString());
    expect(Date.parse(since)).toBeGreaterThanOrEqual(before?.now.getTime() ?? Infinity);
    expect(await newEntries(database)).toEqual([
      { kind: 'paused', data: { streams: ['policies'], note: 'audit week' } },
    ]);
  });

  test('with the same note again changes nothing', async ({ database, connections }) => {
    await connections.pause('acme', ['policies', 'policies'], 'audit week');
    expect(await newEntries(database)).toMatchObject([{ data: { streams: ['policies'] } }]);
    const before = await database.dump();
    await connections.pause('acme', ['policies'], 'audit week');
    await connections.pause('acme', [], 'nothing');
    expect(await database.dump()).toEqual(before);
  });

  test('with another note replaces the one before, and touches only what it changes', async ({
    database,
    connections,
  }) => {
    const first = await connections.pause('acme', ['policies'], 'audit week');
    const second = await connections.pause('acme', ['policies', 'audit-events'], 'audit week');
    expect(second.pauses.policies).toEqual(first.pauses.policies);

    const third = await connections.pause('acme', ['policies'], 'two weeks');
    expect(third.pauses.policies).toMatchObject([{ by: 'operator', note: 'two weeks' }]);
    expect(third.pauses['audit-events']).toEqual(second.pauses['audit-events']);
    expect(await newEntries(database)).toMatchObject([
      { data: { streams: ['policies'], note: 'audit week' } },
      { data: { streams: ['audit-events'], note: 'audit week' } },
      { data: { streams: ['policies'], note: 'two weeks' } },
    ]);
  });

  test('is lifted for the streams that are named, once', async ({ database, connections }) => {
    await connections.pause('acme', ['policies', 'audit-events'], 'audit week');
    const resumed = await connections.resume('acme', ['policies', 'account']);
    expect(Object.keys(resumed.pauses)).toEqual(['audit-events']);
    expect(await connections.resume('acme', ['policies', 'account'])).toEqual(resumed);
    expect((await newEntries(database)).slice(1)).toEqual([{ kind: 'resumed', data: { streams: ['policies'] } }]);
  });

  test('and that of refused keys never lift each other', async ({ connections }) => {
    await connections.pause('acme', ['policies'], 'audit week');
    const refused = await connections.refuse('acme', 1, NOTE);
    expect(refused.pauses.policies?.map(({ by }) => by)).toEqual(['operator', 'refused-keys']);

    const changed = await connections.pause('acme', ['policies'], 'two weeks');
    expect(changed.pauses.policies?.map(({ note }) => note)).toEqual(['two weeks', NOTE]);

    const resumed = await connections.resume('acme', ['policies', 'audit-events']);
    expect(resumed.state).toBe('refused');
    expect(resumed.pauses.policies).toEqual(refused.pauses.policies?.slice(1));
    expect(resumed.pauses['audit-events']).toEqual(refused.pauses['audit-events']);

    await connections.pause('acme', ['audit-events'], 'later');
    const accepted = await connections.promote('acme', 1, { acceptedAt: NOON });
    expect(Object.keys(accepted.pauses)).toEqual(['audit-events']);
    expect(accepted.pauses['audit-events']).toMatchObject([{ by: 'operator', note: 'later' }]);
  });

  const changes: readonly [string, (connections: Connections, streams: Stream[], id: string) => Promise<unknown>][] = [
    ['set', (connections, streams, connectionId) => connections.pause(connectionId, streams, 'audit week')],
    ['lifted', (connections, streams, connectionId) => connections.resume(connectionId, streams)],
  ];
  test.for(changes)('cannot be %s for a connection that goes, or is not there', async ([, change], { connections }) => {
    await expect(change(connections, ['policies'], 'nobody')).rejects.toThrow(EvidenceNotFoundError);
    await connections.beginDisconnect('acme');
    await expect(change(connections, ['policies'], 'acme')).rejects.toThrow(EvidenceStateError);
    await connections.finishDisconnect('acme');
    await expect(change(connections, ['policies'], 'acme')).rejects.toThrow('"acme" is disconnected');
  });
});
