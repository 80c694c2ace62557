import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { ConnectionRow } from '../evidence/connection.js';
import { describeSealed } from '../vault/sealing.js';
import { connectionStatus } from '../workflows/connection-status.js';
import type { ConnectionReport, ConnectionStatus } from '../workflows/reports.js';
import type { ActivityDependencies } from './dependencies.js';
import { endPolls, runningPolls } from './end-polls.js';
import { startPoll } from './poll-now.js';
import { mayUse, proveKeys } from './prove-keys.js';
import { reconcileSchedules } from './reconcile-schedules.js';
import type { Sessions } from './session.js';
import type { MimecastActivities } from './types.js';

/** The activities through which a connection's workflow reads and changes its row and its schedules. */
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
  const { store, now, taskQueue } = dependencies;
  const status = async (row: ConnectionRow): Promise<ConnectionStatus> =>
    connectionStatus(row, await store.connections.newestCredentials(row.connectionId));
  const rowOf = async (connectionId: string): Promise<ConnectionRow> =>
    (await store.connections.read(connectionId)) ?? unknown(connectionId);
  const prove = async (row: ConnectionRow, version: number): Promise<ConnectionReport> =>
    await proveKeys(await sessions.openVersion(row, version), row);
  const versionOf = async ({ connectionId }: ConnectionRow): Promise<number> =>
    (await store.connections.newestCredentials(connectionId))?.version ?? unknown(connectionId);

  return {
    async 'mimecast.loadConnection'(connectionId) {
      const row = await store.connections.read(connectionId);
      return row ? await status(row) : null;
    },

    async 'mimecast.openConnection'(connectionId, request) {
      const { sealed, settings, issuedAt } = request;
      const { created, row } = await store.connections.open({
        connectionId,
        settings,
        sealed,
        kid: describeSealed(sealed).kid,
        ...(issuedAt !== undefined && { issuedAt: new Date(issuedAt) }),
      });
      return { created, version: await versionOf(row), status: await status(row) };
    },

    async 'mimecast.proveKeys'(connectionId, version) {
      return await prove(await rowOf(connectionId), version);
    },

    async 'mimecast.settleProof'(connectionId, version, report) {
      const row = await rowOf(connectionId);
      if (!mayUse(report, row)) {
        return await status(await store.connections.refuse(connectionId, version, refusalNote(version, report)));
      }
      const proof = {
        acceptedAt: now(),
        ...(report.account && { accountCode: report.account.code }),
        ...(report.account?.name !== undefined && { accountName: report.account.name }),
      };
      return await status(await store.connections.promote(connectionId, version, proof));
    },

    async 'mimecast.reconcileSchedules'(connectionId) {
      await reconcileSchedules(Context.current().client.schedule, await rowOf(connectionId), taskQueue);
    },

    async 'mimecast.testConnection'(connectionId) {
      const row = await rowOf(connectionId);
      return await prove(row, row.activeVersion ?? (await versionOf(row)));
    },

    async 'mimecast.pollNow'(connectionId, streams) {
      const { settings } = await rowOf(connectionId);
      const enabled = streams.filter((stream) => settings.streams[stream]?.enabled);
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

function refusalNote(version: number, { authentication, action }: ConnectionReport): string {
  return `keys v${version}: ${authentication}. ${action ?? ''}`.trim();
}

function unknown(connectionId: string): never {
  throw ApplicationFailure.nonRetryable(
    `There is no connection ${connectionId} in the evidence store. Connect it first.`,
    'MimecastConnectionMissing',
  );
}
