import fc from 'fast-check';
import { Agent, buildConnector, interceptors } from 'undici';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { ActivityDependencies } from '../../../activities/index.js';
import { probeEndpoint } from '../../../activities/probe/probe-endpoint.js';
import { createSessions } from '../../../activities/session.js';
import { testConnection } from '../../../activities/probe/test-connection.js';
import type { ConnectionSettings, EndpointName } from '../../../model/connection.js';
import { callEndpoint, type MimecastApi } from '../../../mimecast/api.js';
import { ENDPOINTS } from '../../../mimecast/endpoints.js';
import { MimecastRequestError } from '../../../mimecast/errors.js';
import { oauthAuthenticator } from '../../../mimecast/oauth-authenticator.js';
import { MimecastBaseUrlError } from '../../../mimecast/regions.js';
import { signatureOf } from '../../../mimecast/signature.js';
import { createTokenCache } from '../../../mimecast/token-cache.js';
import { createKeyring, sealingKey } from '../../../vault/keyring.js';
import { sealCredentials } from '../../../vault/sealing.js';
import { ENDPOINT_NAMES } from '../../../model/endpoints.js';
import { settingsProblem } from '../../../model/settings-schema.js';
import { defaultSettings } from '../../../model/settings.js';
import { hostilePaths, ownField, PROTOTYPE_NAMES } from '../../support/hostile.js';
import {
  CLIENT,
  good,
  KEYS,
  rejection,
  sendJson,
  serve,
  type Answer,
  type TestServer,
} from '../../support/mimecast/server.js';
import { rowFor } from '../../support/activities/tenant-under-test.js';
import { GRANTED_CALLS } from '../../support/activities/granted-calls.js';

/** Placeholder for a request that did not arrive. */
const NOTHING_SEEN: Pick<TestServer['seen'][number], 'headers' | 'path'> = { headers: {}, path: undefined };

/** A host that is neither Mimecast's nor this machine. */
const FOREIGN = 'evil.example';

const token = { access_token: 'token-canary', token_type: 'Bearer', expires_in: 1799 };
const answerAll: Answer = (response, { path }) => {
  sendJson(response, path === '/oauth/token' ? token : good([{ accountCode: 'CUK1A1' }]));
};

interface Place {
  readonly mimecast: TestServer;
  /** Takes every connection to any address but Mimecast's, whatever its host, port and scheme. */
  readonly foreign: TestServer;
  readonly dispatcher: Agent;
  readonly own: string;
  readonly apis: Readonly<Record<'1.0' | '2.0', MimecastApi>>;
}

/** The only names that are resolved are Mimecast's: everything else leads to the foreign server. */
async function place(answer = answerAll): Promise<Place> {
  const [mimecast, foreign] = [await serve(answer), await serve(answerAll)];
  const connect = buildConnector({});
  const [own, other] = [new URL(mimecast.url), new URL(foreign.url)];
  const dispatcher = new Agent({
    connect(options, callback) {
      const isOwn = options.protocol === 'http:' && options.hostname === own.hostname && options.port === own.port;
      const { hostname, port } = isOwn ? own : other;
      connect({ ...options, protocol: 'http:', hostname, port }, callback);
    },
  });
  onTestFinished(() => dispatcher.destroy());
  const signed = { ...mimecast.api(), dispatcher };
  const tokens = createTokenCache(() => new Date());
  const bearing = { ...signed, authenticator: oauthAuthenticator(CLIENT, tokens, 'acme v1') };
  return { mimecast, foreign, dispatcher, own: own.host, apis: { '1.0': signed, '2.0': bearing } };
}

let there: Place;
beforeEach(async () => {
  there = await place();
});

const endpoints = Object.keys(ENDPOINTS) as EndpointName[];
const signal = new AbortController().signal;
const probe = (api: MimecastApi, endpoint: EndpointName, path: string) =>
  probeEndpoint(api, rowFor(api.baseUrl), { stream: 'policies', endpoint, path }, signal);

describe.each(['1.0', '2.0'] as const)('calls of API %s', (generation) => {
  test.each(endpoints)('of %s go to Mimecast, and with no path to another host', async (endpoint) => {
    const { apis, mimecast, foreign, own } = there;
    for (const [, path] of hostilePaths({ own, foreign: `${FOREIGN}:${new URL(foreign.url).port}` })) {
      const { error } = await probe(apis[generation], endpoint, path);
      expect(error).toMatchObject({ name: 'MimecastRequestError', reason: 'address', retryable: false });
    }
    expect([mimecast.connections(), foreign.connections()]).toEqual([0, 0]);

    await probe(apis[generation], endpoint, '/api/x');
    expect(mimecast.seen.map(({ path }) => path?.replace(/\?.*/, ''))).toContain('/api/x');
    expect(foreign.connections()).toBe(0);
  });

  test.each([`http://${FOREIGN}`, `https://${FOREIGN}`, `https://eu-api.mimecast.com@${FOREIGN}`, 'http://10.0.0.1'])(
    'ask nothing at %s',
    async (baseUrl) => {
      const { apis, mimecast, foreign } = there;
      for (const endpoint of endpoints) {
        const { error } = await probe({ ...apis[generation], baseUrl }, endpoint, '/api/x');
        expect(error).toMatchObject({ name: 'MimecastRequestError', reason: 'address', retryable: false });
      }
      expect([mimecast.connections(), foreign.connections()]).toEqual([0, 0]);
    },
  );

  test('ask nothing on this machine without the sandbox switch', async () => {
    const { apis, mimecast } = there;
    const { error } = await probe({ ...apis[generation], allowLoopback: false }, 'account', '/api/x');
    expect(error).toMatchObject({ reason: 'address' });
    expect(mimecast.connections()).toBe(0);
  });
});

describe('a redirect is not followed, even where the dispatcher would follow it', () => {
  test.each([301, 302, 303, 307, 308])('%i', async (status) => {
    for (const redirected of ['/api/x', '/oauth/token']) {
      const { apis, foreign, dispatcher } = await place((response, request, count) => {
        if (request.path === redirected) response.writeHead(status, { location: foreign.url }).end();
        else answerAll(response, request, count);
      });
      const following = { dispatcher: dispatcher.compose(interceptors.redirect({ maxRedirections: 5 })) };
      const { error } = await probe({ ...apis['2.0'], ...following }, 'account', '/api/x');
      expect(error).toMatchObject({ name: 'MimecastRequestError', reason: 'redirect' });
      expect(foreign.connections()).toBe(0);
    }
  });
});

describe('settings', () => {
  /** Every field that can hold an address, with one in it. */
  function settingsWith(address: string): readonly object[] {
    return [
      { baseUrl: address },
      { apiVersion: address },
      { expectedAccount: address },
      { pagination: { pageSize: 1, tokenIn: address } },
      { pagination: { pageSize: address, tokenIn: 'meta' } },
      { coverage: { domains: [address] } },
      { coverage: { groups: [address] } },
      { streams: { account: { enabled: true, everyMs: 60_000 }, [address]: { enabled: true, everyMs: 60_000 } } },
      { endpointPaths: { [address]: '/api/x' } },
      ...ENDPOINT_NAMES.map((endpoint) => ({ endpointPaths: { [endpoint]: address } })),
    ];
  }

  /** The settings as they come, and each of them behind a field that every object has. */
  const disguised = (settings: object): object[] => [
    settings,
    ...PROTOTYPE_NAMES.flatMap((name) => [
      { ...ownField(name, 1), ...settings },
      { ...ownField(name, {}), ...settings },
    ]),
  ];

  /** Uses accepted settings as a worker does: opens the connection's keys and calls the hosts in the settings. */
  async function use(settings: ConnectionSettings): Promise<void> {
    const keyring = await createKeyring();
    const sealed = await sealCredentials(sealingKey(keyring), 'acme', KEYS);
    const keys = { connectionId: 'acme', version: 1, state: 'active', apiVersion: '1.0', sealed };
    const connections = { credentials: () => Promise.resolve(keys) };
    const { dispatcher } = there;
    const sessions = createSessions({
      store: {
        connections,
        where: 'db:5432',
        refusedCalls: GRANTED_CALLS,
      },
      keyring,
      dispatcher,
      allowLoopback: true,
    } as unknown as ActivityDependencies);
    const { api, row } = await sessions.openVersion(
      { row: rowFor(settings.baseUrl, {}, settings), now: () => new Date() },
      1,
    );
    await testConnection(api, row);
  }

  test('of no form lead to another host', async () => {
    const { mimecast, foreign, own } = there;
    const address = `${FOREIGN}:${new URL(foreign.url).port}`;
    const usual = defaultSettings(mimecast.url);
    const addresses = hostilePaths({ own, foreign: address }).map(([, path]) => path);
    let used = 0;
    for (const settings of addresses.flatMap(settingsWith).flatMap(disguised)) {
      const whole = { ...settings, ...usual, ...settings };
      // Anything but a sentence lets settings pass.
      if (typeof settingsProblem(whole) === 'string') continue;
      used += 1;
      await use(whole).catch((error: unknown) => {
        if (!(error instanceof MimecastBaseUrlError)) throw error;
      });
    }
    // Groups and accounts are texts of the customer's; base URLs are judged where they are used.
    expect(used).toBeGreaterThan(0);
    expect(mimecast.seen.length).toBeGreaterThan(0);
    expect(foreign.connections()).toBe(0);
  });
});

test('whatever the path, no other host is asked, and the path that is signed is the one that arrives', async () => {
  const { apis, mimecast, foreign, own } = there;
  const parts = fc.constantFrom(
    ...['/', '\\', '@', ':', '?', '#', '..', '.', '%2e', '%2F', '\t', '\n', ' ', '//', 'http:', 'https:', 'user'],
    ...[FOREIGN, own, new URL(foreign.url).host, 'api', 'x'],
  );
  const anyPath = fc.oneof(
    fc.array(parts, { maxLength: 8 }).map((texts) => texts.join('')),
    fc.array(parts, { maxLength: 8 }).map((texts) => `/${texts.join('')}`),
    fc.string({ unit: 'binary' }),
  );
  await fc.assert(
    fc.asyncProperty(anyPath, async (path) => {
      const before = mimecast.seen.length;
      const call = { path, reads: 'things', permission: 'A | B | Read', data: [] };
      const error = await callEndpoint(apis['1.0'], call).then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      expect(foreign.connections()).toBe(0);
      if (error !== undefined) {
        expect(error).toBeInstanceOf(MimecastRequestError);
        expect([error, mimecast.seen.length]).toMatchObject([{ reason: 'address', retryable: false }, before]);
        return;
      }
      const { headers, path: arrived = '' } = mimecast.seen.at(-1) ?? NOTHING_SEEN;
      const [date, requestId] = [String(headers['x-mc-date']), String(headers['x-mc-req-id'])];
      const signature = signatureOf({ ...KEYS, date, requestId, path: arrived });
      expect([arrived, headers.authorization]).toEqual([path, `MC ${KEYS.accessKey}:${signature}`]);
    }),
    { numRuns: 300 },
  );
});

test('a refused call says so without a key', async () => {
  const call = { path: `//${FOREIGN}/api`, reads: 'things', permission: 'A | B | Read', data: [] };
  const error = await rejection(callEndpoint(there.apis['2.0'], call));
  expect((error as Error).message).toContain(`path leads to http://${FOREIGN}`);
  expect(`${String(error)} ${JSON.stringify(error)}`).not.toMatch(/canary/);
});
