import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { MarkedConnection } from '../../evidence/connections/workflow-versions.js';
import { EvidenceSchemaError, type TemporalNamespace } from '../../evidence/database/errors.js';
import { migrate, withUpgradeLock } from '../../evidence/database/migrate.js';
import { SEARCH_ATTRIBUTES } from '../../contract/search-attributes.js';
import { createEvidenceStore, type EvidenceStore } from '../../evidence/store.js';
import { WORKFLOW_VERSION } from '../../model/workflow-version.js';
import { describeNamespace } from '../namespace.js';
import { DEFAULT_TASK_QUEUE } from '../options.js';
import { ensureSearchAttributes } from '../search-attributes.js';
import { listEntities } from './entities.js';
import { UpgradeError } from './errors.js';
import { listRunningPolls } from './interrupted-polls.js';
import { groupsOf, isAdopted, queuesOf, strayEntities, type AdoptNamespace } from './plan.js';
import type { UpgradeProgress, UpgradeStep } from './progress.js';
import { restartConnection, type RestartedConnection } from './restart-connection.js';
import { terminateRun } from './runs.js';
import { requireStoppedWorkers } from './stopped-workers.js';

export interface UpgradeOptions {
  /** Postgres with the evidence. */
  readonly databaseUrl: string;
  /** Opens Temporal, in the namespace of the workers. Called only where something has to be restarted; its owner closes it. */
  readonly client: () => Promise<Client>;
  /** For connections whose workflow is missing; others stay on the task queue that they are on. `mimecast` by default. */
  readonly taskQueue?: string;
  /** Gives the database to the namespace of the client, and restarts every connection there. Refused by default. */
  readonly adoptNamespace?: AdoptNamespace;
  /** How long workers may take to stop, in milliseconds. 120,000 by default. */
  readonly waitForWorkersMs?: number;
  /** Called after each step. */
  readonly onProgress?: (progress: UpgradeProgress) => void;
}

export interface UpgradeReport {
  /** Names of the migrations that were applied. */
  readonly applied: readonly string[];
  /** Where connections were restarted; none where Temporal was not needed. */
  readonly namespace?: TemporalNamespace & { readonly adopted: boolean };
  readonly restarted: readonly RestartedConnection[];
  /** Ids of workflows that run and have no row. They were not touched. */
  readonly withoutRow: readonly string[];
}

/** Connections that are restarted side by side, and the shortest time for them: 20 connections a second at most. */
const SIDE_BY_SIDE = 10;
const GROUP_MS = 500;

/** The longest that one connection, or one look at the server, may take. */
const LIMIT_MS = 120_000;

/** The longest that workers may take to stop. */
const WAIT_FOR_WORKERS_MS = 120_000;

/**
 * Brings a database, and the workflows of its connections, to this release: the schema first, then each connection whose row
 * carries an older mark is restarted from its row. Safe to run twice, after any interruption, and from several processes, of
 * which one works and the others wait. Where no connection is older, it applies migrations and needs no Temporal.
 *
 * @throws EvidenceUnreachableError, EvidenceNamespaceError, WorkerConfigurationError
 * @throws UpgradeError when workers do not stop, or a connection cannot be restarted
 */
export async function upgrade(options: UpgradeOptions): Promise<UpgradeReport> {
  const { databaseUrl } = options;
  return await withUpgradeLock(databaseUrl, async () => {
    const store = createEvidenceStore({ databaseUrl, maxConnections: SIDE_BY_SIDE });
    try {
      return await upgradeAlone(store, options);
    } finally {
      await store.close();
    }
  });
}

async function upgradeAlone(store: EvidenceStore, options: UpgradeOptions): Promise<UpgradeReport> {
  const { databaseUrl, adoptNamespace: adopt } = options;
  const older = await store.workflowVersions.others(WORKFLOW_VERSION);
  if (older.length === 0 && adopt === undefined) return await schemaAlone(databaseUrl);

  const client = await options.client();
  const found = await withLimit(client, () => describeNamespace(client, client.options.namespace));
  const adopted = isAdopted(await claimedNamespace(store), found, adopt);
  if (older.length === 0 && !adopted) return await schemaAlone(databaseUrl);
  return await restartAll({ store, client, options, found, adopted });
}

/** None, too, before the first migration. */
async function claimedNamespace(store: EvidenceStore): Promise<TemporalNamespace | undefined> {
  try {
    return await store.namespace();
  } catch (error) {
    if (error instanceof EvidenceSchemaError) return undefined;
    throw error;
  }
}

async function schemaAlone(databaseUrl: string): Promise<UpgradeReport> {
  return { ...(await migrate(databaseUrl)), restarted: [], withoutRow: [] };
}

interface Upgrading {
  readonly store: EvidenceStore;
  readonly client: Client;
  readonly options: UpgradeOptions;
  readonly found: TemporalNamespace;
  readonly adopted: boolean;
}

async function restartAll({ store, client, options, found, adopted }: Upgrading): Promise<UpgradeReport> {
  const { databaseUrl, taskQueue = DEFAULT_TASK_QUEUE, waitForWorkersMs = WAIT_FOR_WORKERS_MS } = options;
  const tell = (step: UpgradeProgress['step'], more: Partial<UpgradeProgress> = {}): void => {
    options.onProgress?.({ step, done: 0, total: 0, ...more });
  };
  const entities = await withLimit(client, () => listEntities(client));
  const stopped = (): Promise<void> =>
    requireStoppedWorkers(client.connection, {
      namespace: found.name,
      taskQueues: queuesOf(taskQueue, entities),
      waitMs: waitForWorkersMs,
      onWaiting: (workers) => {
        tell('waiting', { workers });
      },
    });

  await stopped();
  await withLimit(client, () => ensureSearchAttributes(client.connection, found.name));
  await withLimit(client, () => untilSearchable(client));
  const { applied } = await migrate(databaseUrl);
  tell('schema-migrated');
  await (adopted ? store.adoptNamespace(found) : store.claimNamespace(found));
  tell('namespace-recorded');
  // A worker of an earlier release may have started until now; from here on none does.
  await stopped();

  const stray = strayEntities(entities, await store.connections.list());
  for (const { workflowId, runId } of stray.disconnected) await terminateRun(client, workflowId, runId);
  const restarted = await restartEach({ store, client, taskQueue }, tell);
  const withoutRow = stray.withoutRow.map(({ workflowId }) => workflowId);
  return { applied, namespace: { ...found, adopted }, restarted, withoutRow };
}

const LOOK_AGAIN_MS = 500;

/** A server may take some seconds until it takes runs with search attributes that were just added. */
async function untilSearchable(client: Client): Promise<void> {
  const query = SEARCH_ATTRIBUTES.map(({ name }) => `${name} = "none"`).join(' AND ');
  const deadline = performance.now() + LIMIT_MS / 2;
  for (;;) {
    try {
      await client.workflow.count(query);
      return;
    } catch (error) {
      if (performance.now() >= deadline) throw error;
    }
    await delay(LOOK_AGAIN_MS);
  }
}

async function restartEach(
  { store, client, taskQueue }: Pick<Upgrading, 'store' | 'client'> & { readonly taskQueue: string },
  tell: (step: UpgradeStep, more: Partial<UpgradeProgress>) => void,
): Promise<RestartedConnection[]> {
  const older = await store.workflowVersions.others(WORKFLOW_VERSION);
  const listed = await withLimit(client, () => listRunningPolls(client));
  const restarted: RestartedConnection[] = [];
  const restart = async (connection: MarkedConnection): Promise<void> => {
    const { connectionId } = connection;
    const after = (step: UpgradeStep): void => {
      tell(step, { connectionId, done: restarted.length + (step === 'marked' ? 1 : 0), total: older.length });
    };
    const context = { client, store, taskQueue, listed, after };
    restarted.push(await withLimit(client, () => restartConnection(context, connection)));
  };
  for (const group of groupsOf(older, SIDE_BY_SIDE)) {
    const [ended] = await Promise.all([Promise.allSettled(group.map(restart)), delay(GROUP_MS)]);
    const at = ended.findIndex(({ status }) => status === 'rejected');
    const failed = ended[at];
    if (failed?.status === 'rejected') {
      throw notRestarted(group[at]?.connectionId ?? '', failed.reason, restarted.length, older.length);
    }
  }
  return restarted.sort((a, b) => (a.connectionId < b.connectionId ? -1 : 1));
}

const withLimit = <Result>(client: Client, work: () => Promise<Result>): Promise<Result> =>
  client.withDeadline(Date.now() + LIMIT_MS, work);

function notRestarted(connectionId: string, cause: unknown, done: number, total: number): UpgradeError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new UpgradeError(
    `${connectionId} could not be restarted: ${reason}. ${done} of ${total} connections are done.`,
    'Run the same command again: it resumes here.',
    { cause },
  );
}
