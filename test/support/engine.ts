import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, type Worker } from '@temporalio/worker';
import { inject } from 'vitest';
import { MimecastConnections } from '../../client/connections.js';
import type { NewConnectionRequest } from '../../client/requests.js';
import type { ConnectionSettings } from '../../model/connection.js';
import { createEvidenceStore, type EvidenceStore } from '../../evidence/store.js';
import {
  believableTenant,
  type BelievableTenant,
  type BelievableTenantOptions,
} from '../../sandbox/simulator/fixtures/believable-tenant.js';
import type { RunningTenant } from '../../sandbox/simulator/running-tenant.js';
import { startSimulator } from '../../sandbox/simulator/simulator.js';
import { createKeyring, sealingKey } from '../../vault/keyring.js';
import type { Keyring } from '../../vault/keys.js';
import { createMimecastWorker, type CreateMimecastWorkerOptions } from '../../worker/create-worker.js';
import type { ConnectionTest } from '../../contract/reports.js';
import { defaultSettings } from '../../model/settings.js';
import { freshDatabase, type TestDatabase } from './database.js';
import './runtime.js';
import type { Simulator, SimulatorOptions } from '../../sandbox/simulator/interface.js';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

export const ago = (ms: number): Date => new Date(Date.now() - ms);

export interface EngineOptions {
  readonly simulator?: SimulatorOptions;
  /** `none` for tests whose workers are processes of their own. */
  readonly worker?: Partial<CreateMimecastWorkerOptions> | 'none';
  /**
   * Connections read threat statistics too. Off by default: the first poll of them reads four logs day by day, which takes
   * longer than most of what is tested.
   */
  readonly statistics?: boolean;
}

/** The whole product on the servers of the test run, with its own worker, client, database and simulator. */
export interface Engine {
  readonly client: Client;
  readonly connections: MimecastConnections;
  readonly store: EvidenceStore;
  readonly database: TestDatabase;
  readonly simulator: Simulator;
  readonly keyring: Keyring;
  readonly taskQueue: string;
  /** A tenant at the vendor. */
  addTenant(options?: BelievableTenantOptions): Tenant;
  /** Returns an id that no other test uses: all tests share one Temporal. */
  newId(): string;
  /** Connects a tenant, a new one unless it is given, under a new id. */
  connect(tenant?: Tenant, request?: ConnectChanges): Promise<Connected>;
  /** Drains the worker and starts another, as a deployment does. */
  restartWorker(): Promise<void>;
  stop(): Promise<void>;
}

/** Differences from a connect with the tenant's keys and the defaults. */
type ConnectChanges = Partial<Pick<NewConnectionRequest, 'baseUrl' | 'settings' | 'issuedAt'>> & {
  readonly credentials?: unknown;
};

/** A tenant at the vendor, as it was described and as it runs. */
export type Tenant = BelievableTenant & { readonly running: RunningTenant };

export interface Connected {
  readonly id: string;
  readonly tenant: Tenant;
  readonly report: ConnectionTest;
}

export async function startEngine(options: EngineOptions = {}): Promise<Engine> {
  const address = inject('temporalAddress');
  const suffix = randomBytes(4).toString('hex');
  const taskQueue = `mimecast-${suffix}`;
  const [database, simulator, keyring, connection, nativeConnection] = await Promise.all([
    freshDatabase(),
    startSimulator(options.simulator),
    createKeyring(),
    Connection.connect({ address }),
    NativeConnection.connect({ address }),
  ]);
  const store = createEvidenceStore({ databaseUrl: database.url });
  const client = new Client({ connection });
  const { worker = {} } = options;
  const startWorker = async (): Promise<Drain> => {
    if (worker === 'none') return () => Promise.resolve();
    const workflowBundle = { codePath: inject('workflowBundleFile') };
    const base = {
      databaseUrl: database.url,
      keyring,
      taskQueue,
      allowLoopback: true,
      connection: nativeConnection,
      workflowBundle,
    };
    return run(await createMimecastWorker({ ...base, ...worker }));
  };
  let drain = await startWorker();
  const connections = new MimecastConnections({
    client,
    taskQueue,
    sealingKey: sealingKey(keyring),
    evidence: store,
    allowLoopback: true,
  });

  let opened = 0;
  const engine: Engine = {
    client,
    connections,
    store,
    database,
    simulator,
    keyring,
    taskQueue,
    addTenant: (tenantOptions) => addTenant(simulator, tenantOptions),
    newId() {
      opened += 1;
      return `t-${suffix}-${opened}`;
    },
    async connect(tenant = engine.addTenant(), request: ConnectChanges = {}) {
      const id = engine.newId();
      const { streams } = defaultSettings(simulator.url);
      const base = { baseUrl: simulator.url, credentials: tenant.keys };
      const settings = { streams: options.statistics ? streams : withoutStatistics(streams), ...request.settings };
      return { id, tenant, report: await connections.connect(id, { ...base, ...request, settings }) };
    },
    async restartWorker() {
      await drain();
      drain = await startWorker();
    },
    async stop() {
      // Connections remain without a worker on their queue; the server stops with the test run.
      await drain();
      await nativeConnection.close();
      await Promise.all([store.close(), simulator.stop(), connection.close()]);
      await database.drop();
    },
  };
  return engine;
}

/** Environment with which a command reaches the servers of an engine. */
export function environmentOf({ database, taskQueue }: Engine, keyringFile: string): Record<string, string> {
  return {
    TEMPORAL_CONFIG_FILE: '',
    TEMPORAL_ADDRESS: inject('temporalAddress'),
    DATABASE_URL: database.url,
    MIMECAST_KEYRING_FILE: keyringFile,
    MIMECAST_TASK_QUEUE: taskQueue,
    MIMECAST_ALLOW_LOOPBACK: '1',
  };
}

/**
 * A tenant of a simulator. Unless it is described otherwise, all its events lie where a first poll reads: within the
 * vendor's look-back, and long enough ago to have settled.
 */
export function addTenant(simulator: Simulator, options: BelievableTenantOptions = {}): Tenant {
  const seed = simulator.tenants.length + 1;
  const tenant = believableTenant({ seed, events: 600, from: ago(59 * DAY_MS), to: ago(10 * MINUTE_MS), ...options });
  return { ...tenant, running: simulator.addTenant(tenant) };
}

type Streams = ConnectionSettings['streams'];

const withoutStatistics = (streams: Streams): Streams =>
  Object.fromEntries(Object.entries(streams).filter(([stream]) => stream !== 'threat-statistics'));

type Drain = () => Promise<void>;

async function run(worker: Worker): Promise<Drain> {
  const ended = worker.run();
  // A worker that is stopped before it has started never stops.
  while (worker.getState() === 'INITIALIZED') await Promise.race([delay(10), ended]);
  return async () => {
    worker.shutdown();
    await ended;
  };
}
