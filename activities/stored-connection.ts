import { ApplicationFailure } from '@temporalio/common';
import type { ConnectionRow } from '../model/connection.js';
import type { LoadedConnection } from '../evidence/database/connection-row.js';
import { unreadableStatus } from '../contract/connection-status.js';
import type { EvidenceStore } from '../evidence/store.js';

/** Returns a connection's row for use. @throws ApplicationFailure `MimecastConnectionMissing`, `MimecastUnreadableConnection` */
export async function requireRow(
  store: Pick<EvidenceStore, 'connections'>,
  connectionId: string,
): Promise<ConnectionRow> {
  return (await requireLoaded(store, connectionId)).row;
}

/**
 * Returns the connection for use, and the clock of this attempt.
 *
 * @throws ApplicationFailure `MimecastConnectionMissing`, `MimecastUnreadableConnection`
 */
export async function requireLoaded(
  store: Pick<EvidenceStore, 'connections'>,
  connectionId: string,
): Promise<LoadedConnection> {
  const loaded = await requireStored(store, connectionId);
  readable(loaded.row);
  return loaded;
}

/** Returns a row that can be used. @throws ApplicationFailure `MimecastUnreadableConnection` */
export function readable(row: ConnectionRow): ConnectionRow {
  const unreadable = unreadableStatus(row);
  if (!unreadable) return row;
  const { problem, fix } = unreadable;
  throw ApplicationFailure.nonRetryable(
    `The stored connection ${row.connectionId} cannot be read: ${problem} Set it: ${fix}`,
    'MimecastUnreadableConnection',
  );
}

/** Returns the connection, also when it cannot be used, and the clock. @throws ApplicationFailure `MimecastConnectionMissing` */
export async function requireStored(
  store: Pick<EvidenceStore, 'connections'>,
  connectionId: string,
): Promise<LoadedConnection> {
  const loaded = await store.connections.load(connectionId);
  if (loaded) return loaded;
  throw ApplicationFailure.nonRetryable(
    `There is no connection ${connectionId} in the evidence store. Connect it first.`,
    'MimecastConnectionMissing',
  );
}

/** Returns the version whose keys are tried: the one in use, or the newest when none is in use. */
export async function versionInUse(
  store: Pick<EvidenceStore, 'connections'>,
  row: ConnectionRow,
): Promise<number | undefined> {
  return row.activeVersion ?? (await store.connections.newestCredentials(row.connectionId))?.version;
}
