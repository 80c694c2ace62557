import type { Keyring } from '../vault/keys.js';
import { defined } from '../model/json.js';

/** Options of the plugin and of a worker. */
export interface MimecastWorkerOptions {
  /**
   * Postgres database of the evidence: `postgres://user:password@host:5432/database`. Its migrations must be applied.
   */
  readonly databaseUrl: string;
  /** The private keyring that opens sealed keys: path of a file, or the keyring itself. Read when the worker starts. */
  readonly keyring: string | Keyring;
  /** Task queue of connections, schedules and clients. Default `mimecast`. */
  readonly taskQueue?: string;
  /** Accepts base URLs on this machine: for simulators only. */
  readonly allowLoopback?: boolean;
  /**
   * Base URLs that a test with `findRegion` tries instead of Mimecast's hosts: for simulators and tests. Those on this
   * machine need `allowLoopback`.
   */
  readonly regionBaseUrls?: readonly string[];
  /** The most connections to Postgres. An activity uses one at a time, a backfill up to eight. Default 10. */
  readonly maxDatabaseConnections?: number;
  /** Daily signed checkpoints of each connection's log. Default: none. */
  readonly checkpoints?: CheckpointOptions;
  /** @deprecated Ignored: the activities use the database's clock. */
  readonly now?: () => Date;
}

/** The key that signs checkpoints, and where they are delivered: a folder, a command, or both. */
export interface CheckpointOptions {
  /** File of the private key, as made by `temporal-mimecast vault checkpoint-key`. */
  readonly keyFile: string;
  /** Receives one file for each connection and day: `acme-2026-11-24.jws`. */
  readonly directory?: string;
  /**
   * Command that the shell runs. It receives the checkpoint on standard input, and MIMECAST_CONNECTION and
   * MIMECAST_CHECKPOINT_DAY in its environment.
   */
  readonly command?: string;
}

export const DEFAULT_TASK_QUEUE = 'mimecast';

/** Options of a worker are missing or invalid. Names the variable to set. */
export class WorkerConfigurationError extends Error {
  override readonly name = 'WorkerConfigurationError';
  readonly nextStep: string;

  constructor(message: string, nextStep: string) {
    super(message);
    this.nextStep = nextStep;
  }
}

/**
 * Reads a worker's options from the environment: `DATABASE_URL`, `MIMECAST_KEYRING_FILE`, `MIMECAST_TASK_QUEUE`,
 * `MIMECAST_ALLOW_LOOPBACK`, and for checkpoints `MIMECAST_CHECKPOINT_KEY_FILE` with `MIMECAST_CHECKPOINT_DIR`,
 * `MIMECAST_CHECKPOINT_COMMAND` or both.
 *
 * @throws WorkerConfigurationError naming the variable that is missing
 */
export function optionsFromEnvironment(env: Readonly<Record<string, string | undefined>>): MimecastWorkerOptions {
  // An empty variable counts as not set.
  const valueOf = (name: string): string | undefined => (env[name] === '' ? undefined : env[name]);
  const required = (name: string, what: string): string => {
    const value = valueOf(name);
    if (value !== undefined) return value;
    throw new WorkerConfigurationError(`${name} is not set.`, `Set it to ${what}.`);
  };
  const checkpoints = checkpointOptions({
    keyFile: valueOf('MIMECAST_CHECKPOINT_KEY_FILE'),
    directory: valueOf('MIMECAST_CHECKPOINT_DIR'),
    command: valueOf('MIMECAST_CHECKPOINT_COMMAND'),
  });
  return defined({
    databaseUrl: required('DATABASE_URL', 'the Postgres that holds the evidence'),
    keyring: required('MIMECAST_KEYRING_FILE', 'the ring that "temporal-mimecast vault init" made'),
    taskQueue: valueOf('MIMECAST_TASK_QUEUE') ?? DEFAULT_TASK_QUEUE,
    allowLoopback: env['MIMECAST_ALLOW_LOOPBACK'] === '1',
    checkpoints,
  });
}

/** The checkpoint variables of the environment. */
export type CheckpointVariables = { readonly [Name in keyof CheckpointOptions]?: CheckpointOptions[Name] | undefined };

/** @throws WorkerConfigurationError when there is a key without a destination, or a destination without a key */
export function checkpointOptions({ keyFile, directory, command }: CheckpointVariables): CheckpointOptions | undefined {
  const hasTarget = directory !== undefined || command !== undefined;
  if (keyFile === undefined && !hasTarget) return undefined;
  if (keyFile === undefined) {
    throw new WorkerConfigurationError(
      'Checkpoints have somewhere to go, but no key: MIMECAST_CHECKPOINT_KEY_FILE is not set.',
      'Make a key: temporal-mimecast vault checkpoint-key.',
    );
  }
  if (!hasTarget) {
    throw new WorkerConfigurationError(
      'Checkpoints have a key, but nowhere to go.',
      'Set MIMECAST_CHECKPOINT_DIR to a folder, or MIMECAST_CHECKPOINT_COMMAND to a command that reads them.',
    );
  }
  return defined({ keyFile, directory, command });
}
