import { ApplicationFailure } from '@temporalio/common';
import type { ConnectionRow } from '../model/connection.js';
import type { LoadedConnection } from '../evidence/database/connection-row.js';
import { auditLog } from './collect/audit-log.js';
import { backfillAuditEvents } from './backfill/backfill-audit-events.js';
import { beginBackfill } from './backfill/begin-backfill.js';
import { collectEndpoint } from './collect/collect-endpoint.js';
import { collectPages } from './collect/collect-pages.js';
import { connectionActivities } from './connection-activities.js';
import type { ActivityDependencies } from './dependencies.js';
import { finishPoll } from './collect/finish-poll.js';
import { guarded } from './guarded.js';
import { parseInput } from './parse-input.js';
import { postureActivities } from './posture/posture-activities.js';
import { maintain } from './maintenance.js';
import { collectProtectionLog } from './collect/protection-log.js';
import { rotationActivities } from './keys/rotation-activities.js';
import { createSessions } from './session.js';
import { settingsActivities } from './settings-activities.js';
import { readable } from './stored-connection.js';
import { pathOf, protectionLogs, wholeEndpoints } from './stream-endpoints.js';
import type {
  AuditBatch,
  AuditProgress,
  BegunPoll,
  MimecastActivities,
  WholeEndpointName,
} from '../contract/activities.js';

export type { ActivityDependencies, CheckpointDelivery, SignedCheckpoint } from './dependencies.js';
export type {
  AnnotatedConnection,
  AuditBatch,
  AuditProgress,
  BackfillBatch,
  BackfillBatchResult,
  BegunBackfill,
  BegunLog,
  BegunPoll,
  EndpointRequest,
  FinishedRun,
  MaintenanceResult as MaintenanceResult,
  MimecastActivities,
  OpenedConnection,
  ProtectionBatch,
  ProtectionProgress,
  ProvedSettings,
  RotationProof,
  SettledRotation,
  StagedKeys,
  WholeEndpointName,
} from '../contract/activities.js';
export { createDispatcher } from '../mimecast/transport.js';
export type { CheckpointKey } from '../vault/checkpoint-key.js';
export type { Keyring, PublicSealingKey, KeyringKey } from '../vault/keys.js';

/**
 * Creates the activities: they call Mimecast, open sealed keys, and store evidence.
 *
 * Returns an object of functions, not a class, because the worker registers own properties only. Every name begins with
 * `mimecast.`, so that it does not collide with your activities.
 */
export function createActivities(dependencies: ActivityDependencies): MimecastActivities {
  const { store } = dependencies;
  const sessions = createSessions(dependencies);

  /** Returns the connection while the generation under which a poll began is current. */
  const live = async (connectionId: string, generation: number): Promise<LoadedConnection | undefined> => {
    const loaded = await store.connections.load(connectionId);
    if (!loaded || !isLive(loaded.row) || loaded.row.generation !== generation) return undefined;
    readable(loaded.row);
    return loaded;
  };

  const activities: MimecastActivities = {
    ...connectionActivities(dependencies, sessions),
    ...rotationActivities(dependencies, sessions),
    ...settingsActivities(dependencies, sessions),
    ...postureActivities(dependencies),

    async 'mimecast.beginPoll'(connectionId, stream) {
      const stored = await store.connections.read(connectionId);
      if (!stored) throw missing(connectionId);
      const row = isLive(stored) ? readable(stored) : stored;
      const endpoints = wholeEndpoints(row.settings, stream);
      return {
        generation: row.generation,
        endpoints,
        paths: pathsOf(row, endpoints),
        ...(stream === 'threat-statistics' && { logs: protectionLogs(row.settings) }),
        everyMs: row.settings.streams[stream]?.everyMs ?? Number.MAX_SAFE_INTEGER,
        disconnected: !isLive(row),
      };
    },

    async 'mimecast.collectEndpoint'(request) {
      const connection = await live(request.connectionId, request.generation);
      return connection ? await collectEndpoint(dependencies, sessions, connection, request) : 'disconnected';
    },

    async 'mimecast.collectAuditPages'(batch) {
      const connection = await live(batch.connectionId, batch.generation);
      return connection
        ? await collectPages(dependencies, sessions, connection, batch, auditLog(store.events, connection.row))
        : nothingOf(batch);
    },

    async 'mimecast.collectProtectionLogs'(batch) {
      const connection = await live(batch.connectionId, batch.generation);
      return connection ? await collectProtectionLog(dependencies, sessions, connection, batch) : nothingOf(batch);
    },

    async 'mimecast.keepHouse'(connectionId) {
      return await maintain(dependencies, connectionId);
    },

    async 'mimecast.beginBackfill'(input, runId) {
      const connection = await store.connections.load(input.connectionId);
      if (!connection) throw missing(input.connectionId);
      const { row } = connection;
      const nothing = { generation: row.generation, disconnected: true, lost: [] };
      if (!isLive(row)) return nothing;
      readable(row);
      return await beginBackfill(dependencies, connection, input, runId);
    },

    async 'mimecast.backfillAuditEvents'(batch) {
      const connection = await live(batch.connectionId, batch.generation);
      const nothing = { windows: { done: 0, failed: 0, total: 0 }, pages: 0, events: 0, newEvents: 0 };
      return connection
        ? await backfillAuditEvents(dependencies, sessions, connection, batch)
        : { state: 'disconnected', ...nothing };
    },

    async 'mimecast.finishPoll'(finished) {
      return await finishPoll(dependencies, finished);
    },
  };
  return guardedAll(activities);
}

const isLive = ({ state }: ConnectionRow): boolean => state === 'connected' || state === 'refused';

function pathsOf({ settings }: ConnectionRow, endpoints: readonly WholeEndpointName[]): BegunPoll['paths'] {
  return Object.fromEntries(endpoints.map((name) => [name, pathOf(settings, name)]));
}

const nothingOf = ({ windowOpened }: AuditBatch): AuditProgress => ({
  state: 'disconnected',
  path: '',
  windowOpened,
  pages: 0,
  events: 0,
  newEvents: 0,
});

function missing(connectionId: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(
    `There is no connection ${connectionId}; nothing was collected. Connect it, or delete the schedule that started this poll.`,
    'MimecastConnectionMissing',
  );
}

function guardedAll(activities: MimecastActivities): MimecastActivities {
  const all = Object.entries<(...args: never[]) => Promise<unknown>>({ ...activities });
  const checked = all.map(([name, perform]) => {
    const activity = name as keyof MimecastActivities;
    return [name, guarded((...args: never[]) => perform(...parseInput(activity, args)))] as const;
  });
  return Object.fromEntries(checked) as unknown as MimecastActivities;
}
