import { access } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { migrate } from '../evidence/database/migrate.js';
import { writeNewKeyring } from '../vault/keyring.js';
import { prepareDataFolder } from './data-folder.js';
import { demoTenant, rememberSimulatorPort, saveDemoKeys } from './demo-tenant.js';
import { removeDevAddresses, writeDevAddresses, type DevAddresses } from './dev-addresses.js';
import { lockDataDir } from './dev-lock.js';
import { startPostgres } from './postgres.js';
import type { BelievableTenant } from './simulator/fixtures/believable-tenant.js';
import { startSimulator } from './simulator/simulator.js';
import { findTemporalCli } from './temporal-cli.js';
import { startTemporal, type RunningTemporal } from './temporal.js';
import type { Simulator } from './simulator/interface.js';

const DEFAULT_SIMULATOR_PORT = 7480;

export interface DevStackOptions {
  /** Folder for all data, kept between starts; created when it is missing. */
  readonly dataDir: string;
  /** Preferred ports; a free one is used when a port is taken. */
  readonly ports?: {
    readonly postgres?: number;
    readonly temporal?: number;
    readonly temporalUi?: number;
    readonly simulator?: number;
  };
  /** Receives progress messages. */
  readonly log: (line: string) => void;
}

export interface DevStack {
  readonly addresses: DevAddresses;
  readonly simulator: Simulator;
  /** Stops all servers. Stop the worker first. */
  stop(): Promise<void>;
}

/** Stops something that was started. */
type Stop = () => Promise<unknown>;

/**
 * Starts everything that a worker needs, on loopback, with its data in one folder: Postgres with the schema, a Temporal dev
 * server with its UI, a keyring, and a simulated Mimecast with one tenant. Writes the addresses to `dev.json` in the folder,
 * for the other commands.
 *
 * @throws {DataFolderError} when other accounts own the folder or can write to it
 * @throws {DevLockedError} when another `dev` runs on the folder
 * @throws {TemporalCliError} when there is no Temporal CLI
 * @throws {Error} with the next step, when a server does not start; servers that had started are stopped
 */
export async function startDevStack(given: DevStackOptions): Promise<DevStack> {
  const { log } = given;
  const dataDir = await prepareDataFolder(resolve(given.dataDir), log);
  const options = { ...given, dataDir };
  const lock = await lockDataDir(dataDir);
  const stops: Stop[] = [() => lock.release()];
  const stop = (): Promise<void> => stopAll(stops);

  try {
    log('Starting Postgres, Temporal and the simulated Mimecast.');
    const starts = [
      openDatabase(options, stops),
      openTemporal(options, stops),
      openSimulator(options, stops),
      keyringIn(dataDir),
    ] as const;
    // Waits for all starts even when one fails, so that everything that started can be stopped.
    await Promise.allSettled(starts);
    const [databaseUrl, temporal, { simulator, keysFile }, keyringFile] = await Promise.all(starts);

    const addresses: DevAddresses = {
      pid: process.pid,
      startedAt: new Date().toISOString(),
      temporalAddress: temporal.address,
      namespace: temporal.namespace,
      uiUrl: temporal.uiUrl ?? '',
      databaseUrl,
      keyringFile,
      simulatorUrl: simulator.url,
      keysFile,
    };
    await writeDevAddresses(dataDir, lock.run, addresses);
    stops.push(() => removeDevAddresses(dataDir));
    return { addresses, simulator, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Stops in reverse order, so that the lock is released last. A failure does not prevent the other stops. */
async function stopAll(stops: Stop[]): Promise<void> {
  const failures: unknown[] = [];
  for (const stop of stops.splice(0).reverse()) {
    await stop().catch((error: unknown) => failures.push(error));
  }
  if (failures.length > 0) throw new AggregateError(failures, 'Not everything that dev had started could be stopped.');
}

async function openDatabase({ dataDir, ports, log }: DevStackOptions, stops: Stop[]): Promise<string> {
  const postgres = await startPostgres({
    dataDir: join(dataDir, 'postgres'),
    log,
    ...(ports?.postgres === undefined ? {} : { port: ports.postgres }),
  });
  stops.push(() => postgres.stop());
  const { applied } = await migrate(postgres.url);
  if (applied.length > 0) log(`Database schema: ${applied.join(', ')}.`);
  return postgres.url;
}

async function openTemporal({ dataDir, ports, log }: DevStackOptions, stops: Stop[]): Promise<RunningTemporal> {
  const { path: executable } = await findTemporalCli({ log });
  const temporal = await startTemporal({
    executable,
    dataDir: join(dataDir, 'temporal'),
    ...(ports?.temporal === undefined ? {} : { port: ports.temporal }),
    ...(ports?.temporalUi === undefined ? {} : { uiPort: ports.temporalUi }),
  });
  stops.push(() => temporal.stop());
  return temporal;
}

async function openSimulator(
  { dataDir, ports }: DevStackOptions,
  stops: Stop[],
): Promise<{ simulator: Simulator; keysFile: string }> {
  const { tenant, state, keysFile } = await demoTenant(dataDir);
  const wantedPort = ports?.simulator ?? state.simulatorPort ?? DEFAULT_SIMULATOR_PORT;
  const simulator = await startSimulatorAt(wantedPort, tenant);
  await rememberSimulatorPort(dataDir, state, simulator.url);
  stops.push(async () => {
    const [demo] = simulator.tenants;
    if (demo !== undefined) await saveDemoKeys(dataDir, demo.keys);
    await simulator.stop();
  });
  return { simulator, keysFile };
}

/** Starts the simulator on a port, or on any free port when that one is taken. */
async function startSimulatorAt(port: number, tenant: BelievableTenant): Promise<Simulator> {
  try {
    return await startSimulator({ port, tenants: [tenant] });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    return startSimulator({ tenants: [tenant] });
  }
}

async function keyringIn(dataDir: string): Promise<string> {
  const file = join(dataDir, 'keyring.json');
  const isThere = await access(file).then(
    () => true,
    () => false,
  );
  if (!isThere) await writeNewKeyring(file);
  return file;
}
