import type { MimecastActivities } from '../activities/index.js';
import { createActivities } from '../activities/index.js';
import { pendingMigrations } from '../evidence/database/migrate.js';
import { EvidenceSchemaError, EvidenceUpgradeError, type TemporalNamespace } from '../evidence/database/errors.js';
import { createEvidenceStore } from '../evidence/store.js';
import { WORKFLOW_VERSION } from '../model/workflow-version.js';
import { parseBaseUrl } from '../mimecast/regions.js';
import { createDispatcher } from '../mimecast/transport.js';
import { readKeyring } from '../vault/keyring.js';
import { defined } from '../model/json.js';
import { openCheckpoints } from './checkpoints.js';
import type { MimecastWorkerOptions } from './options.js';
import { DEFAULT_TASK_QUEUE } from './options.js';

/** Resources that activities use while at least one worker runs: pools, the keyring, and the activities themselves. */
export interface WorkerRuntime {
  readonly activities: MimecastActivities;
  /**
   * Ties the database to a worker's namespace, and checks that its workers can continue every connection's workflow.
   *
   * @throws EvidenceNamespaceError when the database belongs to another namespace
   * @throws EvidenceUpgradeError when connections have to be restarted first
   */
  admit(namespace: TemporalNamespace): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens the pools, reads the keyring, and checks that the migrations are applied, without which every activity would
 * fail.
 *
 * @throws MimecastBaseUrlError for `regionBaseUrls` that keys may not be sent to
 * @throws WorkerConfigurationError when checkpoints have no destination
 * @throws VaultKeyringError, EvidenceUnreachableError, EvidenceSchemaError
 */
export async function openRuntime(options: MimecastWorkerOptions, stopping: () => boolean): Promise<WorkerRuntime> {
  const { databaseUrl, maxDatabaseConnections: maxConnections = 10 } = options;
  const { allowLoopback = false, taskQueue = DEFAULT_TASK_QUEUE } = options;
  const regionBaseUrls = options.regionBaseUrls?.map((url) => parseBaseUrl(url, { allowLoopback }));
  const keyring = typeof options.keyring === 'string' ? await readKeyring(options.keyring) : options.keyring;
  const checkpoints = options.checkpoints && (await openCheckpoints(options.checkpoints));
  const pending = await pendingMigrations(databaseUrl);
  if (pending.length > 0) throw new EvidenceSchemaError(pending);

  const store = createEvidenceStore({ databaseUrl, maxConnections });
  const dispatcher = createDispatcher();
  const shared = { store, keyring, dispatcher, allowLoopback, taskQueue, stopping };
  return {
    activities: createActivities({
      ...shared,
      ...defined({ regionBaseUrls, checkpoints }),
    }),
    async admit(namespace) {
      await store.claimNamespace(namespace);
      const others = await store.workflowVersions.others(WORKFLOW_VERSION);
      if (others.length > 0) throw new EvidenceUpgradeError(others, WORKFLOW_VERSION);
    },
    async close() {
      await Promise.all([store.close(), dispatcher.close()]);
    },
  };
}
