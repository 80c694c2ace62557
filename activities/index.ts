import { ApplicationFailure } from '@temporalio/common';
import type { ConnectionRow } from '../evidence/connection.js';
import { ENDPOINTS } from '../mimecast/endpoints.js';
import { collectAuditPages } from './collect-audit-pages.js';
import { collectEndpoint } from './collect-endpoint.js';
import { connectionActivities } from './connection-activities.js';
import type { ActivityDependencies } from './dependencies.js';
import { finishPoll } from './finish-poll.js';
import { guarded } from './guarded.js';
import { rotationActivities } from './rotation-activities.js';
import { createSessions } from './session.js';
import { settingsActivities } from './settings-activities.js';
import { STREAM_ENDPOINTS } from './stream-endpoints.js';
import type { BegunPoll, MimecastActivities, WholeEndpointName } from './types.js';

export type { ActivityDependencies } from './dependencies.js';
export type { MimecastActivities } from './types.js';

/**
 * The activities: the one place where workflows meet Mimecast, the vault and the evidence.
 *
 * An object of closures, not a class, because the worker registers own properties only. Every name begins with
 * `mimecast.`, so that it meets no activity of the user's.
 */
export function createActivities(dependencies: ActivityDependencies): MimecastActivities {
  const { store, now } = dependencies;
  const sessions = createSessions(dependencies);

  /** The connection's row, while the generation that a poll began under is still the current one. */
  const liveRow = async (connectionId: string, generation: number): Promise<ConnectionRow | undefined> => {
    const row = await store.connections.read(connectionId);
    return row && isLive(row) && row.generation === generation ? row : undefined;
  };

  const activities: MimecastActivities = {
    ...connectionActivities(dependencies, sessions),
    ...rotationActivities(dependencies, sessions),
    ...settingsActivities(dependencies, sessions),

    async 'mimecast.beginPoll'(connectionId, stream) {
      const row = await store.connections.read(connectionId);
      if (!row) throw missing(connectionId);
      return {
        generation: row.generation,
        endpoints: STREAM_ENDPOINTS[stream],
        paths: pathsOf(row, STREAM_ENDPOINTS[stream]),
        everyMs: row.settings.streams[stream]?.everyMs ?? Number.MAX_SAFE_INTEGER,
        disconnected: !isLive(row),
      };
    },

    async 'mimecast.collectEndpoint'(request) {
      const row = await liveRow(request.connectionId, request.generation);
      return row ? await collectEndpoint(dependencies, sessions, row, request) : 'disconnected';
    },

    async 'mimecast.collectAuditPages'(batch) {
      const row = await liveRow(batch.connectionId, batch.generation);
      const nothing = { path: '', windowOpened: batch.windowOpened, pages: 0, events: 0, newEvents: 0 };
      return row ? await collectAuditPages(dependencies, sessions, row, batch) : { state: 'disconnected', ...nothing };
    },

    async 'mimecast.finishPoll'(finished) {
      return await finishPoll(store, now, finished);
    },
  };
  return guardedAll(activities);
}

const isLive = ({ state }: ConnectionRow): boolean => state === 'connected' || state === 'refused';

function pathsOf(
  { settings }: ConnectionRow,
  endpoints: readonly WholeEndpointName[],
): NonNullable<BegunPoll['paths']> {
  return Object.fromEntries(endpoints.map((name) => [name, settings.endpointPaths?.[name] ?? ENDPOINTS[name].path]));
}

function missing(connectionId: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(
    `There is no connection ${connectionId}; nothing was collected. Connect it, or delete the schedule that started this poll.`,
    'MimecastConnectionMissing',
  );
}

function guardedAll(activities: MimecastActivities): MimecastActivities {
  const all = Object.entries<(...args: never[]) => Promise<unknown>>({ ...activities });
  return Object.fromEntries(all.map(([name, perform]) => [name, guarded(perform)])) as unknown as MimecastActivities;
}
