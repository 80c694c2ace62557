import type { Connection } from '@temporalio/client';
import type { MimecastConnections } from '../../client/index.js';
import type { PublicSealingKey } from '../../vault/keys.js';
import { actorHere } from '../console/actor.js';
import { EXIT } from '../console/exit-codes.js';
import { CliError } from '../console/failures.js';
import type { Settings, TemporalSettings } from './settings.js';
import type { EvidenceStore } from '../../evidence/store.js';
import { defined } from '../../model/json.js';

/** The client, as used by commands. */
export type Connections = Pick<MimecastConnections, keyof MimecastConnections>;

/** Services of commands. Each is opened on first use, so that a command needs only what it uses. */
export interface Services {
  /**
   * Returns the client.
   *
   * @param needs.sealing true when keys will be sealed: the keyring is read first, and must exist
   * @throws {CliError} when Temporal does not answer
   */
  connections(needs?: { readonly sealing?: boolean }): Promise<Connections>;
  /** Returns the evidence store. @throws {CliError} when no database is configured */
  evidence(): Promise<EvidenceStore>;
  close(): Promise<void>;
}

/** Timeout for distant servers with slow name resolution; a running server answers within milliseconds. */
const CONNECT_TIMEOUT_MS = 3000;

export function openServices(settings: Settings): Services {
  const opened: { connection?: Connection; store?: EvidenceStore } = {};

  async function evidence(): Promise<EvidenceStore> {
    const databaseUrl = databaseUrlOf(settings);
    const { createEvidenceStore } = await import('../../evidence/store.js');
    return (opened.store ??= createEvidenceStore({ databaseUrl, maxConnections: 2 }));
  }

  return {
    evidence,
    async connections({ sealing = false } = {}) {
      const sealingKey = sealing ? await readSealingKeyOf(settings) : undefined;
      const { Client } = await import('@temporalio/client');
      const { MimecastConnections } = await import('../../client/index.js');
      const connection = (opened.connection ??= await connectToTemporal(settings.temporal));
      const actor = actorHere();
      return new MimecastConnections({
        client: new Client({ connection, namespace: settings.temporal.namespace }),
        taskQueue: settings.taskQueue,
        allowLoopback: settings.allowLoopback,
        ...defined({ actor, sealingKey }),
        ...(settings.databaseUrl !== undefined && { evidence: await evidence() }),
      });
    },
    async close() {
      await Promise.all([opened.connection?.close(), opened.store?.close()]);
    },
  };
}

/** Returns the database URL. @throws {CliError} when no database is configured */
export function databaseUrlOf(settings: Settings): string {
  if (settings.databaseUrl !== undefined) return settings.databaseUrl;
  throw new CliError(
    'no-database',
    'No Postgres is configured.',
    'Set DATABASE_URL, or start everything with "temporal-mimecast dev".',
    EXIT.unreachable,
  );
}

/** Connects to Temporal. @throws {CliError} when nothing answers, or something other than Temporal */
export async function connectToTemporal(temporal: TemporalSettings): Promise<Connection> {
  const { Connection, isGrpcServiceError } = await import('@temporalio/client');
  try {
    return await Connection.connect({ ...temporal.connectionOptions, connectTimeout: CONNECT_TIMEOUT_MS });
  } catch (error) {
    throw isGrpcServiceError(error) ? error : noTemporal(temporal);
  }
}

export function noTemporal({ address }: TemporalSettings): CliError {
  return new CliError(
    'temporal-unreachable',
    `No Temporal server answers at ${address}.`,
    'Start one with "temporal-mimecast dev", or set TEMPORAL_ADDRESS.',
    EXIT.unreachable,
  );
}

/** Returns the keyring file. @throws {CliError} when none is configured */
export function keyringFileOf(settings: Settings): string {
  if (settings.keyringFile !== undefined) return settings.keyringFile;
  throw new CliError(
    'no-keyring',
    'No ring is configured, and keys are sealed for one.',
    'Set MIMECAST_KEYRING_FILE. "temporal-mimecast vault init" makes a ring.',
    EXIT.unreachable,
  );
}

/**
 * Reads the sealing key from the workers' keyring, or from its public key file. @throws {VaultKeyringError} when the
 * file is neither
 */
export async function readSealingKeyOf(settings: Settings): Promise<PublicSealingKey> {
  const { readSealingKey } = await import('../../vault/sealing.js');
  return readSealingKey(keyringFileOf(settings));
}
