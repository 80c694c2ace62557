import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import pg from 'pg';
import { MimecastConnections } from '../client/connections.js';
import { migrate } from '../evidence/database/migrate.js';
import { createEvidenceStore, type EvidenceStore } from '../evidence/store.js';
import { startPostgres } from '../sandbox/postgres.js';
import type { BelievableTenantOptions } from '../sandbox/simulator/fixtures/believable-tenant.js';
import { findTemporalCli } from '../sandbox/temporal-cli.js';
import { startTemporal } from '../sandbox/temporal.js';
import { sealingKey, writeNewKeyring } from '../vault/keyring.js';
import { BenchProcess } from './bench-process.js';
import type { SimulatorProcess } from './processes/simulator.js';

const TASK_QUEUE = 'mimecast';

/** Servers for both sides, and clients of them for this process. */
export interface Stack {
  readonly simulator: BenchProcess<SimulatorProcess>;
  readonly simulatorUrl: string;
  readonly databaseUrl: string;
  readonly database: pg.Pool;
  readonly store: EvidenceStore;
  readonly temporalAddress: string;
  readonly connections: MimecastConnections;
  readonly keyringFile: string;
  readonly taskQueue: string;
}

export interface RunningStack extends Stack {
  /** Stops every server and removes the data. */
  stop(): Promise<void>;
}

type Stop = () => Promise<unknown>;

/** Starts Postgres, Temporal and a simulated Mimecast, with their data in a temporary folder. */
export async function startStack(
  tenants: readonly BelievableTenantOptions[],
  log: (line: string) => void,
): Promise<RunningStack> {
  const stops: Stop[] = [];
  const stop = async (): Promise<void> => {
    for (const stopOne of stops.splice(0).reverse()) await stopOne();
  };
  try {
    return { ...(await start(tenants, log, stops)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function start(
  tenants: readonly BelievableTenantOptions[],
  log: (line: string) => void,
  stops: Stop[],
): Promise<Stack> {
  const folder = await mkdtemp(join(tmpdir(), 'temporal-mimecast-bench-'));
  stops.push(() => rm(folder, { recursive: true, force: true }));
  // As root, Postgres runs as another user, who must be able to enter the folder.
  await chmod(folder, 0o711);

  const postgres = await startPostgres({ dataDir: join(folder, 'postgres'), port: 0 });
  stops.push(() => postgres.stop());
  await migrate(postgres.url);
  const database = new pg.Pool({ connectionString: postgres.url, max: 1 });
  const store = createEvidenceStore({ databaseUrl: postgres.url, maxConnections: 2 });
  stops.push(() => Promise.all([database.end(), store.close()]));

  const { path: executable } = await findTemporalCli({ log });
  const temporal = await startTemporal({ executable, dataDir: join(folder, 'temporal'), port: 0, ui: false });
  stops.push(() => temporal.stop());
  const connection = await Connection.connect({ address: temporal.address });
  stops.push(() => connection.close());

  const simulator = new BenchProcess<SimulatorProcess>('./processes/simulator.js');
  stops.push(() => simulator.end());
  const simulatorUrl = await simulator.call('start', tenants);

  const keyringFile = join(folder, 'keyring.json');
  const keyring = await writeNewKeyring(keyringFile);
  const connections = new MimecastConnections({
    client: new Client({ connection }),
    taskQueue: TASK_QUEUE,
    sealingKey: sealingKey(keyring),
    evidence: store,
    allowLoopback: true,
  });
  return {
    simulator,
    simulatorUrl,
    databaseUrl: postgres.url,
    database,
    store,
    temporalAddress: temporal.address,
    connections,
    keyringFile,
    taskQueue: TASK_QUEUE,
  };
}
