import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { bundleWorkflowCode, NativeConnection, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest';
import { MimecastConnections } from '../../../client/connections.js';
import { believableTenant } from '../../../sandbox/simulator/fixtures/believable-tenant.js';
import { startSimulator } from '../../../sandbox/simulator/simulator.js';
import { createKeyring, sealingKey } from '../../../vault/keyring.js';
import type { Keyring } from '../../../vault/keys.js';
import type { MimecastWorkerOptions } from '../../../worker/options.js';
import { MimecastPlugin } from '../../../worker/plugin.js';
import { freshDatabase, type TestDatabase } from '../../support/database.js';
import { logger } from '../../support/runtime.js';
import type { Simulator } from '../../../sandbox/simulator/interface.js';

const WORKFLOWS = fileURLToPath(new URL('../../support/workflows/users-workflows.ts', import.meta.url));

let client: Client;
let native: NativeConnection;
let database: TestDatabase;
let simulator: Simulator;
let keyring: Keyring;
let workflowBundle: { readonly code: string };
beforeAll(async () => {
  const address = inject('temporalAddress');
  const connection = await Connection.connect({ address });
  client = new Client({ connection });
  [native, database, simulator, keyring, workflowBundle] = await Promise.all([
    NativeConnection.connect({ address }),
    freshDatabase(),
    startSimulator(),
    createKeyring(),
    bundleWorkflowCode({ workflowsPath: WORKFLOWS, logger }),
  ]);
});
afterAll(async () => {
  await Promise.all([simulator.stop(), client.connection.close()]);
  // Workers that did not start hold it until the process ends.
  await native.close().catch(() => undefined);
  await database.drop();
});

const newName = (what: string): string => `${what}-${randomBytes(4).toString('hex')}`;

const optionsFor = (taskQueue: string): MimecastWorkerOptions => ({
  databaseUrl: database.url,
  keyring,
  taskQueue,
  allowLoopback: true,
});

const greet = (name: string): Promise<string> => Promise.resolve(`Hello, ${name}`);

/** A user's worker: their workflows file, their activities, and our plugin. */
async function usersWorker(
  taskQueue: string,
  plugin: MimecastPlugin,
  { namespace = 'default', activities = { greet } }: { namespace?: string; activities?: { greet: typeof greet } } = {},
): Promise<Worker> {
  return await Worker.create({
    connection: native,
    namespace,
    taskQueue,
    workflowBundle,
    activities,
    plugins: [plugin],
    shutdownGraceTime: '30 s',
  });
}

interface Running {
  readonly worker: Worker;
  stop(): Promise<void>;
}

async function start(creating: Promise<Worker>): Promise<Running> {
  const worker = await creating;
  const ended = worker.run();
  while (worker.getState() === 'INITIALIZED') await Promise.race([delay(10), ended]);
  return {
    worker,
    stop: async () => {
      if (worker.getState() === 'RUNNING') worker.shutdown();
      await ended;
    },
  };
}

async function connectTenant(taskQueue: string): Promise<{ connections: MimecastConnections; id: string }> {
  const connections = new MimecastConnections({
    client,
    taskQueue,
    sealingKey: sealingKey(keyring),
    allowLoopback: true,
  });
  const tenant = believableTenant({ seed: simulator.tenants.length + 1, events: 100 });
  simulator.addTenant(tenant);
  const id = newName('plugin');
  const report = await connections.connect(id, { baseUrl: simulator.url, credentials: tenant.keys });
  expect(report.ok).toBe(true);
  return { connections, id };
}

const welcome = (taskQueue: string): Promise<string> =>
  client.workflow.execute('welcome', { taskQueue, workflowId: newName('welcome'), args: ['Ann'] });

test("a user's worker serves their workflows and ours", async () => {
  const taskQueue = newName('users');
  const worker = await start(usersWorker(taskQueue, new MimecastPlugin(optionsFor(taskQueue))));
  expect(await welcome(taskQueue)).toBe('Hello, Ann');
  const { connections, id } = await connectTenant(taskQueue);
  expect(await connections.poll(id, ['account'])).toMatchObject([{ outcome: 'collected' }]);
  await connections.disconnect(id);
  await worker.stop();
});

test('the plugin opens nothing when it is made, nor for bundling or replay', async () => {
  const { server, url, calls } = await countingServer();
  const plugin = new MimecastPlugin({ databaseUrl: url, keyring: '/nonexistent/ring.json' });
  const plugins = [plugin];
  const bundle = await bundleWorkflowCode({ workflowsPath: WORKFLOWS, plugins, logger });
  const workflowId = await welcomed();
  const history = await client.workflow.getHandle(workflowId).fetchHistory();
  await Worker.runReplayHistory({ workflowBundle: bundle, plugins }, history, workflowId);
  await usersWorker(newName('unused'), plugin);
  expect(calls()).toBe(0);
  server.close();
});

/** Id of a run that a worker with a plugin of its own has carried out. */
async function welcomed(): Promise<string> {
  const taskQueue = newName('recorded');
  const worker = await start(usersWorker(taskQueue, new MimecastPlugin(optionsFor(taskQueue))));
  const workflowId = newName('welcome');
  await client.workflow.execute('welcome', { taskQueue, workflowId, args: ['Ann'] });
  await worker.stop();
  return workflowId;
}

/** Counts connections in place of a database. */
async function countingServer(): Promise<{ server: Server; url: string; calls: () => number }> {
  let calls = 0;
  const server = createServer((socket) => {
    calls += 1;
    socket.destroy();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { server, url: `postgres://user:password@127.0.0.1:${port}/evidence`, calls: () => calls };
}

describe('one plugin in two workers', () => {
  test('when one stops, the other continues', async () => {
    const taskQueue = newName('shared');
    const plugin = new MimecastPlugin(optionsFor(taskQueue));
    const first = await start(usersWorker(newName('users'), plugin));
    const second = await start(usersWorker(taskQueue, plugin));
    const { connections, id } = await connectTenant(taskQueue);
    await first.stop();
    expect(await connections.poll(id, ['policies'])).toMatchObject([{ outcome: 'collected' }]);
    await connections.disconnect(id);
    await second.stop();
  });

  test('while one is stopping, polls of the other complete', async () => {
    const taskQueue = newName('shared');
    const plugin = new MimecastPlugin(optionsFor(taskQueue));
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const slow = vi.fn(async (name: string) => {
      await held;
      return name;
    });
    const usersQueue = newName('users');
    const first = await start(usersWorker(usersQueue, plugin, { activities: { greet: slow } }));
    const second = await start(usersWorker(taskQueue, plugin));
    const { connections, id } = await connectTenant(taskQueue);
    await connections.poll(id, ['audit-events']);

    const welcoming = client.workflow.start('welcome', {
      taskQueue: usersQueue,
      workflowId: newName('welcome'),
      args: ['Ann'],
    });
    await vi.waitFor(() => {
      expect(slow).toHaveBeenCalled();
    }, 60_000);
    const stopping = first.stop();
    expect(first.worker.getState()).not.toBe('RUNNING');
    const [polled] = await connections.poll(id, ['audit-events']);
    expect(['collected', 'empty']).toContain(polled?.outcome);
    expect(first.worker.getState()).not.toBe('STOPPED');

    release();
    await stopping;
    await (await welcoming).terminate();
    await connections.disconnect(id);
    await second.stop();
  });
});

describe('a worker that is not configured does not start, and its error says what to do:', () => {
  test.each<[string, () => Promise<Partial<MimecastWorkerOptions>>, RegExp]>([
    [
      'the database lacks migrations',
      async () => ({ databaseUrl: (await freshDatabase({ migrated: false })).url }),
      /^The evidence database is not up to date \(0001-evidence.*\)\. Run: temporal-mimecast migrate$/,
    ],
    [
      'the database belongs to another namespace',
      async () => {
        const other = await freshDatabase();
        await other.query("update mimecast.namespace set namespace_name = 'production'");
        return { databaseUrl: other.url };
      },
      /^This database holds the evidence of the Temporal namespace "production", and this is "default"\. Check .*: temporal-mimecast migrate --adopt-namespace$/,
    ],
    [
      'a connection has a workflow of an earlier release',
      async () => {
        const other = await freshDatabase();
        await other.query(
          "insert into mimecast.connections (connection_id, state, settings) values ('acme', 'connected', '{}')",
        );
        return { databaseUrl: other.url };
      },
      /^A connection has a workflow of an earlier release \(acme\), which .*\. Stop all workers of .*, then run: temporal-mimecast migrate$/,
    ],
    [
      'connections have workflows of a later release',
      async () => {
        const other = await freshDatabase();
        await other.query(`
          insert into mimecast.connections (connection_id, state, settings, workflow_version)
          select 'acme-' || n, 'connected', '{}', 99 from generate_series(1, 7) n`);
        return { databaseUrl: other.url };
      },
      /^7 connections have a workflow of a later release \(acme-1, acme-2, acme-3, acme-4, acme-5, and 2 more\), .*\. Use the newest release/,
    ],
    [
      'there is no database',
      () => Promise.resolve({ databaseUrl: 'postgres://user:planted@127.0.0.1:1/evidence' }),
      /^Postgres at 127\.0\.0\.1:1 cannot be used: .*\. Check DATABASE_URL and that the server runs\.$/,
    ],
    [
      'there is no keyring',
      () => Promise.resolve({ keyring: '/nonexistent/ring.json' }),
      /^There is no ring of keys at \/nonexistent\/ring\.json\. Name .*, or make one: temporal-mimecast vault init\.$/,
    ],
  ])('%s', async (_, wrong, message) => {
    const taskQueue = newName('wrong');
    const plugin = new MimecastPlugin({ ...optionsFor(taskQueue), ...(await wrong()) });
    const worker = await usersWorker(taskQueue, plugin);
    const error = await worker.run().then(
      () => new Error('The worker started.'),
      (reason: unknown) => reason as Error,
    );
    expect(error.message).toMatch(message);
    expect(worker.getState()).toBe('INITIALIZED');
  });
});

describe('in a namespace that does not know our search attributes', () => {
  const KEYWORD = 2;

  async function newNamespace(attributes: readonly string[] = []): Promise<string> {
    const namespace = newName('namespace');
    const { connection } = client;
    await connection.workflowService.registerNamespace({
      namespace,
      workflowExecutionRetentionPeriod: msToTs('1 day'),
    });
    const searchAttributes = Object.fromEntries(attributes.map((name) => [name, KEYWORD]));
    // A new namespace takes a moment to be known everywhere.
    await vi.waitFor(() => connection.operatorService.addSearchAttributes({ namespace, searchAttributes }), {
      timeout: 30_000,
    });
    return namespace;
  }

  const known = async (namespace: string): Promise<string[]> =>
    Object.keys((await client.connection.operatorService.listSearchAttributes({ namespace })).customAttributes);

  test('a worker adds them', async () => {
    const namespace = await newNamespace(['Own']);
    const taskQueue = newName('new');
    const own = await freshDatabase();
    const plugin = new MimecastPlugin({ ...optionsFor(taskQueue), databaseUrl: own.url });
    const worker = await start(usersWorker(taskQueue, plugin, { namespace }));
    expect(await known(namespace)).toEqual(
      expect.arrayContaining(['Own', 'MimecastConnection', 'MimecastStream', 'MimecastOutcome', 'MimecastPosture']),
    );
    await worker.stop();
    await own.drop();
  });

  test('a worker that may not add them says which command does', async () => {
    // The development server has room for ten.
    const namespace = await newNamespace(Array.from({ length: 9 }, (_, index) => `Own${index}`));
    const taskQueue = newName('full');
    const worker = await usersWorker(taskQueue, new MimecastPlugin(optionsFor(taskQueue)), { namespace });
    await expect(worker.run()).rejects.toMatchObject({
      name: 'WorkerConfigurationError',
      message: expect.stringMatching(
        /lacks the search attributes MimecastConnection, MimecastStream, MimecastOutcome, MimecastPosture, and .* could not add them/,
      ) as string,
      nextStep:
        `Add them: temporal operator search-attribute create --namespace ${namespace} --name MimecastConnection ` +
        '--type Keyword --name MimecastStream --type Keyword --name MimecastOutcome --type Keyword --name MimecastPosture --type Keyword',
    });
  });

  test('one plugin does not serve a second namespace from the same database', async () => {
    const taskQueue = newName('two');
    const plugin = new MimecastPlugin(optionsFor(taskQueue));
    const first = await start(usersWorker(taskQueue, plugin));
    const second = await usersWorker(taskQueue, plugin, { namespace: await newNamespace(['Own']) });
    await expect(second.run()).rejects.toMatchObject({ name: 'EvidenceNamespaceError' });
    expect(await welcome(taskQueue)).toBe('Hello, Ann');
    await first.stop();
  });
});
