import {
  allHandlersFinished,
  ApplicationFailure,
  condition,
  continueAsNew,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { keeping, probing } from './activities.js';
import { CommandQueue } from './command-queue.js';
import { connectionDetails } from './connection-details.js';
import { connectRequestFault, pollNowFault } from './message-forms.js';
import { connect, disconnect, pollNow, status, testConnection } from './messages.js';
import type { ConnectRequest, PollNowRequest } from './messages.js';
import type { ConnectionReport, ConnectionStatus, StartedPoll } from './reports.js';
import { versioned } from './versioning.js';
import { OUTCOME_ATTRIBUTE } from './search-attributes.js';
import { POLLED_STREAMS } from './streams.js';
import type { PolledStream } from './streams.js';

/** A connection that was started for a `connect` which never came ends itself after this time. */
const PHANTOM_LIMIT = '1 min';

export interface ConnectionInput {
  readonly connectionId: string;
  /** What the run before knew; answers `status` until this run has read the row. */
  readonly status?: ConnectionStatus;
}

/**
 * The life of one connection, as one long-lived workflow: `mimecast/<connectionId>`.
 *
 * It alone decides about the connection. Everybody sends messages here; what changes something is queued and carried
 * out one command at a time. The connection's row in Postgres is the truth and this workflow is its only writer, so
 * each run begins by reading it and a lost workflow loses nothing.
 */
export async function mimecastConnection(input: ConnectionInput): Promise<ConnectionStatus> {
  const { connectionId } = input;
  const queue = new CommandQueue();
  let current: ConnectionStatus = input.status ?? { connectionId, state: 'starting' };
  let keysChanged = false;

  const learn = (next: ConnectionStatus): ConnectionStatus => {
    current = next;
    setCurrentDetails(connectionDetails(current));
    upsertSearchAttributes([{ key: OUTCOME_ATTRIBUTE, value: current.state }]);
    return current;
  };
  const live = (): boolean => current.state === 'connected' || current.state === 'refused';

  const saveAndTest = async (request: ConnectRequest): Promise<ConnectionReport> => {
    const opened = await keeping['mimecast.openConnection'](connectionId, request);
    if (!opened.created) throw alreadyConnected(connectionId);
    keysChanged = true;
    learn(opened.status);
    const report = await probing['mimecast.proveKeys'](connectionId, opened.version);
    learn(await keeping['mimecast.settleProof'](connectionId, opened.version, report));
    await keeping['mimecast.reconcileSchedules'](connectionId);
    return report;
  };

  const startPolls = async (streams: readonly PolledStream[]): Promise<StartedPoll[]> => {
    if (!live()) throw notConnected(connectionId);
    return await keeping['mimecast.pollNow'](connectionId, streams);
  };

  const end = async (): Promise<ConnectionStatus> => {
    if (current.state === 'starting') throw notConnected(connectionId);
    if (current.state === 'disconnected') return current;
    await keeping['mimecast.beginDisconnect'](connectionId);
    learn({ ...current, state: 'disconnecting' });
    const running = await keeping['mimecast.runningPolls'](connectionId);
    await keeping['mimecast.endPolls'](connectionId, running);
    return learn(await keeping['mimecast.finishDisconnect'](connectionId));
  };

  setHandler(status, () => current);
  setHandler(connect, (request) => queue.submit('connect', () => saveAndTest(request)), {
    validator: (request: ConnectRequest) => {
      if (live()) throw alreadyConnected(connectionId);
      refuse(connectRequestFault(request));
    },
  });
  setHandler(pollNow, (request) => queue.submit('pollNow', () => startPolls(request.streams ?? POLLED_STREAMS)), {
    validator: (request: PollNowRequest) => {
      refuse(pollNowFault(request));
    },
  });
  setHandler(testConnection, async () => {
    await condition(() => current.state !== 'starting', PHANTOM_LIMIT);
    if (!live()) throw notConnected(connectionId);
    return await probing['mimecast.testConnection'](connectionId);
  });
  setHandler(disconnect, () => queue.preempt('disconnect', end, disconnected(connectionId)));

  const row = await keeping['mimecast.loadConnection'](connectionId);
  if (row) learn(row);
  if (current.state === 'disconnecting') void queue.preempt('disconnect', end, disconnected(connectionId));
  if (!live()) await condition(() => !queue.empty, PHANTOM_LIMIT);

  while (!queue.empty || live()) {
    await queue.runNext();
    await condition(() => !queue.empty || keysChanged || !live() || workflowInfo().continueAsNewSuggested);
    if (!queue.empty || !live()) continue;
    // The sealed text of a credential message leaves Temporal with the history of the run that received it.
    await condition(() => !queue.empty || allHandlersFinished());
    if (allHandlersFinished()) await continueAsNew<typeof mimecastConnection>({ connectionId, status: current });
  }

  queue.refuseAll(disconnected(connectionId));
  await condition(allHandlersFinished);
  return current;
}

// A connection outlives releases: it moves to the newest worker, and changes of its code are patched.
versioned(mimecastConnection, 'AUTO_UPGRADE');

function refuse(fault: string | undefined): void {
  if (fault) throw ApplicationFailure.nonRetryable(fault, 'MimecastInvalidRequest');
}

function alreadyConnected(connectionId: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(
    `${connectionId} is already connected; nothing was changed. See "status ${connectionId}", or disconnect it first.`,
    'MimecastAlreadyConnected',
  );
}

function notConnected(connectionId: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(
    `${connectionId} is not connected. Connect it first: "connect ${connectionId} --base-url …".`,
    'MimecastNotConnected',
  );
}

function disconnected(connectionId: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(
    `${connectionId} is being disconnected; this was not carried out.`,
    'MimecastDisconnected',
  );
}
