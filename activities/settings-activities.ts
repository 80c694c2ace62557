import { Context } from '@temporalio/activity';
import type { ConnectionRow, ConnectionSettings, EndpointName } from '../model/connection.js';
import { apiVersionProblem, MimecastBaseUrlError, parseBaseUrl } from '../mimecast/regions.js';
import { statusOf } from '../contract/connection-status.js';
import type { ConnectionTest } from '../contract/reports.js';
import { changedPaths, changedSettings } from '../model/settings.js';
import { defined } from '../model/json.js';
import { settingsProblem } from '../model/settings-schema.js';
import type { ActivityDependencies } from './dependencies.js';
import { mayUse, proveKeys } from './keys/prove-keys.js';
import type { Sessions } from './session.js';
import { requireStored, versionInUse } from './stored-connection.js';
import { testConnection } from './probe/test-connection.js';
import type { MimecastActivities } from '../contract/activities.js';

/** The activities that change a connection's settings and its operator's pauses. */
export function settingsActivities(
  dependencies: ActivityDependencies,
  sessions: Sessions,
): Pick<
  MimecastActivities,
  'mimecast.proveSettings' | 'mimecast.saveSettings' | 'mimecast.pauseStreams' | 'mimecast.resumeStreams'
> {
  const { store, allowLoopback } = dependencies;

  return {
    async 'mimecast.proveSettings'(connectionId, change) {
      const { row, now } = await requireStored(store, connectionId);
      const settings = changedSettings(row.settings, change);
      const reason = settingsProblem(settings) ?? thresholdProblem(settings) ?? baseUrlProblem(settings, allowLoopback);
      if (reason !== undefined) return { settings, reason };

      const version = await versionInUse(store, row);
      const paths = changedPaths(row.settings, settings);
      const moves = settings.baseUrl !== row.settings.baseUrl;
      if (version === undefined || (!moves && paths.length === 0)) return { settings };

      const opened = await sessions.openVersion(
        { row: { ...row, settings }, now },
        version,
        moves ? settings.baseUrl : undefined,
      );
      const { api, row: changed } = opened;
      const misfit = apiVersionProblem(changed.settings.baseUrl, changed.settings.apiVersion);
      if (misfit) return { settings, reason: otherGeneration(connectionId, misfit) };
      const { cancellationSignal: signal } = Context.current();
      const report =
        paths.length === 0 ? await proveKeys(api, changed, signal) : await testConnection(api, changed, { signal });
      const problem = proofProblem(changed, report, paths);
      return defined({ settings, report, reason: problem });
    },

    async 'mimecast.saveSettings'(connectionId, settings, actor) {
      return await statusOf(store, await store.connections.updateSettings(connectionId, settings, actor));
    },

    async 'mimecast.pauseStreams'(connectionId, streams, note, actor) {
      return await statusOf(store, await store.connections.pause(connectionId, streams, note, actor));
    },

    async 'mimecast.resumeStreams'(connectionId, streams, actor) {
      return await statusOf(store, await store.connections.resume(connectionId, streams, actor));
    },
  };
}

/** Keys and base URL of another API version change together, in a rotation. */
function otherGeneration(connectionId: string, { message }: MimecastBaseUrlError): string {
  return `${message} To move to the other generation, rotate to keys of it: "rotate ${connectionId} --base-url …".`;
}

function baseUrlProblem({ baseUrl }: ConnectionSettings, allowLoopback: boolean): string | undefined {
  try {
    parseBaseUrl(baseUrl, { allowLoopback });
    return undefined;
  } catch (error) {
    if (error instanceof MimecastBaseUrlError) return error.message;
    throw error;
  }
}

function thresholdProblem({ thresholds }: ConnectionSettings): string | undefined {
  const { keysDueDays = 0, keysOverdueDays = Infinity } = thresholds ?? {};
  if (keysDueDays <= keysOverdueDays) return undefined;
  return 'Keys cannot be due for rotation after they are overdue: keysDueDays must not be more than keysOverdueDays.';
}

/**
 * Returns why changed settings are rejected: Mimecast cannot be reached with them, or an endpoint is not at its new
 * path.
 */
function proofProblem(row: ConnectionRow, report: ConnectionTest, paths: readonly EndpointName[]): string | undefined {
  if (!mayUse(report, row)) return report.action ?? 'Mimecast did not accept the keys with these settings.';
  const wanted = paths.flatMap((endpoint) => row.settings.endpointPaths?.[endpoint] ?? []);
  const bad = report.endpoints.find(
    ({ path, outcome }) => wanted.includes(path) && (outcome === 'failed' || outcome === 'unavailable'),
  );
  return bad && `Mimecast has no usable endpoint at ${bad.path} (${bad.outcome}). Nothing was changed.`;
}
