import { WithStartWorkflowOperation, WorkflowIdConflictPolicy, type Client } from '@temporalio/client';
import pMap from 'p-map';
import type { ApiVersion, ConnectionSettings } from '../model/connection.js';
import type { StoredEvaluation } from '../model/verdicts.js';
import { apiVersionOf, parseCredentials } from '../mimecast/credentials.js';
import { apiVersionAt, apiVersionProblem, parseBaseUrl } from '../mimecast/regions.js';
import type { PublicSealingKey } from '../vault/keys.js';
import { sealCredentials } from '../vault/sealing.js';
import type { mimecastConnection } from '../workflows/connection/connection.js';
import { CONNECTION_WORKFLOW, connectionStart } from '../contract/connection-start.js';
import { CONNECTION_ID, connectionWorkflowId } from '../contract/ids.js';
import * as messages from '../contract/messages.js';
import type {
  PauseRequest,
  ResumeRequest,
  RotationRequest,
  SealedCredentials,
  TestRequest,
} from '../contract/messages.js';
import type {
  AnnotationReport,
  ConnectionStatus,
  ConnectionTest,
  ResumeReport,
  RotationReport,
  SettingsReport,
  StartedPoll,
} from '../contract/reports.js';
import type { PolledStream } from '../model/streams.js';
import { defaultSettings } from '../model/settings.js';
import { annotationRequest, type NewAnnotation } from './annotations.js';
import { applyDocuments, type ApplyOptions, type ApplyReport } from './apply/apply.js';
import type { ApplyDocument } from './apply/documents.js';
import type { AwaitOptions } from './await-polls.js';
import { awaitPolls } from './await-polls.js';
import { awaitBackfill, type AwaitBackfillOptions } from './await-backfill.js';
import { backfillSpan, cancelBackfill, refuseOtherRange, startBackfill } from './backfill.js';
import { MimecastClientError, unknownConnection } from './errors.js';
import { storedPosture } from './posture.js';
import type { BackfillReport, ListedConnection, PollReport, StartedBackfill, StatusReport } from './reports.js';
import type { BackfillRequest, KeysRequest, NewConnectionRequest, RotateRequest } from './requests.js';
import { stuckConnection, stuckConnections } from './failing.js';
import { Sender } from './sender.js';
import { listedConnection, missingWorkflows, QUERIES, runningConnections } from './list.js';
import { queriedStatus, statusReport, storedStatus, storedStatuses, withNextProbe } from './status.js';
import type { Requester, SettingsChange } from '../model/settings.js';
import { defined } from '../model/json.js';
import type { EvidenceStore } from '../evidence/store.js';

/** Options of {@link MimecastConnections}. */
export interface MimecastConnectionsOptions {
  readonly client: Client;
  /** Task queue of the workers. Default `mimecast`. */
  readonly taskQueue?: string;
  /** Public half of the workers' ring. Required to send keys that are not sealed yet. */
  readonly sealingKey?: PublicSealingKey;
  /** User of this client. Recorded in the log with changes of settings, pauses and resumptions. Never a secret. */
  readonly actor?: string;
  /** Lets `status` and `list` work without a worker and show how polls ended. Required by `posture`. */
  readonly evidence?: EvidenceStore;
  /** Accepts base URLs on this machine: for simulators only. */
  readonly allowLoopback?: boolean;
  /** The clock, for tests. The system's clock unless it is given. */
  readonly now?: () => Date;
}

/**
 * The connections to Mimecast in one Temporal namespace, on one task queue.
 *
 * Every method validates its input before anything is sent, and throws {@link MimecastClientError} for a request that was not
 * carried out. With an evidence store, methods also throw `EvidenceUnreachableError` and `EvidenceSchemaError`.
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
   * Saves a connection and tests it. When Mimecast refuses the keys, the connection stays saved with its schedules paused,
   * and the answer is not `ok`.
   *
   * @throws MimecastBaseUrlError, MimecastCredentialsError for invalid input
   * @throws MimecastClientError `already-connected`, `invalid-connection-id`, `no-sealing-key`, `no-worker`,
   *   `outcome-unknown`
   */
  async connect(connectionId: string, request: NewConnectionRequest): Promise<ConnectionTest> {
    this.checkId(connectionId);
    const baseUrl = parseBaseUrl(request.baseUrl, { allowLoopback: this.options.allowLoopback ?? false });
    const { apiVersion = apiVersionAt(baseUrl), ...keys } = await this.sealedKeys(connectionId, request, baseUrl);
    const defaults = defaultSettings(baseUrl, apiVersion);
    const settings: ConnectionSettings = { ...defaults, ...request.settings, baseUrl, apiVersion: defaults.apiVersion };
    await this.sender.requireWorker();
    return await this.sender.send(connectionId, () =>
      this.client.workflow.executeUpdateWithStart(messages.connect, {
        startWorkflowOperation: this.startOperation(connectionId),
        args: [{ settings, ...keys }],
      }),
    );
  }

  /**
   * Replaces the keys. The new keys are proved first, and accepted only when they open the same account. Refused keys change
   * nothing, and keys that are in use already are not a rotation. With a `baseUrl` the connection moves there together with
   * its keys: this is how it moves from API 1.0 to API 2.0.
   *
   * @throws MimecastBaseUrlError, MimecastCredentialsError for invalid input
   * @throws MimecastClientError `unknown-connection`, `no-worker`, `no-sealing-key`, `outcome-unknown`
   */
  async rotate(connectionId: string, request: RotateRequest): Promise<RotationReport> {
    const rotation = await this.rotationOf(connectionId, request);
    return await this.update(connectionId, (handle) =>
      handle.executeUpdate(messages.rotateCredentials, { args: [rotation] }),
    );
  }

  /**
   * Sends new keys as a signal and does not wait for the outcome, which `status` and the Temporal UI show. Needs no worker.
   *
   * @throws MimecastBaseUrlError, MimecastCredentialsError for invalid input
   * @throws MimecastClientError `unknown-connection` when the connection does not exist or is disconnected
   */
  async announceRotation(connectionId: string, request: RotateRequest): Promise<void> {
    const rotation = await this.rotationOf(connectionId, request);
    const handle = this.client.workflow.getHandle(connectionWorkflowId(connectionId));
    await this.sender.send(connectionId, () => handle.signal(messages.credentialsRotated, rotation));
  }

  /**
   * Changes settings; those that are not named stay. A change of how Mimecast is reached is proved first, and rejected when
   * it does not work: `accepted: false`, with the reason.
   *
   * @throws MimecastBaseUrlError for an invalid base URL
   * @throws MimecastClientError `invalid-request`, `unknown-connection`, `no-worker`, `outcome-unknown`
   */
  async updateSettings(connectionId: string, change: SettingsChange): Promise<SettingsReport> {
    const allowLoopback = this.options.allowLoopback ?? false;
    const baseUrl = change.baseUrl === undefined ? undefined : parseBaseUrl(change.baseUrl, { allowLoopback });
    const checked: SettingsChange = { ...this.requester, ...change, ...(baseUrl !== undefined && { baseUrl }) };
    return await this.update(connectionId, (handle) =>
      handle.executeUpdate(messages.updateSettings, { args: [checked] }),
    );
  }

  /** Pauses schedules, all when no streams are named. Running polls are not stopped. */
  async pause(connectionId: string, request: PauseRequest): Promise<StatusReport> {
    const status = await this.update(connectionId, (handle) =>
      handle.executeUpdate(messages.pause, { args: [{ ...this.requester, ...request }] }),
    );
    return await statusReport(this.client, status, [], this.now());
  }

  /**
   * Removes the operator's pauses. Probes keys that were refused first. Starts the connection's workflow again, from the
   * connection's row, when it is missing.
   */
  async resume(connectionId: string, request: ResumeRequest = {}): Promise<ResumeReport> {
    this.checkId(connectionId);
    await this.sender.requireWorker();
    return await this.sender.send(connectionId, () =>
      this.client.workflow.executeUpdateWithStart(messages.resume, {
        startWorkflowOperation: this.startOperation(connectionId),
        args: [{ ...this.requester, ...request }],
      }),
    );
  }

  /** Calls every endpoint with the saved keys and returns what each answered. Changes nothing. */
  async test(connectionId: string, request: TestRequest = {}): Promise<ConnectionTest> {
    return await this.update(connectionId, (handle) =>
      handle.executeUpdate(messages.testConnection, { args: [request] }),
    );
  }

  /** Starts polls, or joins those that are running. All enabled streams when none are named. */
  async pollNow(connectionId: string, streams: readonly PolledStream[] = []): Promise<StartedPoll[]> {
    const args: [{ streams?: readonly PolledStream[] }] = [streams.length > 0 ? { streams } : {}];
    return await this.update(connectionId, (handle) => handle.executeUpdate(messages.pollNow, { args }));
  }

  /** {@link pollNow}, then waits until each run has ended. A failed run is an answer, not an error. */
  async poll(
    connectionId: string,
    streams: readonly PolledStream[] = [],
    options: AwaitOptions = {},
  ): Promise<PollReport[]> {
    return await awaitPolls(this.client, await this.pollNow(connectionId, streams), options);
  }

  /**
   * Starts to read what is missing from a range of the audit log, or returns the backfill that is running: a connection has
   * one at a time.
   *
   * @throws MimecastClientError `invalid-range`, `unknown-connection`, `no-worker`
   */
  async startBackfill(connectionId: string, request: BackfillRequest): Promise<StartedBackfill> {
    this.checkId(connectionId);
    const asked = backfillSpan(request, this.now());
    await this.sender.requireWorker();
    return await this.sender.send(connectionId, async () => {
      await this.requireLive(connectionId);
      return await startBackfill(this.client, this.taskQueue, connectionId, asked);
    });
  }

  /**
   * {@link startBackfill}, then waits until the run has ended. A failed or cancelled run is an answer, not an error. Does not
   * wait for a running backfill of another range.
   *
   * @throws MimecastClientError `backfill-running`, and those of `startBackfill`
   */
  async backfill(
    connectionId: string,
    request: BackfillRequest,
    options: AwaitBackfillOptions = {},
  ): Promise<BackfillReport> {
    const started = await this.startBackfill(connectionId, request);
    refuseOtherRange(started, request);
    return await awaitBackfill(this.client, started, options);
  }

  /**
   * Ends a running backfill. What it has stored is kept, and the same backfill resumes from there.
   *
   * @returns whether a backfill was running
   */
  async cancelBackfill(connectionId: string): Promise<boolean> {
    this.checkId(connectionId);
    return await this.sender.send(connectionId, () => cancelBackfill(this.client, connectionId));
  }

  /**
   * Returns the state of a connection. With an evidence store it needs no worker, and includes disconnected connections.
   *
   * @throws MimecastClientError `unknown-connection`, `temporal-unreachable`
   */
  async status(connectionId: string): Promise<StatusReport> {
    this.checkId(connectionId);
    const { evidence } = this.options;
    const connection = evidence
      ? await storedStatus(evidence, connectionId)
      : await this.sender.send(connectionId, async () => {
          const stuck = await stuckConnection(this.client, connectionId, 'starting');
          return await this.queried(connectionId, stuck !== undefined);
        });
    if (!connection) throw unknownConnection(connectionId);
    const polls = (await evidence?.polls.latest(connectionId)) ?? [];
    return await this.sender.send(connectionId, async () =>
      statusReport(this.client, await withNextProbe(this.client, connection), polls, this.now()),
    );
  }

  /** Returns all connections by id: disconnected ones only with an evidence store. */
  async list(): Promise<ListedConnection[]> {
    const { evidence } = this.options;
    const running = await this.sender.send('', () => runningConnections(this.client));
    if (!evidence) {
      const ids = [...running].sort();
      const stuck = await this.sender.send('', () => stuckConnections(this.client, ids));
      const statuses = await pMap(ids, (id) => this.queried(id, stuck.has(id)), QUERIES);
      return statuses.map((status) => ({
        ...listedConnection(status, this.now()),
        ...defined({ failing: stuck.get(status.connectionId) }),
      }));
    }
    const statuses = await storedStatuses(evidence);
    const missing = await this.sender.send('', () => missingWorkflows(this.client, statuses, running));
    const stuck = await this.sender.send('', () => stuckConnections(this.client, [...running]));
    return statuses.map((status) => ({
      ...defined({ failing: stuck.get(status.connectionId) }),
      ...listedConnection(status, this.now()),
      ...(missing.has(status.connectionId) && { workflowMissing: true as const }),
    }));
  }

  /**
   * Makes the connections what documents describe: connects, edits, rotates, restarts missing workflows, and, with `prune`,
   * disconnects what no document contains. Applying the same documents again changes nothing. A connection that fails does
   * not stop the others: the report has the result of each action.
   *
   * All documents are validated before the first change.
   *
   * @throws MimecastApplyError with every problem of the documents
   * @throws MimecastClientError `prune-limit`, `unknown-connection`, `no-worker`, `no-sealing-key`. Nothing was changed then.
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

  /**
   * Returns the verdicts of all controls: the newest record, or the one that was in force at a moment. A record is made after
   * each poll and whenever a verdict changes by itself, so the newest one is current.
   *
   * @throws MimecastClientError `no-evidence-store`, `unknown-connection`, `not-evaluated`
   */
  async posture(connectionId: string, { at }: { readonly at?: Date } = {}): Promise<StoredEvaluation> {
    this.checkId(connectionId);
    return await storedPosture(this.options.evidence, connectionId, at);
  }

  /** Annotates a control: with an owner, a reason and an end. Evaluates all controls again. */
  async annotate(connectionId: string, annotation: NewAnnotation): Promise<AnnotationReport> {
    const request = annotationRequest(annotation);
    return await this.update(connectionId, (handle) => handle.executeUpdate(messages.annotate, { args: [request] }));
  }

  /** Ends an annotation before it expires. */
  async withdrawAnnotation(connectionId: string, annotationId: string): Promise<AnnotationReport> {
    return await this.update(connectionId, (handle) =>
      handle.executeUpdate(messages.withdrawAnnotation, { args: [{ annotationId }] }),
    );
  }

  /** Deletes the schedules, destroys the keys, keeps the evidence. */
  async disconnect(connectionId: string, note?: string): Promise<StatusReport> {
    const args: [{ note?: string }] = [note === undefined ? {} : { note }];
    const ended = await this.update(connectionId, (handle) => handle.executeUpdate(messages.disconnect, { args }));
    return await statusReport(this.client, ended, [], this.now());
  }

  /** A workflow whose task fails answers no query: nothing but its id is known then. */
  private async queried(connectionId: string, isStuck: boolean): Promise<ConnectionStatus> {
    return isStuck ? { connectionId, state: 'starting' } : await queriedStatus(this.client, connectionId);
  }

  private get requester(): Requester {
    const { actor } = this.options;
    return actor === undefined ? {} : { actor };
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

  /** @throws MimecastClientError `unknown-connection`; WorkflowNotFoundError, which means the same */
  private async requireLive(connectionId: string): Promise<void> {
    const row = await this.options.evidence?.connections.read(connectionId);
    const { state } = row ?? (await queriedStatus(this.client, connectionId));
    if (state !== 'connected' && state !== 'refused') throw unknownConnection(connectionId);
  }

  /** Starts the connection's workflow unless it is running. */
  private startOperation(connectionId: string): WithStartWorkflowOperation<typeof mimecastConnection> {
    return new WithStartWorkflowOperation<typeof mimecastConnection>(CONNECTION_WORKFLOW, {
      ...connectionStart(connectionId),
      taskQueue: this.taskQueue,
      workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
    });
  }

  private async rotationOf(connectionId: string, request: RotateRequest): Promise<RotationRequest> {
    this.checkId(connectionId);
    const { note } = request;
    const allowLoopback = this.options.allowLoopback ?? false;
    const baseUrl = request.baseUrl === undefined ? undefined : parseBaseUrl(request.baseUrl, { allowLoopback });
    const { sealed, issuedAt } = await this.sealedKeys(connectionId, request, baseUrl);
    return defined({ sealed, issuedAt, baseUrl, note });
  }

  /** @returns the sealed keys and, for keys in clear, the version of their API */
  private async sealedKeys(
    connectionId: string,
    request: KeysRequest,
    baseUrl: string | undefined,
  ): Promise<SealedCredentials & { readonly apiVersion?: ApiVersion }> {
    const issued = request.issuedAt && { issuedAt: request.issuedAt.toISOString() };
    if (request.sealed !== undefined) return { sealed: request.sealed, ...issued };
    const sealingKey = this.sealingKey();
    const credentials = parseCredentials(request.credentials);
    const apiVersion = apiVersionOf(credentials);
    const misfit = baseUrl === undefined ? undefined : apiVersionProblem(baseUrl, apiVersion);
    if (misfit) throw misfit;
    return { sealed: await sealCredentials(sealingKey, connectionId, { ...credentials }), apiVersion, ...issued };
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
