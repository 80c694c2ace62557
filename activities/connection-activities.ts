import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { ConnectionRow } from '../model/connection.js';
import { baseUrlsOf, apiVersionProblem, parseBaseUrl } from '../mimecast/regions.js';
import { statusOf } from '../contract/connection-status.js';
import type { ConnectionStatus } from '../contract/reports.js';
import type { ActivityDependencies } from './dependencies.js';
import { endPolls, runningPolls } from './schedules/end-polls.js';
import { openSealed } from './keys/open-sealed.js';
import { startPoll } from './schedules/poll-now.js';
import { acceptedProof, mayUse, proveKeys, refusalNote } from './keys/prove-keys.js';
import { reconcileSchedules } from './schedules/reconcile-schedules.js';
import { isJudged } from './keys/rotation-verdict.js';
import type { Sessions } from './session.js';
import { requireLoaded, requireRow, versionInUse } from './stored-connection.js';
import { testConnection } from './probe/test-connection.js';
import type { MimecastActivities } from '../contract/activities.js';

/** The activities with which a connection's workflow reads and changes its row and its schedules. */
export function connectionActivities(
  dependencies: ActivityDependencies,
  sessions: Sessions,
): Pick<
  MimecastActivities,
  | 'mimecast.loadConnection'
  | 'mimecast.openConnection'
  | 'mimecast.proveKeys'
  | 'mimecast.settleProof'
  | 'mimecast.reconcileSchedules'
  | 'mimecast.testConnection'
  | 'mimecast.pollNow'
  | 'mimecast.beginDisconnect'
  | 'mimecast.runningPolls'
  | 'mimecast.endPolls'
  | 'mimecast.finishDisconnect'
> {
  const { store, taskQueue, regionBaseUrls, allowLoopback } = dependencies;
  const status = async (row: ConnectionRow): Promise<ConnectionStatus> => await statusOf(store, row);
  const rowOf = async (connectionId: string): Promise<ConnectionRow> => await requireRow(store, connectionId);

  return {
    async 'mimecast.loadConnection'(connectionId) {
      const row = await store.connections.read(connectionId);
      return row ? await status(row) : null;
    },

    async 'mimecast.openConnection'(connectionId, request) {
      const { sealed, settings, issuedAt } = request;
      const baseUrl = parseBaseUrl(settings.baseUrl, { allowLoopback });
      const opened = await openSealed(dependencies, connectionId, sealed);
      // Nothing has been saved yet, and keys that no worker can open must not be saved.
      if ('reason' in opened) throw ApplicationFailure.nonRetryable(opened.reason, 'MimecastSealedKeysError');
      const { apiVersion } = opened;
      const problem = apiVersionProblem(baseUrl, apiVersion);
      if (problem) throw ApplicationFailure.nonRetryable(problem.message, 'MimecastInvalidRequest');
      const { created, row } = await store.connections.open({
        connectionId,
        settings: { ...settings, baseUrl, apiVersion },
        sealed,
        ...opened,
        ...(issuedAt !== undefined && { issuedAt: new Date(issuedAt) }),
      });
      return { created, version: (await versionInUse(store, row)) ?? 0, status: await status(row) };
    },

    async 'mimecast.proveKeys'(connectionId, version) {
      const { api, row } = await sessions.openVersion(await requireLoaded(store, connectionId), version);
      return await proveKeys(api, row, Context.current().cancellationSignal);
    },

    async 'mimecast.settleProof'(connectionId, version, report) {
      const { row, now } = await requireLoaded(store, connectionId);
      if (!mayUse(report, row)) {
        if (!isJudged(report) && row.state === 'connected') return await status(row);
        return await status(
          await store.connections.refuse(connectionId, version, refusalNote(connectionId, version, report)),
        );
      }
      return await status(await store.connections.promote(connectionId, version, acceptedProof(report, now())));
    },

    async 'mimecast.reconcileSchedules'(connectionId, lift) {
      const row = await rowOf(connectionId);
      const found = await reconcileSchedules(Context.current().client.schedule, row, taskQueue, lift);
      for (const { stream, note } of found) await store.connections.pause(connectionId, [stream], note);
      return await status(found.length === 0 ? row : await rowOf(connectionId));
    },

    async 'mimecast.testConnection'(connectionId, request) {
      const saved = await requireLoaded(store, connectionId);
      const { api, row } = await sessions.openVersion(saved, (await versionInUse(store, saved.row)) ?? 0);
      return await testConnection(api, row, {
        signal: Context.current().cancellationSignal,
        ...(request?.findRegion && { regions: regionBaseUrls ?? baseUrlsOf(row.settings.apiVersion) }),
      });
    },

    async 'mimecast.pollNow'(connectionId, streams) {
      const { settings } = await rowOf(connectionId);
      const enabled = [...new Set(streams)].filter((stream) => settings.streams[stream]?.enabled);
      const { schedule } = Context.current().client;
      return await Promise.all(enabled.map((stream) => startPoll(schedule, connectionId, stream)));
    },

    async 'mimecast.beginDisconnect'(connectionId) {
      await store.connections.beginDisconnect(connectionId);
    },

    async 'mimecast.runningPolls'(connectionId) {
      return await runningPolls(Context.current().client, connectionId);
    },

    async 'mimecast.endPolls'(connectionId, workflowIds) {
      await endPolls(Context.current().client, connectionId, workflowIds);
    },

    async 'mimecast.finishDisconnect'(connectionId) {
      return await status(await store.connections.finishDisconnect(connectionId));
    },
  };
}
