import type { Client } from '@temporalio/client';
import { WithStartWorkflowOperation, WorkflowIdConflictPolicy } from '@temporalio/client';
import type { ConnectionSettings } from '../evidence/connection.js';
import type { EvidenceStore } from '../evidence/store.js';
import { parseCredentials } from '../mimecast/credentials.js';
import { parseBaseUrl } from '../mimecast/regions.js';
import type { PublicSealingKey } from '../vault/keys.js';
import { sealCredentials } from '../vault/sealing.js';
import type { mimecastConnection } from '../workflows/connection.js';
import { CONNECTION_ID, connectionWorkflowId } from '../workflows/ids.js';
import * as messages from '../workflows/messages.js';
import type {
  PauseRequest,
  ResumeRequest,
  RotationRequest,
  SealedCredentials,
  SettingsChange,
  TestRequest,
} from '../workflows/messages.js';
import type {
  ConnectionReport,
  ResumeReport,
  RotationReport,
  SettingsReport,
  StartedPoll,
} from '../workflows/reports.js';
import { CONNECTION_ATTRIBUTE } from '../workflows/search-attributes.js';
import type { PolledStream } from '../workflows/streams.js';
import { defaultSettings } from '../workflows/streams.js';
import { applyDocuments, type ApplyOptions, type ApplyReport } from './apply/apply.js';
import type { ApplyDocument } from './apply/documents.js';
import type { AwaitOptions } from './await-polls.js';
import { awaitPolls } from './await-polls.js';
import { MimecastClientError, unknownConnection } from './errors.js';
import { inParallel } from './in-parallel.js';
import type { ListedConnection, PollReport, StatusReport } from './reports.js';
import type { KeysRequest, NewConnectionRequest, RotateRequest } from './requests.js';
import { Sender } from './sender.js';
import { listedConnection, missingWorkflows, QUERIES_AT_A_TIME, runningConnections } from './list.js';
import { queriedStatus, statusReport, storedStatus, storedStatuses, withNextProbe } from './status.js';

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

/**
 * The connections to Mimecast behind one Temporal namespace and task queue.
 *
 * Every method throws {@link MimecastClientError} for what was not carried out, and checks its input before anything is sent.
 */
export class MimecastConnections {
  private readonly client: Client;
  private readonly taskQueue: string;
  private readonly sender: Sender;
  private readonly options: MimecastConnectionsOptions;
  private readonly now: () => Date;

  constructor(options: MimecastConnectionsOptions) {
    this.options = options;
    this.client = options.client;
    this.taskQueue = options.taskQueue ?? 'mimecast';
    this.sender = new Sender(this.client, this.taskQueue);
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
    const settings: ConnectionSettings = { ...defaultSettings(baseUrl), ...request.settings, baseUrl };
    const keys = await this.sealedKeys(connectionId, request);
    await this.sender.requireWorker();
    return await this.sender.send(connectionId, () =>
      this.client.workflow.executeUpdateWithStart(messages.connect, {
        startWorkflowOperation: this.startOperation(connectionId),
        args: [{ settings, ...keys }],
      }),
    );
  }

  /**
   * Puts new keys in place of those in use: proved first, and only taken when they open the same account. Refused keys
   * change nothing. The same keys once more are no rotation.
   *
   * @throws MimecastCredentialsError for keys that cannot be right; MimecastClientError `unknown-connection`, `no-worker`,
   *   `no-sealing-key`, `outcome-unknown`
   */
  async rotate(connectionId: string, request: RotateRequest): Promise<RotationReport> {
    const rotation = await this.rotationOf(connectionId, request);
    return await this.update(connectionId, (handle) =>
      handle.executeUpdate(messages.rotateCredentials, { args: [rotation] }),
    );
  }

  /**
   * Announces new keys and does not wait: for services that only tell. The outcome shows in `status` and in the Temporal UI.
   *
   * @throws MimecastClientError `unknown-connection` when the connection is not there or disconnected
   */
  async announceRotation(connectionId: string, request: RotateRequest): Promise<void> {
    const rotation = await this.rotationOf(connectionId, request);
    const handle = this.client.workflow.getHandle(connectionWorkflowId(connectionId));
    await this.sender.send(connectionId, () => handle.signal(messages.credentialsRotated, rotation));
  }

  /**
   * Changes settings; what is not named stays. What touches how Mimecast is reached is proved first, and a change that does
   * not work is not taken: `accepted: false`, with the reason.
   */
  async updateSettings(connectionId: string, change: SettingsChange): Promise<SettingsReport> {
    const allowLoopback = this.options.allowLoopback ?? false;
    const baseUrl = change.baseUrl === undefined ? undefined : parseBaseUrl(change.baseUrl, { allowLoopback });
    const checked: SettingsChange = { ...change, ...(baseUrl !== undefined && { baseUrl }) };
    return await this.update(connectionId, (handle) =>
      handle.executeUpdate(messages.updateSettings, { args: [checked] }),
    );
  }

  /** Pauses schedules, all when no streams are named. Polls that are going end by themselves. */
  async pause(connectionId: string, request: PauseRequest): Promise<StatusReport> {
    const status = await this.update(connectionId, (handle) =>
      handle.executeUpdate(messages.pause, { args: [request] }),
    );
    return await statusReport(this.client, status, [], this.now());
  }

  /**
   * Lifts the operator's pauses. Keys that were refused are probed first. Starts the connection's workflow again when it
   * is missing, from the connection's row.
   */
  async resume(connectionId: string, request: ResumeRequest = {}): Promise<ResumeReport> {
    this.checkId(connectionId);
    await this.sender.requireWorker();
    return await this.sender.send(connectionId, () =>
      this.client.workflow.executeUpdateWithStart(messages.resume, {
        startWorkflowOperation: this.startOperation(connectionId),
        args: [request],
      }),
    );
  }

  /** Calls every endpoint with the saved keys and reports what it says. Changes nothing. */
  async test(connectionId: string, request: TestRequest = {}): Promise<ConnectionReport> {
    return await this.update(connectionId, (handle) =>
      handle.executeUpdate(messages.testConnection, { args: [request] }),
    );
  }

  /** Starts polls now, or answers with those that are already going. All enabled streams when none are named. */
  async pollNow(connectionId: string, streams: readonly PolledStream[] = []): Promise<StartedPoll[]> {
    const args: [{ streams?: readonly PolledStream[] }] = [streams.length > 0 ? { streams } : {}];
    return await this.update(connectionId, (handle) => handle.executeUpdate(messages.pollNow, { args }));
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
      : await this.sender.send(connectionId, () => queriedStatus(this.client, connectionId));
    if (!connection) throw unknownConnection(connectionId);
    const polls = (await evidence?.polls.latest(connectionId)) ?? [];
    return await this.sender.send(connectionId, async () =>
      statusReport(this.client, await withNextProbe(this.client, connection), polls, this.now()),
    );
  }

  /** All connections, by id: with an evidence store the disconnected ones too, without one those that live. */
  async list(): Promise<ListedConnection[]> {
    const { evidence } = this.options;
    const running = await this.sender.send('', () => runningConnections(this.client));
    if (!evidence) {
      const ids = [...running].sort();
      const statuses = await inParallel(ids, QUERIES_AT_A_TIME, (id) => queriedStatus(this.client, id));
      return statuses.map((status) => listedConnection(status, this.now()));
    }
    const statuses = await storedStatuses(evidence);
    const missing = await this.sender.send('', () => missingWorkflows(this.client, statuses, running));
    return statuses.map((status) => ({
      ...listedConnection(status, this.now()),
      ...(missing.has(status.connectionId) && { workflowMissing: true as const }),
    }));
  }

  /**
   * Makes the connections what documents say: connects, edits, rotates, starts again what is missing, and, when that is
   * asked for, disconnects what is in no document. Documents that say the same again change nothing. A connection that
   * fails does not stop the others: the report says what became of each.
   *
   * Everything that can be wrong with the documents is looked at before the first change.
   *
   * @throws MimecastApplyError with all faults of the documents; MimecastClientError `prune-limit`, `unknown-connection`,
   *   `no-worker`, `no-sealing-key`. Nothing was changed then.
   */
  async apply(documents: readonly ApplyDocument[], options: ApplyOptions = {}): Promise<ApplyReport> {
    const context = {
      connections: this,
      allowLoopback: this.options.allowLoopback ?? false,
      now: this.now(),
      requireSealingKey: () => {
        this.sealingKey();
      },
      requireWorker: () => this.sender.requireWorker(),
    };
    return await applyDocuments(context, documents, options);
  }

  /** Deletes the schedules, destroys the keys, keeps the evidence. */
  async disconnect(connectionId: string, note?: string): Promise<StatusReport> {
    const args: [{ note?: string }] = [note === undefined ? {} : { note }];
    const ended = await this.update(connectionId, (handle) => handle.executeUpdate(messages.disconnect, { args }));
    return await statusReport(this.client, ended, [], this.now());
  }

  private async update<T>(
    connectionId: string,
    execute: (handle: ReturnType<Client['workflow']['getHandle']>) => Promise<T>,
  ): Promise<T> {
    this.checkId(connectionId);
    await this.sender.requireWorker();
    const handle = this.client.workflow.getHandle(connectionWorkflowId(connectionId));
    return await this.sender.update(connectionId, handle, () => execute(handle));
  }

  /** Starts the connection's workflow unless it runs. */
  private startOperation(connectionId: string): WithStartWorkflowOperation<typeof mimecastConnection> {
    return new WithStartWorkflowOperation<typeof mimecastConnection>('mimecastConnection', {
      workflowId: connectionWorkflowId(connectionId),
      taskQueue: this.taskQueue,
      args: [{ connectionId }],
      workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
      staticSummary: `Mimecast connection ${connectionId}`,
      priority: { fairnessKey: connectionId },
      typedSearchAttributes: [{ key: CONNECTION_ATTRIBUTE, value: connectionId }],
    });
  }

  private async rotationOf(connectionId: string, request: RotateRequest): Promise<RotationRequest> {
    this.checkId(connectionId);
    const keys = await this.sealedKeys(connectionId, request);
    return { ...keys, ...(request.note !== undefined && { note: request.note }) };
  }

  private async sealedKeys(connectionId: string, request: KeysRequest): Promise<SealedCredentials> {
    const { issuedAt } = request;
    const sealed =
      request.sealed ??
      (await sealCredentials(this.sealingKey(), connectionId, { ...parseCredentials(request.credentials) }));
    return { sealed, ...(issuedAt && { issuedAt: issuedAt.toISOString() }) };
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
