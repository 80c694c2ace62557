import { describe, expect } from 'vitest';
import { EvidenceAccountError } from '../../../../evidence/database/errors.js';
import { logOf, NOON, SETTINGS } from '../../../support/evidence.js';
import {
  connected,
  keys,
  kindsSince,
  LATER,
  proof,
  refusal,
  savedOnly,
  states,
  test,
} from '../../../support/key-versions.js';
import type { Connections } from '../../../../evidence/connections/connections.js';

describe('keys that are accepted', () => {
  test.for([
    {
      what: 'while others are active',
      arrange: connected,
      promoted: 2,
      became: ['retired', 'active'],
      replaced: 1,
    },
    {
      what: 'while those in use are refused',
      arrange: async (connections: Connections) => {
        await connected(connections);
        await connections.refuse('acme', 1, 'keys v1: rejected.');
      },
      promoted: 2,
      became: ['retired', 'active'],
      replaced: 1,
    },
    {
      what: 'after the first were refused',
      arrange: async (connections: Connections) => {
        await savedOnly(connections);
        await connections.refuse('acme', 1, 'keys v1: rejected.');
      },
      promoted: 2,
      became: ['rejected', 'active'],
      replaced: null,
    },
  ])(
    '$what are in use from that moment on',
    async ({ arrange, promoted, became, replaced }, { database, connections }) => {
      await arrange(connections);
      await connections.pause('acme', ['policies'], 'audit week');
      await connections.stage('acme', keys(2));
      const row = await connections.promote('acme', promoted, proof);

      expect(row).toMatchObject({ state: 'connected', activeVersion: promoted, accountCode: 'CUK1A1' });
      expect(row.pauses).toMatchObject({ policies: [{ by: 'operator', note: 'audit week' }] });
      expect(Object.values(row.pauses).flat()).toHaveLength(1);
      expect(await states(database)).toEqual(became);
      expect(await database.query('select version from mimecast.credentials where sealed is not null')).toEqual([
        { version: promoted },
      ]);
      const data = { version: promoted, account: 'CUK1A1', replaced };
      expect((await logOf(database)).at(-1)).toEqual({ kind: 'credentials-accepted', data });

      const before = await database.dump();
      expect(await connections.promote('acme', promoted, proof)).toEqual(row);
      expect(await database.dump()).toEqual(before);
    },
  );

  test('again after they were refused are taken back, beside new ones that wait', async ({ database, connections }) => {
    await connected(connections);
    await connections.pause('acme', ['policies'], 'audit week');
    await connections.refuse('acme', 1, 'keys v1: rejected.');
    await connections.stage('acme', keys(2));
    const row = await connections.promote('acme', 1, { ...proof, acceptedAt: LATER });

    expect(row).toMatchObject({ state: 'connected', activeVersion: 1 });
    expect(row.pauses).toMatchObject({ policies: [{ by: 'operator' }] });
    expect(await states(database)).toEqual(['active', 'pending']);
    expect(await connections.activeCredentials('acme')).toMatchObject({ sealed: 'sealed-1', acceptedAt: NOON });
    const data = { version: 1, account: 'CUK1A1', replaced: null };
    expect((await logOf(database)).at(-1)).toEqual({ kind: 'credentials-accepted', data });
  });

  test('keep the account that was pinned, and pin it as soon as they can read it', async ({
    database,
    connections,
  }) => {
    await savedOnly(connections);
    await connections.promote('acme', 1, { acceptedAt: NOON });
    expect((await connections.read('acme'))?.accountCode).toBeUndefined();
    expect(await connections.promote('acme', 1, proof)).toMatchObject({ accountCode: 'CUK1A1' });
    const accounts = (await logOf(database)).slice(1).map(({ data }) => data['account']);
    expect(accounts).toEqual(['unconfirmed', 'CUK1A1']);

    await connections.stage('acme', keys(2));
    const before = await database.dump();
    const foreign = connections.promote('acme', 2, { accountCode: 'CUSA35A403', acceptedAt: NOON });
    await expect(foreign).rejects.toThrow(EvidenceAccountError);
    expect(await database.dump()).toEqual(before);
    expect(await connections.promote('acme', 2, { acceptedAt: NOON })).toMatchObject({ accountCode: 'CUK1A1' });
  });
});

describe('keys that are refused', () => {
  test('while others are in use change nothing', async ({ database, connections }) => {
    await connected(connections);
    await connections.stage('acme', keys(2));
    const before = await database.dump();
    expect(await connections.refuse('acme', 2, 'keys v2: rejected.')).toMatchObject({ state: 'connected', pauses: {} });
    expect(await database.dump()).toEqual(before);
  });

  test('although they are the only ones pause every stream, by whatever version replaced the first', async ({
    database,
    connections,
  }) => {
    await savedOnly(connections);
    await connections.refuse('acme', 1, 'keys v1: rejected.');
    expect(await kindsSince(database, 1)).toEqual(['credentials-refused']);

    await connections.stage('acme', keys(2));
    const row = await connections.refuse('acme', 2, 'keys v2: rejected.');
    expect(row.pauses).toMatchObject({
      'audit-events': [{ by: 'refused-keys', note: 'keys v2: rejected.' }],
      policies: [{ by: 'refused-keys', note: 'keys v2: rejected.' }],
    });
    expect(await connections.credentials('acme', 2)).toMatchObject({ state: 'pending', sealed: 'sealed-2' });
  });

  test('after they were given up change nothing', async ({ database, connections }) => {
    await savedOnly(connections);
    await connections.reject('acme', 1, refusal);
    const before = await database.dump();
    await connections.refuse('acme', 1, 'keys v1: rejected.');
    expect(await database.dump()).toEqual(before);
  });
});

describe('every change', () => {
  const at = LATER.toISOString();
  const changes: readonly (readonly [string, (connections: Connections) => Promise<unknown>])[] = [
    ['stage', (change) => change.stage('acme', keys(3))],
    ['promote', (change) => change.promote('acme', 2, proof)],
    ['refuse', (change) => change.refuse('acme', 1, 'keys v1: rejected.')],
    ['reject', (change) => change.reject('acme', 2, refusal)],
    ['recordRotation', (change) => change.recordRotation('acme', { at, accepted: false })],
    ['updateSettings', (change) => change.updateSettings('acme', { ...SETTINGS, thresholds: { keysDueDays: 30 } })],
    ['pause', (change) => change.pause('acme', ['policies'], 'audit week')],
    ['resume', (change) => change.resume('acme', ['audit-events'])],
    ['beginDisconnect', (change) => change.beginDisconnect('acme')],
  ];

  test.beforeEach(async ({ connections }) => {
    await connected(connections);
    await connections.pause('acme', ['audit-events'], 'migration');
    await connections.stage('acme', keys(2));
  });

  test.for(changes)(
    '%s adds one entry, keeps the log whole and gives no key away',
    async ([, change], { database, store, connections }) => {
      const { length } = await logOf(database);
      await change(connections);
      expect(await kindsSince(database, length)).toHaveLength(1);
      expect(await store.proof.verify('acme')).toMatchObject({ ok: true, records: length + 1 });
      expect(await database.query(`select from mimecast.log where record ~ 'sealed-|fingerprint-'`)).toEqual([]);
    },
  );

  test.for(changes)('%s does not happen when the log cannot take it', async ([, change], { database, connections }) => {
    await database.query('delete from mimecast.log_heads');
    const before = await database.dump();
    await expect(change(connections)).rejects.toThrow('log');
    expect(await database.dump()).toEqual(before);
  });
});
