import { ApplicationFailure, isCancellation, log } from '@temporalio/workflow';
import type { AnnotatedConnection } from '../../contract/activities.js';
import { keeping, probing, tidying } from '../activities.js';
import type { ConnectionMemory, Duty } from './connection-memory.js';
import type {
  AnnotationRequest,
  ConnectRequest,
  PauseRequest,
  ResumeRequest,
  RotationRequest,
} from '../../contract/messages.js';
import type {
  AnnotationReport,
  ConnectionTest,
  ConnectionStatus,
  PostureStatus,
  ResumeReport,
  RotationReport,
  SettingsReport,
  StartedPoll,
} from '../../contract/reports.js';
import { POLLED_STREAMS } from '../../model/streams.js';
import type { PolledStream } from '../../model/streams.js';
import type { SettingsChange } from '../../model/settings.js';

/** Commands of a connection, on request and on its own timers. Its queue runs one command at a time. */
export interface ConnectionCommands {
  connect(request: ConnectRequest): Promise<ConnectionTest>;
  rotate(request: RotationRequest): Promise<RotationReport>;
  /** Records a rotation whose message is malformed, for a sender who gets no answer. */
  refuseRotation(reason: string): Promise<void>;
  changeSettings(change: SettingsChange): Promise<SettingsReport>;
  pause(request: PauseRequest): Promise<ConnectionStatus>;
  resume(request: ResumeRequest): Promise<ResumeReport>;
  annotate(request: AnnotationRequest): Promise<AnnotationReport>;
  withdrawAnnotation(annotationId: string): Promise<AnnotationReport>;
  startPolls(streams: readonly PolledStream[]): Promise<StartedPoll[]>;
  disconnect(): Promise<ConnectionStatus>;
  /** Makes the schedules what the row says, after a restart from the row. Controls are evaluated later, at their own time. */
  restoreSchedules(): Promise<void>;
  perform(duty: Duty): Promise<void>;
}

/**
 * The commands of one connection. Each is a short chain of activities that may be repeated: the row in Postgres is the
 * truth, and what an activity answers is only taken into memory.
 */
export function connectionCommands(connectionId: string, memory: ConnectionMemory): ConnectionCommands {
  const requireLive = (): void => {
    if (!memory.live) throw notConnected(connectionId);
  };
  const isRefused = (): boolean => memory.status.refusedSince !== undefined;

  const reconcileSchedules = async (lift: readonly PolledStream[]): Promise<void> => {
    memory.learn(await keeping['mimecast.reconcileSchedules'](connectionId, lift));
    memory.mustReconcile = false;
  };

  const reconcile = async (lift: readonly PolledStream[] = []): Promise<void> => {
    await reconcileSchedules(lift);
    memory.evaluateSoon();
  };

  /** Polls what was missed while the keys were refused. Best effort: the schedules poll again anyway. */
  const catchUp = async (): Promise<void> => {
    const { settings, pauses } = memory.status;
    const streams = POLLED_STREAMS.filter((stream) => settings?.streams[stream]?.enabled && !pauses?.[stream]);
    try {
      await keeping['mimecast.pollNow'](connectionId, streams);
    } catch (error) {
      if (isCancellation(error)) throw error;
      log.warn('The missed polls could not be started; the schedules continue.', { connectionId });
    }
  };

  const prove = async (version: number): Promise<ConnectionTest> => {
    const report = await probing['mimecast.proveKeys'](connectionId, version);
    memory.noteProof(report);
    return report;
  };

  const settle = async (version: number, report: ConnectionTest): Promise<void> => {
    const wasRefused = isRefused();
    memory.learn(await keeping['mimecast.settleProof'](connectionId, version, report));
    await reconcile();
    if (wasRefused && !isRefused()) await catchUp();
  };

  const proveRotation = async (version: number, note?: string): Promise<RotationReport> => {
    const proof = await probing['mimecast.proveRotation'](connectionId, version);
    const wasRefused = isRefused();
    memory.noteProof(proof.report);
    const { answer, status } = await keeping['mimecast.settleRotation'](connectionId, version, proof, nowIso(), note);
    memory.learn(status);
    if (!answer.accepted) return answer;
    await reconcile();
    if (wasRefused && !isRefused()) await catchUp();
    return answer;
  };

  const evaluate = async (cause: 'timer' | 'change'): Promise<void> => {
    const { posture: before } = memory.status;
    const { posture } = memory.learn(await keeping['mimecast.evaluate'](connectionId, cause));
    memory.planEvaluation({ idle: cause === 'timer' && saysTheSame(before, posture) });
  };

  const annotated = ({ annotation, status }: AnnotatedConnection): AnnotationReport => {
    const { posture } = memory.learn(status);
    memory.planEvaluation();
    return { connectionId, annotation, ...(posture && { posture }) };
  };

  const tryAgain = async (): Promise<void> => {
    const { pendingVersion, credentials } = memory.status;
    if (pendingVersion !== undefined) await proveRotation(pendingVersion);
    else if (credentials) await settle(credentials.version, await prove(credentials.version));
  };

  return {
    async connect(request) {
      const opened = await keeping['mimecast.openConnection'](connectionId, request);
      if (!opened.created) throw alreadyConnected(connectionId);
      memory.keysChanged = true;
      memory.learn(opened.status);
      const report = await prove(opened.version);
      await settle(opened.version, report);
      return report;
    },

    async rotate(request) {
      requireLive();
      memory.keysChanged = true;
      const staged = await keeping['mimecast.stageKeys'](connectionId, request, nowIso());
      memory.learn(staged.status);
      return staged.answer ?? (await proveRotation(staged.version, request.note));
    },

    async refuseRotation(reason) {
      requireLive();
      memory.keysChanged = true;
      memory.learn(await keeping['mimecast.refuseRotation'](connectionId, reason, nowIso()));
    },

    async changeSettings(change) {
      requireLive();
      const { settings, report, reason } = await probing['mimecast.proveSettings'](connectionId, change);
      if (reason !== undefined) {
        const kept = memory.status.settings ?? settings;
        return { connectionId, accepted: false, settings: kept, reason, ...(report && { report }) };
      }
      memory.learn(await keeping['mimecast.saveSettings'](connectionId, settings, change.actor ?? undefined));
      const { state, credentials } = memory.status;
      if (report?.ok && state === 'refused' && credentials) {
        memory.noteProof(report);
        await settle(credentials.version, report);
      } else {
        await reconcile();
      }
      return { connectionId, accepted: true, settings, ...(report && { report }) };
    },

    async pause({ streams = POLLED_STREAMS, note, actor }) {
      requireLive();
      memory.learn(await keeping['mimecast.pauseStreams'](connectionId, streams, note, actor));
      await reconcile();
      return memory.status;
    },

    async resume({ streams = POLLED_STREAMS, actor }) {
      requireLive();
      memory.learn(await keeping['mimecast.resumeStreams'](connectionId, streams, actor));
      const version = memory.status.credentials?.version;
      const report = isRefused() && version !== undefined ? await prove(version) : undefined;
      if (report && version !== undefined) await settle(version, report);
      await reconcile(streams);
      const resumed = streams.every((stream) => !memory.status.pauses?.[stream]);
      const reason = resumed ? undefined : report?.action;
      return {
        connectionId,
        resumed,
        status: memory.status,
        ...(report && { report }),
        ...(reason !== undefined && { reason }),
      };
    },

    async annotate(request) {
      requireLive();
      return annotated(await keeping['mimecast.annotate'](connectionId, request));
    },

    async withdrawAnnotation(annotationId) {
      requireLive();
      return annotated(await keeping['mimecast.withdrawAnnotation'](connectionId, annotationId));
    },

    async startPolls(streams) {
      requireLive();
      return await keeping['mimecast.pollNow'](connectionId, streams);
    },

    async disconnect() {
      if (memory.status.state === 'starting') throw notConnected(connectionId);
      if (memory.status.state === 'disconnected') return memory.status;
      await keeping['mimecast.beginDisconnect'](connectionId);
      memory.learn({ ...memory.status, state: 'disconnecting' });
      const running = await keeping['mimecast.runningPolls'](connectionId);
      await keeping['mimecast.endPolls'](connectionId, running);
      return memory.learn(await keeping['mimecast.finishDisconnect'](connectionId));
    },

    async restoreSchedules() {
      if (memory.live) await reconcileSchedules([]);
    },

    async perform(duty) {
      if (duty === 'remind') memory.learn(memory.status);
      else if (duty === 'evaluate') await evaluate(memory.evaluationCause);
      else if (duty === 'keep-house') await tidying['mimecast.keepHouse'](connectionId);
      else if (memory.live) await tryAgain();
    },
  };
}

function saysTheSame(one: PostureStatus | undefined, other: PostureStatus | undefined): boolean {
  const contentOf = ({ summary, failing, worst }: PostureStatus): string => JSON.stringify([worst, summary, failing]);
  return one !== undefined && other !== undefined && contentOf(one) === contentOf(other);
}

/** The workflow's time: the same on replay. */
const nowIso = (): string => new Date().toISOString();

export function alreadyConnected(connectionId: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(
    `${connectionId} is already connected; nothing was changed. See "status ${connectionId}", or disconnect it first.`,
    'MimecastAlreadyConnected',
  );
}

export function notConnected(connectionId: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(
    `${connectionId} is not connected. Connect it first: "connect ${connectionId} --base-url …".`,
    'MimecastNotConnected',
  );
}
