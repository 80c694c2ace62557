import { ApplicationFailure } from '@temporalio/common';
import type { ConnectionRow } from '../model/connection.js';
import { connectionStatus } from '../contract/connection-status.js';
import type { ConnectionStatus } from '../contract/reports.js';
import type { EvidenceStore } from '../evidence/store.js';

/** @throws ApplicationFailure `MimecastConnectionMissing` */
export async function requireRow(
  store: Pick<EvidenceStore, 'connections'>,
  connectionId: string,
): Promise<ConnectionRow> {
  const row = await store.connections.read(connectionId);
  if (row) return row;
  throw ApplicationFailure.nonRetryable(
    `There is no connection ${connectionId} in the evidence store. Connect it first.`,
    'MimecastConnectionMissing',
  );
}

/** The version whose keys are tried: the one in use, or the newest when none is. */
export async function versionInUse(
  store: Pick<EvidenceStore, 'connections'>,
  row: ConnectionRow,
): Promise<number | undefined> {
  return row.activeVersion ?? (await store.connections.newestCredentials(row.connectionId))?.version;
}

export async function statusOf(
  store: Pick<EvidenceStore, 'connections' | 'evaluations'>,
  row: ConnectionRow,
): Promise<ConnectionStatus> {
  const { connectionId, activeVersion } = row;
  const newest = await store.connections.newestCredentials(connectionId);
  const active =
    activeVersion === undefined ? undefined : await store.connections.credentials(connectionId, activeVersion);
  return connectionStatus(row, { inUse: active ?? newest, newest }, await store.evaluations.headline(connectionId));
}
