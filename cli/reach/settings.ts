import { access } from 'node:fs/promises';
import path from 'node:path';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import type { DevAddresses } from '../../sandbox/dev-addresses.js';
import type { CheckpointVariables } from '../../worker/options.js';
import { CliError } from '../console/failures.js';
import type { Terminal } from '../console/terminal.js';
import { defined } from '../../model/json.js';

/** Addresses and options of a command's services. */
export interface Settings {
  readonly temporal: TemporalSettings;
  readonly taskQueue: string;
  readonly databaseUrl?: string;
  readonly keyringFile?: string;
  /** True to accept a base URL on this machine, for the simulator. */
  readonly allowLoopback: boolean;
  /** Signing key of checkpoints, and where a worker delivers them. */
  readonly checkpoints: CheckpointVariables;
}

export interface TemporalSettings {
  readonly address: string;
  readonly namespace: string;
  /** TLS, API key and headers, from the SDK's environment configuration. */
  readonly connectionOptions: ReturnType<typeof loadClientConnectConfig>['connectionOptions'];
}

/** Addresses of a running `dev` that commands use. */
export type AddressesOfDev = Pick<DevAddresses, 'temporalAddress' | 'namespace' | 'databaseUrl' | 'keyringFile'>;

type Environment = Terminal['env'];

/**
 * Reads the environment and, while `dev` runs in the data folder, its addresses.
 *
 * @throws {DataFolderError} when the folder is not safe to use, unless the environment selects a Temporal server
 */
export async function readSettings(env: Environment): Promise<Settings> {
  const dev = await readAddressesOfDev(dataDirOf(env)).catch((error: unknown) => {
    if (choosesTemporal(env)) return undefined;
    throw error;
  });
  return resolveSettings(env, dev);
}

/** Returns the data folder of `dev`, which also contains its addresses. */
export const dataDirOf = (env: Environment): string => path.resolve(valueOf(env, 'MIMECAST_DATA_DIR') ?? '.data');

/** Reads the addresses of `dev`. Imports the sandbox only when the folder exists, because its packages are optional. */
async function readAddressesOfDev(dataDir: string): Promise<AddressesOfDev | undefined> {
  const isThere = await access(dataDir).then(
    () => true,
    () => false,
  );
  if (!isThere) return undefined;
  const { readDevAddresses } = await import('../../sandbox/dev-addresses.js');
  return readDevAddresses(dataDir);
}

/** Variables that each select a Temporal server. */
const TEMPORAL_CHOICES = ['TEMPORAL_ADDRESS', 'TEMPORAL_PROFILE', 'TEMPORAL_CONFIG_FILE'] as const;

const choosesTemporal = (env: Environment): boolean =>
  TEMPORAL_CHOICES.some((name) => valueOf(env, name) !== undefined);

/**
 * Resolves the settings. The environment takes precedence over the addresses of `dev`. Those belong together: when the
 * environment selects another Temporal, none of them is used, because its workers could not open keys sealed for the
 * keyring of `dev`, and the database of `dev` contains other evidence.
 */
export function resolveSettings(env: Environment, dev: AddressesOfDev | undefined): Settings {
  const address = valueOf(env, 'TEMPORAL_ADDRESS');
  const defaults = choosesTemporal(env) && address !== dev?.temporalAddress ? undefined : dev;
  const databaseUrl = valueOf(env, 'DATABASE_URL') ?? defaults?.databaseUrl;
  const keyringFile = valueOf(env, 'MIMECAST_KEYRING_FILE') ?? defaults?.keyringFile;
  const loopback = valueOf(env, 'MIMECAST_ALLOW_LOOPBACK');
  return defined({
    temporal:
      defaults === undefined ? readTemporalProfile(env) : temporalOfDev(defaults, valueOf(env, 'TEMPORAL_NAMESPACE')),
    taskQueue: valueOf(env, 'MIMECAST_TASK_QUEUE') ?? 'mimecast',
    databaseUrl,
    keyringFile,
    allowLoopback: loopback === undefined ? defaults !== undefined : loopback === '1',
    checkpoints: {
      keyFile: valueOf(env, 'MIMECAST_CHECKPOINT_KEY_FILE'),
      directory: valueOf(env, 'MIMECAST_CHECKPOINT_DIR'),
      command: valueOf(env, 'MIMECAST_CHECKPOINT_COMMAND'),
    },
  });
}

/** Returns the Temporal of `dev`, without the API key of the environment, which is for another server. */
function temporalOfDev({ temporalAddress: address, namespace }: AddressesOfDev, chosen = namespace): TemporalSettings {
  return { address, namespace: chosen, connectionOptions: { address } };
}

/** Reads the Temporal profile. @throws {CliError} when a profile file or certificate in the environment cannot be read */
function readTemporalProfile(env: Environment): TemporalSettings {
  const variables = Object.entries(env).filter((entry): entry is [string, string] => Boolean(entry[1]));
  try {
    const { connectionOptions, namespace = 'default' } = loadClientConnectConfig({
      overrideEnvVars: Object.fromEntries(variables),
    });
    const { address = '127.0.0.1:7233' } = connectionOptions;
    return { address, namespace, connectionOptions: { ...connectionOptions, address } };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CliError(
      'invalid-temporal-configuration',
      `Temporal's configuration cannot be read: ${reason}`,
      'Check the TEMPORAL_… variables and the profile file that they name.',
    );
  }
}

/** Returns a variable; an empty one counts as not set. */
function valueOf(env: Environment, name: string): string | undefined {
  const value = env[name];
  return value === '' ? undefined : value;
}
