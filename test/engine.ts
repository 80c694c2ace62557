import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, type Worker } from '@temporalio/worker';
import { inject } from 'vitest';
import { MimecastConnections } from '../client/connections.js';
import { createEvidenceStore } from '../evidence/postgres-store.js';
import type { EvidenceStore } from '../evidence/store.js';
import {
  believableTenant,
  type BelievableTenant,
  type BelievableTenantOptions,
} from '../sandbox/simulator/believable-tenant.js';
import type { RunningTenant } from '../sandbox/simulator/running-tenant.js';
import { startSimulator, type Simulator, type SimulatorOptions } from '../sandbox/simulator/simulator.js';
import { createKeyring, sealingKey } from '../vault/keyring.js';
import type { Keyring } from '../vault/keys.js';
import { createMimecastWorker, type CreateMimecastWorkerOptions } from '../worker/create-worker.js';
import { freshDatabase, type TestDatabase } from './postgres.js';

// Attempts that fail are part of many tests, and the SDK tells of each at length.
Runtime.install({ logger: new DefaultLogger('ERROR') });

export interface EngineOptions {
  readonly simulator?: SimulatorOptions;
  readonly worker?: Partial<CreateMimecastWorkerOptions>;
}

/** The whole product on the real servers of the test run: a worker, a client, a database and a vendor of its own. */
export interface Engine {
  readonly client: Client;
  readonly connections: MimecastConnections;
  readonly store: EvidenceStore;
  readonly database: TestDatabase;
  readonly simulator: Simulator;
  readonly keyring: Keyring;
  readonly taskQueue: string;
  /** A tenant at the vendor. */
  addTenant(options?: BelievableTenantOptions): BelievableTenant & { readonly running: RunningTenant };
  /** An id that no other test uses: all tests share one Temporal. */
  newId(): string;
  stop(): Promise<void>;
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
  const worker = await createMimecastWorker({
    databaseUrl: database.url,
    keyring,
    taskQueue,
    allowLoopback: true,
    connection: nativeConnection,
    ...options.worker,
  });
  const drain = await run(worker);
  const connections = new MimecastConnections({
    client,
    taskQueue,
    sealingKey: sealingKey(keyring),
    evidence: store,
    allowLoopback: true,
  });

  const opened: string[] = [];
  return {
    client,
    connections,
    store,
    database,
    simulator,
    keyring,
    taskQueue,
    addTenant(tenantOptions) {
      const tenant = believableTenant({ seed: simulator.tenants.length + 1, ...tenantOptions });
      return { ...tenant, running: simulator.addTenant(tenant) };
    },
    newId() {
      const id = `t-${suffix}-${opened.length + 1}`;
      opened.push(id);
      return id;
    },
    async stop() {
      // Schedules outlive their test otherwise, and their runs would wait for a worker until the server ends.
      await Promise.all(opened.map((id) => connections.disconnect(id).catch(() => undefined)));
      await drain();
      await nativeConnection.close();
      await Promise.all([store.close(), simulator.stop(), connection.close()]);
      await database.drop();
    },
  };
}

/** @returns drains the worker */
async function run(worker: Worker): Promise<() => Promise<void>> {
  const ended = worker.run();
  // A worker that is told to stop before it has started never stops.
  while (worker.getState() === 'INITIALIZED') await Promise.race([delay(10), ended]);
  return async () => {
    worker.shutdown();
    await ended;
  };
}
