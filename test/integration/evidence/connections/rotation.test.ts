import { describe, expect } from 'vitest';
import type { RotationOutcome } from '../../../../model/connection.js';
import { EvidenceNotFoundError, EvidenceStateError } from '../../../../evidence/database/errors.js';
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

describe('new keys', () => {
  test('wait beside the active ones, which stay in use', async ({ database, connections }) => {
    await connected(connections);
    const staged = await connections.stage('acme', { ...keys(2), kid: 'ring-2', issuedAt: LATER });

    expect(staged).toMatchObject({ version: 2, state: 'pending', sealed: 'sealed-2', kid: 'ring-2', issuedAt: LATER });
    expect(staged.fingerprint).toBe('fingerprint-2');
    expect(await connections.credentials('acme', 2)).toEqual(staged);
    expect(await connections.activeCredentials('acme')).toMatchObject({ version: 1, sealed: 'sealed-1' });
    expect(await connections.read('acme')).toMatchObject({ state: 'connected', activeVersion: 1 });
    expect((await logOf(database)).slice(2)).toEqual([
      {
        kind: 'credentials-staged',
        data: { version: 2, kid: 'ring-2', issuedAt: LATER.toISOString(), replaced: null },
      },
    ]);
  });

  test('count from now when nobody knows when they were issued', async ({ database, connections }) => {
    await connected(connections);
    const [before] = await database.query<{ now: Date }>('select now()');
    const { issuedAt } = await connections.stage('acme', { sealed: 'sealed-2', kid: 'ring-1' });
    const [after] = await database.query<{ now: Date }>('select now()');
    expect(issuedAt.getTime()).toBeGreaterThanOrEqual(before?.now.getTime() ?? Infinity);
    expect(issuedAt.getTime()).toBeLessThanOrEqual(after?.now.getTime() ?? 0);
  });

  test.for([
    { what: 'keys that a connect left unproved', arrange: savedOnly, version: 2, before: [] },
    {
      what: 'a rotation that was overtaken',
      arrange: async (connections: Connections) => {
        await connected(connections);
        await connections.stage('acme', keys(2));
      },
      version: 3,
      before: ['active'],
    },
  ])(
    'take the place of $what, whose sealed text is gone',
    async ({ arrange, version, before }, { database, connections }) => {
      await arrange(connections);
      const replaced = version - 1;
      expect(await connections.stage('acme', keys(version))).toMatchObject({ version });

      expect(await states(database)).toEqual([...before, 'rejected', 'pending']);
      const rejected = await connections.credentials('acme', replaced);
      expect(rejected?.reason).toBe(`replaced by v${version} before it was proved`);
      expect(rejected?.sealed).toBeUndefined();
      expect((await logOf(database)).at(-1)).toMatchObject({ kind: 'credentials-staged', data: { version, replaced } });
      await expect(connections.promote('acme', replaced, proof)).rejects.toThrow(EvidenceStateError);
    },
  );

  test.for([
    { state: 'pending', arrange: () => Promise.resolve() },
    { state: 'active', arrange: (connections: Connections) => connections.promote('acme', 2, proof) },
    {
      state: 'retired',
      arrange: async (connections: Connections) => {
        await connections.promote('acme', 2, proof);
        await connections.stage('acme', keys(3));
        await connections.promote('acme', 3, proof);
      },
    },
    { state: 'rejected', arrange: (connections: Connections) => connections.reject('acme', 2, refusal) },
  ] as const)(
    'that are sent again once they are $state are the same rotation',
    async ({ state, arrange }, { database, connections }) => {
      await connected(connections);
      await connections.stage('acme', { ...keys(2), issuedAt: NOON });
      await arrange(connections);
      const before = await database.dump();

      const again = await connections.stage('acme', { sealed: 'sealed-2', kid: 'ring-9', issuedAt: LATER });
      expect(again).toMatchObject({ version: 2, state, kid: 'ring-1', issuedAt: NOON, fingerprint: 'fingerprint-2' });
      expect(await database.dump()).toEqual(before);
    },
  );

  test('that are sent three times at once are staged once; three different ones leave the last', async ({
    database,
    connections,
  }) => {
    await connected(connections);
    const same = await Promise.all([1, 2, 3].map(() => connections.stage('acme', keys(2))));
    expect(same.map(({ version }) => version)).toEqual([2, 2, 2]);
    expect(await states(database)).toEqual(['active', 'pending']);

    await Promise.all([3, 4, 5].map((number) => connections.stage('acme', keys(number))));
    expect(await states(database)).toEqual(['active', 'rejected', 'rejected', 'rejected', 'pending']);
  });

  test.for(['disconnecting', 'disconnected'] as const)(
    'are not taken by a connection that is %s',
    async (state, { database, connections }) => {
      await connected(connections);
      await connections.beginDisconnect('acme');
      if (state === 'disconnected') await connections.finishDisconnect('acme');
      const before = await database.dump();

      for (const number of [1, 2]) {
        const staged = connections.stage('acme', keys(number));
        await expect(staged).rejects.toThrow(EvidenceStateError);
        await expect(staged).rejects.toThrow(state);
      }
      expect(await database.dump()).toEqual(before);
    },
  );

  test('that wait when the connection is disconnected say so', async ({ database, connections }) => {
    await connected(connections);
    await connections.stage('acme', keys(2));
    await connections.beginDisconnect('acme');
    await connections.finishDisconnect('acme');

    expect(await states(database)).toEqual(['retired', 'rejected']);
    expect((await connections.credentials('acme', 1))?.reason).toBeUndefined();
    expect(await connections.credentials('acme', 2)).toMatchObject({ reason: 'disconnected before it was proved' });
  });
});

describe('new keys that are not accepted', () => {
  test.beforeEach(async ({ connections }) => {
    await connected(connections);
    await connections.stage('acme', keys(2));
  });

  test('change nothing but are remembered, with the reason and without their sealed text', async ({
    database,
    connections,
  }) => {
    const row = await connections.reject('acme', 2, { ...refusal, note: 'rotated by the vault' });

    const lastRotation = { ...refusal, note: 'rotated by the vault' };
    expect(row).toMatchObject({ state: 'connected', activeVersion: 1, pauses: {}, lastRotation });
    const rejected = await connections.credentials('acme', 2);
    expect(rejected).toMatchObject({ state: 'rejected', reason: 'Mimecast: 401' });
    expect(rejected?.sealed).toBeUndefined();
    expect(await connections.activeCredentials('acme')).toMatchObject({ version: 1, sealed: 'sealed-1' });
    expect((await logOf(database)).slice(3)).toEqual([
      { kind: 'credentials-rejected', data: { version: 2, reason: 'Mimecast: 401' } },
    ]);

    const before = await database.dump();
    expect(await connections.reject('acme', 2, { ...refusal, reason: 'another' })).toEqual(row);
    expect(await database.dump()).toEqual(before);
  });

  test('are never remembered as accepted, or as another version', async ({ connections }) => {
    const row = await connections.reject('acme', 2, { at: refusal.at, accepted: true, version: 7 });
    expect(row.lastRotation).toEqual({ at: refusal.at, accepted: false, version: 2 });
  });

  test.for([
    { what: 'the active version', version: 1, promoted: 1 },
    { what: 'a new version that was accepted meanwhile', version: 2, promoted: 2 },
    { what: 'a retired version', version: 1, promoted: 2 },
  ])('are not $what', async ({ version, promoted }, { database, connections }) => {
    await connections.promote('acme', promoted, proof);
    const before = await database.dump();
    await connections.reject('acme', version, refusal);
    expect(await database.dump()).toEqual(before);
  });

  test('have to be there', async ({ connections }) => {
    await expect(connections.reject('acme', 7, refusal)).rejects.toThrow('version 7 of the keys of "acme"');
    await expect(connections.reject('acme', 7, refusal)).rejects.toThrow(EvidenceNotFoundError);
    await expect(connections.reject('nobody', 1, refusal)).rejects.toThrow('"nobody"');
  });
});

describe('the outcome of a rotation', () => {
  const at = LATER.toISOString();

  test.for([
    { what: 'accepted', outcome: { at, accepted: true, version: 2, note: 'weekly' }, entries: [] },
    {
      what: 'refused with a reason',
      outcome: { at, accepted: false, reason: 'sealed for another ring', note: 'weekly' },
      entries: [{ kind: 'rotation-refused', data: { reason: 'sealed for another ring', note: 'weekly' } }],
    },
    {
      what: 'refused without a word',
      outcome: { at, accepted: false },
      entries: [{ kind: 'rotation-refused', data: { reason: null, note: null } }],
    },
  ])(
    'is shown, and is in the log when it was rejected: $what',
    async ({ outcome, entries }, { database, connections }) => {
      await connected(connections);
      const row = await connections.recordRotation('acme', outcome);
      expect(row.lastRotation).toEqual(outcome);
      expect((await logOf(database)).slice(2)).toEqual(entries);

      const before = await database.dump();
      const sameInAnotherOrder = Object.fromEntries(Object.entries(outcome).reverse()) as unknown as RotationOutcome;
      expect(await connections.recordRotation('acme', sameInAnotherOrder)).toEqual(row);
      expect(await database.dump()).toEqual(before);
    },
  );

  test('is that of the newest one, and of this life of the connection', async ({ database, connections }) => {
    await connected(connections);
    await connections.recordRotation('acme', { at: NOON.toISOString(), accepted: false, reason: 'first' });
    const row = await connections.recordRotation('acme', { at, accepted: false, reason: 'first' });
    expect(row.lastRotation?.at).toBe(at);
    expect(await kindsSince(database, 2)).toEqual(['rotation-refused', 'rotation-refused']);

    await connections.beginDisconnect('acme');
    expect((await connections.finishDisconnect('acme')).lastRotation).toBeDefined();
    const again = await connections.open({ connectionId: 'acme', settings: SETTINGS, ...keys(2) });
    expect(again.row.lastRotation).toBeUndefined();
  });
});
