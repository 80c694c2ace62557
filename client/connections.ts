import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { WithStartWorkflowOperation, WorkflowIdConflictPolicy } from '@temporalio/client';
import proto from '@temporalio/proto';
import type { ConnectionSettings } from '../evidence/connection.js';
import type { EvidenceStore } from '../evidence/store.js';
import { parseCredentials } from '../mimecast/credentials.js';
import { parseBaseUrl } from '../mimecast/regions.js';
import type { PublicSealingKey } from '../vault/keys.js';
import { sealCredentials } from '../vault/sealing.js';
import type { mimecastConnection } from '../workflows/connection.js';
import { CONNECTION_ID, connectionWorkflowId } from '../workflows/ids.js';
import { connect, disconnect, pollNow, testConnection } from '../workflows/messages.js';
import type { ConnectionReport, ConnectionStatus, StartedPoll } from '../workflows/reports.js';
import { CONNECTION_ATTRIBUTE } from '../workflows/search-attributes.js';
import type { PolledStream } from '../workflows/streams.js';
import { defaultSettings } from '../workflows/streams.js';
import type { AwaitOptions } from './await-polls.js';
import { awaitPolls } from './await-polls.js';
import { clientError, MimecastClientError, noWorker, unknownConnection } from './errors.js';
import type { ListedConnection, PollReport, StatusReport } from './reports.js';
import { credentialReport, queriedStatus, statusReport, storedStatus } from './status.js';

/** How long a request may take. The connection gives each command two minutes; this leaves it time to say so. */
const REQUEST_LIMIT_MS = 150_000;

/** How long a worker may take from its start until the server knows of it. */
const WORKER_START_MS = 2_000;
const LOOK_AGAIN_MS = 100;

export interface MimecastConnectionsOptions {
  readonly client: Client;
  /** The task queue of the workers: `mimecast` unless they were given another. */
  readonly taskQueue?: string;
  /** The public half of the workers' ring. Needed to connect. */
  readonly sealingKey?: PublicSealingKey;
  /** Lets `status` and `list` work without a worker, and show how polls ended. */
  readonly evidence?: EvidenceStore;
  /** Takes base URLs on this machine: for simulators only. */
  readonly allowLoopback?: boolean;
  readonly now?: () => Date;
}

export interface NewConnectionRequest {
  readonly baseUrl: string;
  /** The four keys: `{ applicationId, applicationKey, accessKey, secretKey }`. Sealed before they leave this process. */
  readonly credentials: unknown;
  /** When the vendor issued the keys; now, if it is not known. */
  readonly issuedAt?: Date;
  /** What differs from the defaults. */
  readonly settings?: Partial<Omit<ConnectionSettings, 'baseUrl'>>;
}

/**
 * The connections to Mimecast behind one Temporal namespace and task queue.
 *
 * Every method throws {@link MimecastClientError} for what was not carried out, and checks its input before anything is sent.
 */
export class MimecastConnections {
  private readonly client: Client;
  private readonly taskQueue: string;
  private readonly options: MimecastConnectionsOptions;
  private readonly now: () => Date;

  constructor(options: MimecastConnectionsOptions) {
    this.options = options;
    this.client = options.client;
    this.taskQueue = options.taskQueue ?? 'mimecast';
    this.now = options.now ?? (() => new Date());
  }

  /**
   * Saves a connection, then tests it: what the product's Save and Test Connection do. Keys that are refused leave it
   * saved, with its schedules paused, and a report that is not `ok`.
   *
   * @throws MimecastBaseUrlError, MimecastCredentialsError for input that cannot be right; MimecastClientError
   *   `already-connected`, `invalid-connection-id`, `no-sealing-key`, `no-worker`, `outcome-unknown`
   */
  async connect(connectionId: string, request: NewConnectionRequest): Promise<ConnectionReport> {
    this.checkId(connectionId);
    const baseUrl = parseBaseUrl(request.baseUrl, { allowLoopback: this.options.allowLoopback ?? false });
    const credentials = parseCredentials(request.credentials);
    const settings: ConnectionSettings = { ...defaultSettings(baseUrl), ...request.settings, baseUrl };
    const sealed = await sealCredentials(this.sealingKey(), connectionId, { ...credentials });
    await this.requireWorker();

    const start = new WithStartWorkflowOperation<typeof mimecastConnection>('mimecastConnection', {
      workflowId: connectionWorkflowId(connectionId),
      taskQueue: this.taskQueue,
      args: [{ connectionId }],
      workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
      staticSummary: `Mimecast connection ${connectionId}`,
      priority: { fairnessKey: connectionId },
      typedSearchAttributes: [{ key: CONNECTION_ATTRIBUTE, value: connectionId }],
    });
    const { issuedAt } = request;
    return await this.send(connectionId, () =>
      this.client.workflow.executeUpdateWithStart(connect, {
        startWorkflowOperation: start,
        args: [{ settings, sealed, ...(issuedAt && { issuedAt: issuedAt.toISOString() }) }],
      }),
    );
  }

  /** Calls Mimecast with the saved keys and reports what it says. Changes nothing. */
  async test(connectionId: string): Promise<ConnectionReport> {
    return await this.update(connectionId, (handle) => handle.executeUpdate(testConnection));
  }

  /** Starts polls now, or answers with those that are already going. All enabled streams when none are named. */
  async pollNow(connectionId: string, streams: readonly PolledStream[] = []): Promise<StartedPoll[]> {
    const args: [{ streams?: readonly PolledStream[] }] = [streams.length > 0 ? { streams } : {}];
    return await this.update(connectionId, (handle) => handle.executeUpdate(pollNow, { args }));
  }

  /** {@link pollNow}, then waits until each run has ended. A red run is an answer, not an error. */
  async poll(
    connectionId: string,
    streams: readonly PolledStream[] = [],
    options: AwaitOptions = {},
  ): Promise<PollReport[]> {
    return await awaitPolls(this.client, await this.pollNow(connectionId, streams), options);
  }

  /** How a connection is doing. With an evidence store it needs no worker, and knows disconnected connections too. */
  async status(connectionId: string): Promise<StatusReport> {
    this.checkId(connectionId);
    const { evidence } = this.options;
    const connection = evidence
      ? await storedStatus(evidence, connectionId)
      : await this.send(connectionId, () => queriedStatus(this.client, connectionId));
    if (!connection) throw unknownConnection(connectionId);
    const polls = (await evidence?.polls.latest(connectionId)) ?? [];
    return await this.send(connectionId, () => statusReport(this.client, connection, polls, this.now()));
  }

  /** All connections, by id: with an evidence store the disconnected ones too, without one those that live. */
  async list(): Promise<ListedConnection[]> {
    const { evidence } = this.options;
    const ids = evidence ? (await evidence.connections.list()).map((row) => row.connectionId) : await this.liveIds();
    const statuses = await Promise.all(
      ids.map((id) => (evidence ? storedStatus(evidence, id) : queriedStatus(this.client, id))),
    );
    return statuses.flatMap((status) => (status ? [this.listed(status)] : []));
  }

  /** Deletes the schedules, destroys the keys, keeps the evidence. */
  async disconnect(connectionId: string, note?: string): Promise<StatusReport> {
    const args: [{ note?: string }] = [note === undefined ? {} : { note }];
    const ended = await this.update(connectionId, (handle) => handle.executeUpdate(disconnect, { args }));
    return await statusReport(this.client, ended, [], this.now());
  }

  private listed({ connectionId, state, baseUrl, account, credentials }: ConnectionStatus): ListedConnection {
    return {
      connectionId,
      state,
      ...(baseUrl !== undefined && { baseUrl }),
      ...(account && { account }),
      ...(credentials && { credentials: credentialReport(credentials, this.now()) }),
    };
  }

  private async liveIds(): Promise<string[]> {
    const ids: string[] = [];
    const query = 'WorkflowType = "mimecastConnection" AND ExecutionStatus = "Running"';
    for await (const { workflowId } of this.client.workflow.list({ query }))
      ids.push(workflowId.replace('mimecast/', ''));
    return ids.sort();
  }

  private async update<T>(
    connectionId: string,
    execute: (handle: ReturnType<Client['workflow']['getHandle']>) => Promise<T>,
  ): Promise<T> {
    this.checkId(connectionId);
    await this.requireWorker();
    const handle = this.client.workflow.getHandle(connectionWorkflowId(connectionId));
    return await this.send(connectionId, () => execute(handle));
  }

  private async send<T>(connectionId: string, request: () => Promise<T>): Promise<T> {
    try {
      return await this.client.withDeadline(Date.now() + REQUEST_LIMIT_MS, request);
    } catch (error) {
      throw clientError(error, connectionId);
    }
  }

  /**
   * A request without a worker would wait for one until it times out, and be carried out long after its sender has given
   * up. A worker that is just starting is waited for.
   */
  private async requireWorker(): Promise<void> {
    const deadline = Date.now() + WORKER_START_MS;
    while (!(await this.hasWorker())) {
      if (Date.now() >= deadline) throw noWorker(this.taskQueue);
      await delay(LOOK_AGAIN_MS);
    }
  }

  private async hasWorker(): Promise<boolean> {
    const { namespace } = this.client.options;
    const { pollers } = await this.client.workflowService.describeTaskQueue({
      namespace,
      taskQueue: { name: this.taskQueue },
      taskQueueType: proto.temporal.api.enums.v1.TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
    });
    return pollers.length > 0;
  }

  private sealingKey(): PublicSealingKey {
    if (this.options.sealingKey) return this.options.sealingKey;
    throw new MimecastClientError(
      'no-sealing-key',
      'There is no public key to seal the credentials with. Nothing was sent.',
      "Give the client the public half of the workers' ring.",
    );
  }

  private checkId(connectionId: string): void {
    if (CONNECTION_ID.test(connectionId)) return;
    throw new MimecastClientError(
      'invalid-connection-id',
      `"${connectionId}" is not allowed as the id of a connection.`,
      'Use 1 to 63 lower-case letters, digits and hyphens, beginning with a letter or digit.',
    );
  }
}
