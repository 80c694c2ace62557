import { access } from 'node:fs/promises';
import path from 'node:path';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import type { DevAddresses } from '../../sandbox/dev-stack.js';
import type { CheckpointVariables } from '../../worker/options.js';
import { CliError } from '../console/failures.js';
import type { Terminal } from '../console/terminal.js';

/** Where a command finds what it talks to. */
export interface Settings {
  readonly temporal: TemporalSettings;
  readonly taskQueue: string;
  readonly databaseUrl?: string;
  readonly keyringFile?: string;
  /** Whether a base URL on this machine is taken, which is how the simulator is reached. */
  readonly allowLoopback: boolean;
  /** Who signs checkpoints, and where a worker takes them to. */
  readonly checkpoints: CheckpointVariables;
}

export interface TemporalSettings {
  readonly address: string;
  readonly namespace: string;
  /** TLS, API key and headers, as the SDK's environment configuration found them. */
  readonly connectionOptions: ReturnType<typeof loadClientConnectConfig>['connectionOptions'];
}

/** What `dev` wrote down about the servers that it runs, as far as commands go by it. */
export type AddressesOfDev = Pick<DevAddresses, 'temporalAddress' | 'namespace' | 'databaseUrl' | 'keyringFile'>;

type Environment = Terminal['env'];

/** Reads the environment and, while `dev` runs in the data folder, the addresses that it took. */
export async function readSettings(env: Environment): Promise<Settings> {
  return resolveSettings(env, await readAddressesOfDev(dataDirOf(env)));
}

/** Where `dev` keeps its servers' data, and the other commands look for the addresses that it took. */
export const dataDirOf = (env: Environment): string => path.resolve(valueOf(env, 'MIMECAST_DATA_DIR') ?? '.data');

/** Only loads the sandbox where `dev` has been: an installation without its optional parts works without. */
async function readAddressesOfDev(dataDir: string): Promise<AddressesOfDev | undefined> {
  const isThere = await access(dataDir).then(
    () => true,
    () => false,
  );
  if (!isThere) return undefined;
  const { readDevAddresses } = await import('../../sandbox/dev-stack.js');
  return readDevAddresses(dataDir);
}

/** Each of them says by itself which Temporal is meant. */
const TEMPORAL_CHOICES = ['TEMPORAL_ADDRESS', 'TEMPORAL_PROFILE', 'TEMPORAL_CONFIG_FILE'] as const;

/**
 * The environment wins over what `dev` wrote down. The addresses of `dev` belong together: once the environment points
 * at another Temporal, none of them is taken, because keys sealed for the ring of `dev` could not be opened there and
 * its database holds other evidence.
 */
export function resolveSettings(env: Environment, dev: AddressesOfDev | undefined): Settings {
  const address = valueOf(env, 'TEMPORAL_ADDRESS');
  const choosesTemporal = TEMPORAL_CHOICES.some((name) => valueOf(env, name) !== undefined);
  const defaults = choosesTemporal && address !== dev?.temporalAddress ? undefined : dev;
  const databaseUrl = valueOf(env, 'DATABASE_URL') ?? defaults?.databaseUrl;
  const keyringFile = valueOf(env, 'MIMECAST_KEYRING_FILE') ?? defaults?.keyringFile;
  const loopback = valueOf(env, 'MIMECAST_ALLOW_LOOPBACK');
  return {
    temporal:
      defaults === undefined ? readTemporalProfile(env) : temporalOfDev(defaults, valueOf(env, 'TEMPORAL_NAMESPACE')),
    taskQueue: valueOf(env, 'MIMECAST_TASK_QUEUE') ?? 'mimecast',
    ...(databaseUrl !== undefined && { databaseUrl }),
    ...(keyringFile !== undefined && { keyringFile }),
    allowLoopback: loopback === undefined ? defaults !== undefined : loopback === '1',
    checkpoints: {
      keyFile: valueOf(env, 'MIMECAST_CHECKPOINT_KEY_FILE'),
      directory: valueOf(env, 'MIMECAST_CHECKPOINT_DIR'),
      command: valueOf(env, 'MIMECAST_CHECKPOINT_COMMAND'),
    },
  };
}

/** An API key in the environment is for another server: the one of `dev` takes none. */
function temporalOfDev({ temporalAddress: address, namespace }: AddressesOfDev, chosen = namespace): TemporalSettings {
  return { address, namespace: chosen, connectionOptions: { address } };
}

/** @throws CliError when a profile file or certificate that the environment names cannot be read */
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

/** An empty variable is one that is not set. */
function valueOf(env: Environment, name: string): string | undefined {
  const value = env[name];
  return value === '' ? undefined : value;
}
