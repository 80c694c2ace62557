import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { ActivityDependencies } from '../../../activities/index.js';
import { createSessions, type Sessions } from '../../../activities/session.js';
import type { ConnectionRow, CredentialVersion } from '../../../model/connection.js';
import { readEndpoint } from '../../../mimecast/read-endpoint.js';
import { createDispatcher } from '../../../mimecast/transport.js';
import type { Simulator } from '../../../sandbox/index.js';
import { createKeyring, sealingKey } from '../../../vault/keyring.js';
import type { Keyring } from '../../../vault/keys.js';
import { sealCredentials } from '../../../vault/sealing.js';
import { rowFor, startRegion, tenantOf } from '../../support/activities/tenant-under-test.js';
import { GRANTED_CALLS } from '../../support/activities/granted-calls.js';

const tenant = tenantOf();
const ACCOUNT = '/api/account/get-account';

let keyring: Keyring;
beforeAll(async () => {
  keyring = await createKeyring();
});

const version = async (number: number, keys: object, changes: Partial<CredentialVersion> = {}) => ({
  connectionId: 'acme',
  version: number,
  state: 'active' as const,
  sealed: await sealCredentials(sealingKey(keyring), 'acme', { ...keys }),
  sealedDigest: '',
  kid: keyring.current,
  apiVersion: '1.0' as const,
  issuedAt: new Date(0),
  issueDateKnown: true,
  ...changes,
});

/** Content of the store; a rotation changes both at once. */
interface Stored {
  row: ConnectionRow;
  versions: readonly CredentialVersion[];
}

function sessionsOn(stored: Stored): Sessions {
  const dispatcher = createDispatcher();
  onTestFinished(() => dispatcher.destroy());
  const connections = {
    read: () => Promise.resolve(stored.row),
    activeCredentials: () => Promise.resolve(stored.versions.find(({ state }) => state === 'active')),
    credentials: (_: string, wanted: number) => Promise.resolve(stored.versions.find((one) => one.version === wanted)),
  };
  return createSessions({
    store: {
      connections,
      where: 'db:5432',
      refusedCalls: GRANTED_CALLS,
    },
    keyring,
    dispatcher,
    allowLoopback: true,
  } as unknown as ActivityDependencies);
}

const loaded = (row: ConnectionRow) => ({ row, now: () => new Date() });

const paths = ({ requests }: Simulator): string[] => requests.map(({ path }) => path);

const readAccount = (api: Parameters<typeof readEndpoint>[0]) =>
  readEndpoint(api, 'account', { pageSize: 500, tokenIn: 'meta' });

/** A connection on API 1.0, and how it is after it has moved to API 2.0 at another place. */
async function moving() {
  const [old, next] = await Promise.all([
    startRegion({ tenants: [tenant], apiVersions: ['1.0'] }),
    startRegion({ tenants: [tenant], apiVersions: ['2.0'] }),
  ]);
  const first = await version(1, tenant.keys);
  const second = await version(2, tenant.client, { apiVersion: '2.0', baseUrl: next.url });
  const before: Stored = { row: rowFor(old.url), versions: [first, { ...second, state: 'pending' }] };
  const after: Stored = {
    row: rowFor(next.url, { activeVersion: 2 }, { apiVersion: '2.0' }),
    versions: [{ ...first, state: 'retired' }, second],
  };
  return { old, next, before, after };
}

describe('a connection that moves to API 2.0 while an attempt is under way', () => {
  test('is followed to its new keys and its new place, once the old keys are refused', async () => {
    const { old, next, before, after } = await moving();
    const stored = { ...before };
    const session = await sessionsOn(stored).open(loaded(stored.row));
    await session.call(readAccount);
    Object.assign(stored, after);
    old.tenants[0]?.rotateKeys();

    expect(await session.call(readAccount)).toMatchObject({ outcome: 'collected' });
    expect(session.keys.version).toBe(2);
    expect([paths(old), paths(next)]).toEqual([
      [ACCOUNT, ACCOUNT],
      ['/oauth/token', ACCOUNT],
    ]);
  });

  test('is opened where its keys belong, also when its row was read before the move', async () => {
    const { old, next, before, after } = await moving();
    const session = await sessionsOn(after).open(loaded(before.row));
    expect(await session.call(readAccount)).toMatchObject({ outcome: 'collected' });
    expect([paths(old), paths(next)]).toEqual([[], ['/oauth/token', ACCOUNT]]);
  });
});

describe('a version of the keys', () => {
  test('that is pending is used where it is meant for, unless another place is asked for', async () => {
    const { old, next, before } = await moving();
    const sessions = sessionsOn(before);
    const opened = await sessions.openVersion(loaded(before.row), 2);
    expect(opened).toMatchObject({
      api: { baseUrl: next.url },
      row: { settings: { baseUrl: next.url, apiVersion: '2.0' } },
    });
    expect((await sessions.openVersion(loaded(before.row), 2, old.url)).api.baseUrl).toBe(old.url);
    expect((await sessions.openVersion(loaded(before.row), 1)).row).toEqual(before.row);
  });

  test('that is in use goes where the connection is', async () => {
    const { after } = await moving();
    const elsewhere = rowFor('http://127.0.0.1:9', { activeVersion: 2 });
    const { api, row } = await sessionsOn(after).openVersion(loaded(elsewhere), 2);
    expect([api.baseUrl, row.settings.apiVersion]).toEqual(['http://127.0.0.1:9', '2.0']);
  });
});

test('sessions of one worker share the token, and each version of the keys has its own', async () => {
  const { next, after } = await moving();
  const stored = { ...after };
  const sessions = sessionsOn(stored);
  for (let attempt = 0; attempt < 3; attempt += 1) await (await sessions.open(loaded(stored.row))).call(readAccount);
  expect(paths(next).filter((path) => path === '/oauth/token')).toHaveLength(1);

  stored.versions = [await version(3, tenant.client, { apiVersion: '2.0' })];
  stored.row = { ...stored.row, activeVersion: 3 };
  await (await sessions.open(loaded(stored.row))).call(readAccount);
  expect(paths(next).filter((path) => path === '/oauth/token')).toHaveLength(2);
});
