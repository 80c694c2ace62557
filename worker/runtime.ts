import type { MimecastActivities } from '../activities/index.js';
import { createActivities } from '../activities/index.js';
import { pendingMigrations } from '../evidence/migrate.js';
import { EvidenceSchemaError } from '../evidence/errors.js';
import { createEvidenceStore } from '../evidence/postgres-store.js';
import { createDispatcher } from '../mimecast/transport.js';
import { readKeyring } from '../vault/keyring.js';
import type { MimecastWorkerOptions } from './options.js';
import { DEFAULT_TASK_QUEUE } from './options.js';

/** What activities work with while at least one worker runs: pools, the ring, and the activities over them. */
export interface WorkerRuntime {
  readonly activities: MimecastActivities;
  close(): Promise<void>;
}

/**
 * Opens the pools and reads the ring, and checks what would make every activity fail: the database's migrations and
 * whose database it is.
 *
 * @throws VaultKeyringError, EvidenceUnreachableError, EvidenceSchemaError, EvidenceNamespaceError
 */
export async function openRuntime(
  options: MimecastWorkerOptions,
  namespace: string,
  stopping: () => boolean,
): Promise<WorkerRuntime> {
  const { databaseUrl, maxDatabaseConnections: maxConnections = 10, now = () => new Date() } = options;
  const keyring = typeof options.keyring === 'string' ? await readKeyring(options.keyring) : options.keyring;
  const pending = await pendingMigrations(databaseUrl);
  if (pending.length > 0) throw new EvidenceSchemaError(pending);

  const store = createEvidenceStore({ databaseUrl, maxConnections });
  const dispatcher = createDispatcher();
  const close = async (): Promise<void> => {
    await Promise.all([store.close(), dispatcher.close()]);
  };
  try {
    await store.claimNamespace(namespace);
  } catch (error) {
    await close();
    throw error;
  }
  const { allowLoopback = false, taskQueue = DEFAULT_TASK_QUEUE } = options;
  const activities = createActivities({ store, keyring, dispatcher, allowLoopback, taskQueue, now, stopping });
  return { activities, close };
}
