import {
  allHandlersFinished,
  ApplicationFailure,
  condition,
  continueAsNew,
  log,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { keeping, probing } from '../activities.js';
import { CommandQueue, isInterruption } from './command-queue.js';
import { alreadyConnected, connectionCommands, notConnected } from './connection-commands.js';
import type { ConnectionCommands } from './connection-commands.js';
import { ConnectionMemory } from './connection-memory.js';
import type { Duty, ConnectionInput } from './connection-memory.js';
import * as messages from '../../contract/messages.js';
import type { RotationRequest } from '../../contract/messages.js';
import type { ConnectionStatus, RotationReport } from '../../contract/reports.js';
import { withoutNulls } from '../../contract/requests/fields.js';
import { connectRequest, disconnectRequest, rotationRequest, testRequest } from '../../contract/requests/keys.js';
import { pauseRequest, pollNowRequest, refusedKeys, resumeRequest } from '../../contract/requests/polls.js';
import { settingsChange } from '../../contract/requests/settings.js';
import { annotationRequest, postureStatus, withdrawalRequest } from '../../contract/requests/verdicts.js';
import { problemIn, type Schema } from '../../model/schemas.js';
import { POLLED_STREAMS } from '../../model/streams.js';
import { connectionWorkflowId } from '../../contract/ids.js';
import { connectionInput } from '../../contract/requests/starts.js';
import { failRun, inputProblem } from '../start-input.js';
import { versioned } from '../versioning.js';

/** A connection that was started for a `connect` which never came ends itself after this time. */
const PHANTOM_LIMIT = '1 min';

/**
 * The life of one connection, as one long-lived workflow: `mimecast/<connectionId>`.
 *
 * It alone decides about the connection. Everybody sends messages here; what changes something is queued and carried
 * out one command at a time. The connection's row in Postgres is the truth and this workflow is its only writer, so
 * each run begins by reading it and a lost workflow loses nothing.
 */
export async function mimecastConnection(input: ConnectionInput): Promise<ConnectionStatus> {
  refuseToStart(startProblem(input));
  const { connectionId } = input;
  const queue = new CommandQueue();
  const memory = new ConnectionMemory(input);
  const commands = connectionCommands(connectionId, memory);

  handleMessages(connectionId, queue, memory, commands);

  const row = await keeping['mimecast.loadConnection'](connectionId);
  if (row ?? input.status) memory.learn(row ?? { connectionId, state: 'starting' });
  memory.beginUpkeep({ spread: input.status === undefined && memory.live });
  if (memory.status.state === 'disconnecting') {
    void queue.preempt('disconnect', () => commands.disconnect(), disconnected(connectionId));
  }
  // A run that was started from the row alone cannot know what the schedules are.
  if (memory.mustReconcile && memory.live) {
    void untilCarriedOut(connectionId, () => queue.submitFirst('reconcile', () => commands.restoreSchedules()));
  }
  if (!memory.live) await condition(() => !queue.empty, PHANTOM_LIMIT);

  /** A new run begins when no handler waits: the sealed text of a credential message leaves with the history of this one. */
  const mayContinue = (): boolean =>
    (memory.keysChanged || workflowInfo().continueAsNewSuggested) && allHandlersFinished();
  const called = (): boolean => !queue.empty || !memory.live || mayContinue();
  while (!queue.empty || memory.live) {
    await queue.runNext();
    await untilCalled(called, memory);
    const duty = queue.empty && memory.live ? memory.takeDuty() : undefined;
    if (duty) void submitDuty(connectionId, queue, commands, duty);
    if (!queue.empty || !memory.live || !mayContinue()) continue;
    await continueAsNew<typeof mimecastConnection>(memory.carry());
  }

  queue.refuseAll(disconnected(connectionId));
  await condition(allHandlersFinished);
  return memory.status;
}

// A connection outlives releases: it moves to the newest worker, and changes of its code are guarded.
versioned(mimecastConnection, 'AUTO_UPGRADE');

function startProblem(input: ConnectionInput): string | undefined {
  const problem = inputProblem(connectionInput, input);
  if (problem !== undefined || connectionWorkflowId(input.connectionId) === workflowInfo().workflowId) return problem;
  return 'The id of the workflow is not that of the connection.';
}

/**
 * Ends a run that was started with an invalid input, and answers the update that was sent with the start.
 *
 * @throws ApplicationFailure `MimecastInvalidRequest`
 */
function refuseToStart(problem: string | undefined): void {
  if (problem === undefined) return;
  const validator: (request: unknown) => void = () => {
    reject(problem);
  };
  const refused: (request: unknown) => never = () => failRun(problem);
  setHandler(messages.connect, refused, { validator });
  setHandler(messages.resume, refused, { validator });
  failRun(problem);
}

/** Sleeps until a message arrives or a duty is due. A message may add to the agenda, so the agenda is checked again. */
async function untilCalled(called: () => boolean, memory: ConnectionMemory): Promise<void> {
  while (!called()) {
    const dueAt = memory.nextDutyAt;
    const moved = (): boolean => called() || memory.nextDutyAt !== dueAt;
    if (dueAt === undefined) {
      await condition(moved);
      continue;
    }
    const waitMs = dueAt - Date.now();
    if (waitMs <= 0) return;
    await condition(moved, waitMs);
  }
}

function handleMessages(
  connectionId: string,
  queue: CommandQueue,
  memory: ConnectionMemory,
  commands: ConnectionCommands,
): void {
  /** Rejects an invalid request before anything of it reaches the history. */
  const checked = (schema: () => Schema, name?: string) => ({
    validator: (request?: unknown) => {
      reject(problemIn(schema, request, name));
    },
  });

  /** Counts and logs an invalid signal, whose sender gets no answer. */
  const isValid = (signal: string, schema: () => Schema, request: unknown): boolean => {
    const problem = problemIn(schema, request);
    if (problem === undefined) return true;
    const dropped = memory.countDroppedSignal();
    log.warn('An invalid signal was dropped.', { connectionId, signal, problem, dropped });
    return false;
  };

  setHandler(messages.status, () => memory.status);
  setHandler(messages.connect, (request) => queue.submit('connect', () => commands.connect(withoutNulls(request))), {
    validator: (request) => {
      if (memory.live) throw alreadyConnected(connectionId);
      reject(problemIn(connectRequest, request));
    },
  });
  setHandler(
    messages.pollNow,
    (request) => queue.submit('pollNow', () => commands.startPolls(withoutNulls(request).streams ?? POLLED_STREAMS)),
    checked(pollNowRequest),
  );
  setHandler(
    messages.rotateCredentials,
    (request) => queue.submit('rotate', () => commands.rotate(withoutNulls(request))),
    checked(rotationRequest),
  );
  setHandler(
    messages.updateSettings,
    (change) => queue.submit('edit', () => commands.changeSettings(change)),
    checked(settingsChange, 'settings'),
  );
  setHandler(
    messages.pause,
    (request) => queue.submit('pause', () => commands.pause(withoutNulls(request))),
    checked(pauseRequest),
  );
  setHandler(
    messages.resume,
    (request) => queue.submit('resume', () => commands.resume(withoutNulls(request))),
    checked(resumeRequest),
  );
  setHandler(
    messages.annotate,
    (request) => queue.submit('annotate', () => commands.annotate(withoutNulls(request))),
    checked(annotationRequest),
  );
  setHandler(
    messages.withdrawAnnotation,
    ({ annotationId }) => queue.submit('annotate', () => commands.withdrawAnnotation(annotationId)),
    checked(withdrawalRequest),
  );
  setHandler(messages.postureTurned, (posture) => {
    if (isValid(messages.postureTurned.name, postureStatus, posture)) memory.takePosture(posture);
  });
  setHandler(
    messages.testConnection,
    async (request) => {
      await condition(() => memory.status.state !== 'starting', PHANTOM_LIMIT);
      if (!memory.live) throw notConnected(connectionId);
      return await probing['mimecast.testConnection'](connectionId, withoutNulls(request));
    },
    checked(testRequest),
  );
  setHandler(
    messages.disconnect,
    () => queue.preempt('disconnect', () => commands.disconnect(), disconnected(connectionId)),
    checked(disconnectRequest),
  );
  setHandler(messages.keysRefused, (refused) => {
    if (isValid(messages.keysRefused.name, refusedKeys, refused)) memory.suspect(refused.version);
  });
  const inTurn = announcements(memory);
  setHandler(messages.credentialsRotated, async (request) => {
    const rotate = (): Promise<RotationReport | undefined> =>
      queue.submit('rotate', () => rotateAnnounced(commands, request));
    await inTurn(() => untilCarriedOut(connectionId, rotate));
  });
}

async function rotateAnnounced(
  commands: ConnectionCommands,
  request: RotationRequest,
): Promise<RotationReport | undefined> {
  const problem = problemIn(rotationRequest, request);
  if (problem === undefined) return await commands.rotate(withoutNulls(request));
  await commands.refuseRotation(problem);
  return undefined;
}

/** Added to a wait that the database's clock has measured, so that it is over when the timer fires. */
const MARGIN_MS = 1_000;

type Announced = () => Promise<RotationReport | undefined>;

/**
 * Carries out announced rotations in order. One that has to wait, because keys were refused too often, keeps those after it
 * waiting. Nothing is carried out any more once the connection is disconnected.
 */
function announcements(memory: ConnectionMemory): (rotate: Announced) => Promise<void> {
  let before: Promise<void> | undefined;
  const carryOut = async (rotate: Announced): Promise<void> => {
    for (;;) {
      const answer = await rotate();
      const waitMs = answer?.waitMs ?? answer?.report?.waitMs;
      if (waitMs === undefined || (await condition(() => !memory.live, waitMs + MARGIN_MS))) return;
    }
  };
  return async (rotate) => {
    const waitedFor = before;
    const turn = (async () => {
      // Without one to wait for, it is queued at once: before every command that arrives after it.
      if (waitedFor) await waitedFor;
      if (waitedFor === undefined || memory.live) await carryOut(rotate);
    })();
    before = turn;
    await turn;
    if (before === turn) before = undefined;
  };
}

/**
 * Carries out what no sender waits for or would send again: a command that ran out of time, because Postgres was not available
 * for example, is queued again.
 */
async function untilCarriedOut<Answer>(
  connectionId: string,
  submit: () => Promise<Answer>,
): Promise<Answer | undefined> {
  for (;;) {
    try {
      return await submit();
    } catch (error) {
      if (isInterruption(error)) continue;
      warn(connectionId, error);
      return undefined;
    }
  }
}

async function submitDuty(
  connectionId: string,
  queue: CommandQueue,
  commands: ConnectionCommands,
  duty: Duty,
): Promise<void> {
  try {
    await queue.submit(duty, async () => {
      await commands.perform(duty);
    });
  } catch (error) {
    warn(connectionId, error);
  }
}

/** Logs the failure of a command that no sender waits for; the history shows it too. */
function warn(connectionId: string, error: unknown): void {
  const reason = error instanceof Error ? error.message : String(error);
  log.warn('The connection could not carry out what was due.', { connectionId, reason });
}

function reject(problem: string | undefined): void {
  if (problem) throw ApplicationFailure.nonRetryable(problem, 'MimecastInvalidRequest');
}

function disconnected(connectionId: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(
    `${connectionId} is being disconnected; this was not carried out.`,
    'MimecastDisconnected',
  );
}
