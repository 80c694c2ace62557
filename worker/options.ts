import type { Keyring } from '../vault/keys.js';

/** What a worker needs besides its connection to Temporal. */
export interface MimecastWorkerOptions {
  /** Postgres with the evidence: `postgres://user:password@host:5432/database`. Its migrations must be applied. */
  readonly databaseUrl: string;
  /** The private ring that opens sealed keys: a file's path, or the ring itself. Read when the worker starts. */
  readonly keyring: string | Keyring;
  /** The one task queue of connections, schedules and clients. `mimecast` unless it is given. */
  readonly taskQueue?: string;
  /** Takes base URLs on this machine: for simulators only. */
  readonly allowLoopback?: boolean;
  /**
   * Where a test that is asked to find the region looks, instead of every host of Mimecast's: for simulators and tests.
   * Base URLs as a connection has them; those on this machine need `allowLoopback`.
   */
  readonly regionBaseUrls?: readonly string[];
  /** The most connections to Postgres. An activity uses one at a time. 10 unless it is given. */
  readonly maxDatabaseConnections?: number;
  readonly now?: () => Date;
}

export const DEFAULT_TASK_QUEUE = 'mimecast';

/** Settings of a worker that cannot be right, or are missing. Says which variable to set. */
export class WorkerConfigurationError extends Error {
  override readonly name = 'WorkerConfigurationError';
  readonly nextStep: string;

  constructor(message: string, nextStep: string) {
    super(message);
    this.nextStep = nextStep;
  }
}

/**
 * A worker's options from the environment: `DATABASE_URL`, `MIMECAST_KEYRING_FILE`, `MIMECAST_TASK_QUEUE` and
 * `MIMECAST_ALLOW_LOOPBACK`.
 *
 * @throws WorkerConfigurationError naming the variable that is missing
 */
export function optionsFromEnvironment(env: Readonly<Record<string, string | undefined>>): MimecastWorkerOptions {
  // An empty variable is one that is not set.
  const valueOf = (name: string): string | undefined => (env[name] === '' ? undefined : env[name]);
  const required = (name: string, what: string): string => {
    const value = valueOf(name);
    if (value !== undefined) return value;
    throw new WorkerConfigurationError(`${name} is not set.`, `Set it to ${what}.`);
  };
  return {
    databaseUrl: required('DATABASE_URL', 'the Postgres that holds the evidence'),
    keyring: required('MIMECAST_KEYRING_FILE', 'the ring that "temporal-mimecast vault init" made'),
    taskQueue: valueOf('MIMECAST_TASK_QUEUE') ?? DEFAULT_TASK_QUEUE,
    allowLoopback: env['MIMECAST_ALLOW_LOOPBACK'] === '1',
  };
}
