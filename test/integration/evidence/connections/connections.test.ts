import { inspect } from 'node:util';
import { describe, expect } from 'vitest';
import {
  EvidenceAccountError,
  EvidenceNamespaceError,
  EvidenceNotFoundError,
  EvidenceStateError,
} from '../../../../evidence/database/errors.js';
import type { EvidenceStore } from '../../../../evidence/store.js';
import { WORKFLOW_VERSION } from '../../../../model/workflow-version.js';
import { connect, NOON, SETTINGS } from '../../../support/evidence.js';
import type { TestDatabase } from '../../../support/database.js';
import { test } from '../../../support/test.js';

const acme = { connectionId: 'acme', settings: SETTINGS, sealed: 'sealed-1', kid: 'ring-1', issuedAt: NOON };
const proof = { accountCode: 'CUK1A1', accountName: 'Example Ltd', acceptedAt: NOON };

const entries = async (database: TestDatabase): Promise<string[]> => {
  const rows = await database.query<{ kind: string }>(
    `select record::json ->> 'kind' as kind from mimecast.log order by sequence`,
  );
  return rows.map(({ kind }) => kind);
};

describe('connecting', () => {
  test('keeps the settings and the sealed keys, which are pending until they are accepted', async ({ store }) => {
    const { created, row } = await store.connections.open(acme);

    expect(created).toBe(true);
    expect(row).toMatchObject({ generation: 1, state: 'refused', settings: SETTINGS, pauses: {} });
    expect(row.activeVersion).toBeUndefined();
    expect(await store.connections.activeCredentials('acme')).toBeUndefined();
    const version = await store.connections.credentials('acme', 1);
    expect(version).toMatchObject({ state: 'pending', sealed: 'sealed-1', kid: 'ring-1', issuedAt: NOON });
  });

  test('keeps what recognises the same keys in another sealed text', async ({ store }) => {
    await store.connections.open({ ...acme, fingerprint: 'fingerprint-1' });
    await store.connections.open({ ...acme, connectionId: 'globex' });
    expect((await store.connections.newestCredentials('acme'))?.fingerprint).toBe('fingerprint-1');
    expect((await store.connections.newestCredentials('globex'))?.fingerprint).toBeUndefined();
  });

  test('tried again after its answer was lost, it still says that it created the connection', async ({
    database,
    store,
  }) => {
    await store.connections.open(acme);
    expect(await store.connections.open(acme)).toMatchObject({ created: true });
    expect(await entries(database)).toEqual(['connection-opened']);
  });

  test('of an id that is taken leaves everything as it is', async ({ store }) => {
    await store.connections.open(acme);
    const second = await store.connections.open({ ...acme, sealed: 'sealed-2' });

    expect(second.created).toBe(false);
    expect(await store.connections.credentials('acme', 2)).toBeUndefined();
  });

  test('twice at once creates it once', async ({ store }) => {
    const answers = await Promise.all(
      ['sealed-1', 'sealed-2', 'sealed-3'].map((sealed) => store.connections.open({ ...acme, sealed })),
    );
    expect(answers.filter(({ created }) => created)).toHaveLength(1);
    expect(await store.connections.list()).toHaveLength(1);
  });
});

describe('keys', () => {
  test.beforeEach(async ({ store }) => {
    await store.connections.open(acme);
  });

  test('that are accepted become the active ones and pin the account', async ({ database, store }) => {
    const row = await store.connections.promote('acme', 1, proof);
    expect(row).toMatchObject({
      state: 'connected',
      activeVersion: 1,
      accountCode: 'CUK1A1',
      accountName: 'Example Ltd',
    });
    expect(await store.connections.promote('acme', 1, proof)).toEqual(row);
    expect(await entries(database)).toEqual(['connection-opened', 'credentials-accepted']);
  });

  test('of another account change nothing', async ({ store }) => {
    await store.connections.promote('acme', 1, proof);
    const other = store.connections.promote('acme', 1, { ...proof, accountCode: 'CUSA35A403' });
    await expect(other).rejects.toThrow(EvidenceAccountError);
    await expect(other).rejects.toThrow('CUSA35A403');
    expect(await store.connections.read('acme')).toMatchObject({ accountCode: 'CUK1A1' });
  });

  test('that are replaced are destroyed in the same moment', async ({ store }) => {
    await store.connections.promote('acme', 1, proof);
    await store.connections.stage('acme', { sealed: 'sealed-2', kid: 'ring-1' });
    await store.connections.promote('acme', 2, proof);

    const retired = await store.connections.credentials('acme', 1);
    expect(retired?.state).toBe('retired');
    expect(retired?.sealed).toBeUndefined();
    expect(await store.connections.activeCredentials('acme')).toMatchObject({ version: 2, sealed: 'sealed-2' });
    await expect(store.connections.promote('acme', 1, proof)).rejects.toThrow(EvidenceStateError);
  });

  test('that are refused pause every stream with a note until they are accepted again', async ({ store }) => {
    await store.connections.promote('acme', 1, proof);
    const refused = await store.connections.refuse('acme', 1, 'Mimecast refused the keys (v1).');

    expect(refused.state).toBe('refused');
    expect(Object.keys(refused.pauses)).toEqual(['audit-events', 'policies']);
    expect(refused.pauses.policies).toMatchObject([{ by: 'refused-keys', note: 'Mimecast refused the keys (v1).' }]);
    expect(await store.connections.refuse('acme', 1, 'Mimecast refused the keys (v1).')).toEqual(refused);

    expect(await store.connections.promote('acme', 1, proof)).toMatchObject({ state: 'connected', pauses: {} });
  });

  test('that are no longer in use cannot pause a connection by their refusal', async ({ store }) => {
    const connected = await store.connections.promote('acme', 1, proof);
    expect(await store.connections.refuse('acme', 7, 'note')).toEqual(connected);
  });

  test('never stand in the log, sealed or not', async ({ database, store }) => {
    await store.connections.promote('acme', 1, proof);
    await store.connections.beginDisconnect('acme');
    await store.connections.finishDisconnect('acme');
    expect(await database.query(`select from mimecast.log where record like '%sealed-1%'`)).toEqual([]);
  });
});

describe('disconnecting', () => {
  test.beforeEach(async ({ store }) => {
    await store.connections.open(acme);
    await store.connections.promote('acme', 1, proof);
  });

  test('raises the generation once, destroys the keys, and can be repeated', async ({ database, store }) => {
    expect(await store.connections.beginDisconnect('acme')).toMatchObject({ state: 'disconnecting', generation: 2 });
    expect(await store.connections.beginDisconnect('acme')).toMatchObject({ state: 'disconnecting', generation: 2 });
    const row = await store.connections.finishDisconnect('acme');
    expect(row.state).toBe('disconnected');
    expect(row.activeVersion).toBeUndefined();
    expect(await store.connections.finishDisconnect('acme')).toEqual(row);

    expect(await database.query('select from mimecast.credentials where sealed is not null')).toEqual([]);
    const kinds = ['connection-opened', 'credentials-accepted', 'disconnecting', 'disconnected'];
    expect(await entries(database)).toEqual(kinds);
  });

  test('and connecting again keeps the account and takes the next version', async ({ store }) => {
    await store.connections.beginDisconnect('acme');
    await store.connections.finishDisconnect('acme');
    const again = await store.connections.open({ ...acme, sealed: 'sealed-2' });

    expect(again).toMatchObject({ created: true, row: { generation: 2, state: 'refused', accountCode: 'CUK1A1' } });
    const foreign = store.connections.promote('acme', 2, { ...proof, accountCode: 'CUSA35A403' });
    await expect(foreign).rejects.toThrow(EvidenceAccountError);
    expect(await store.proof.verify('acme')).toMatchObject({ ok: true, records: 5 });
  });

  test('keys that are accepted too late are not', async ({ store }) => {
    await store.connections.beginDisconnect('acme');
    await expect(store.connections.promote('acme', 1, proof)).rejects.toThrow(EvidenceStateError);
    await expect(store.connections.open({ ...acme, sealed: 'sealed-2' })).resolves.toMatchObject({ created: false });
  });
});

test('an error of the database does not quote the row, which may hold sealed keys', async ({ store }) => {
  const failure: unknown = await store.connections
    .open({ ...acme, connectionId: 'Not Allowed', settings: { ...SETTINGS, expectedAccount: 'canary' } })
    .catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(Error);
  expect(inspect(failure)).toContain('connections_connection_id_check');
  expect(inspect(failure)).not.toContain('canary');
});

test('a connection that is not there is named', async ({ store }) => {
  await expect(store.connections.beginDisconnect('nobody')).rejects.toThrow(EvidenceNotFoundError);
  await expect(store.connections.beginDisconnect('nobody')).rejects.toThrow('"nobody"');
  expect(await store.connections.read('nobody')).toBeUndefined();
});

describe('a database serves one namespace', () => {
  const claim = (store: EvidenceStore, name: string, id?: string) =>
    store.claimNamespace({ name, ...(id !== undefined && { id }) });
  const refused = (store: EvidenceStore, name: string, id: string, says: string) =>
    expect(claim(store, name, id)).rejects.toThrow(says);

  test('the one that came first', async ({ store }) => {
    expect(await store.namespace()).toBeUndefined();
    await Promise.all([claim(store, 'default', 'id-1'), claim(store, 'default', 'id-1')]);
    expect(await store.namespace()).toEqual({ name: 'default', id: 'id-1' });
    await expect(claim(store, 'staging', 'id-2')).rejects.toThrow(EvidenceNamespaceError);
    await refused(store, 'staging', 'id-1', 'of the Temporal namespace "default", and this is "staging"');
    await refused(
      store,
      'default',
      'id-2',
      'another Temporal namespace of the name "default": its id is id-1, and this one\'s is id-2',
    );
    expect(await store.namespace()).toEqual({ name: 'default', id: 'id-1' });
  });

  test('whose id is learned when it was not known', async ({ store }) => {
    await claim(store, 'default');
    await refused(store, 'staging', 'id-2', '"staging"');
    expect(await store.namespace()).toEqual({ name: 'default' });
    await claim(store, 'default', 'id-1');
    await claim(store, 'default');
    await refused(store, 'default', 'id-2', 'id-2');
  });

  test('until another adopts it, and with it every connection that is not disconnected', async ({ store }) => {
    await claim(store, 'default', 'id-1');
    await connect(store, 'acme');
    await connect(store, 'gone');
    await store.connections.beginDisconnect('gone');
    await store.connections.finishDisconnect('gone');
    expect(await store.workflowVersions.others(WORKFLOW_VERSION)).toEqual([]);

    await store.adoptNamespace({ name: 'default', id: 'id-2' });
    await refused(store, 'default', 'id-1', 'id-2');
    const others = [{ connectionId: 'acme', state: 'connected', version: 0 }];
    expect(await store.workflowVersions.others(WORKFLOW_VERSION)).toEqual(others);
    await store.workflowVersions.mark('acme', WORKFLOW_VERSION);
    expect(await store.workflowVersions.others(WORKFLOW_VERSION)).toEqual([]);
  });
});

test('a connection that is connected again is marked for the workflow that connects it', async ({ store }) => {
  await connect(store, 'acme');
  await store.connections.beginDisconnect('acme');
  await store.connections.finishDisconnect('acme');
  await store.workflowVersions.mark('acme', 0);
  await store.connections.open({ connectionId: 'acme', settings: SETTINGS, sealed: 'again', kid: 'ring-1' });
  expect(await store.workflowVersions.others(WORKFLOW_VERSION)).toEqual([]);
});
