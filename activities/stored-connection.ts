import { ApplicationFailure } from '@temporalio/common';
import type { ConnectionRow } from '../model/connection.js';
import type { LoadedConnection } from '../evidence/database/connection-row.js';
import type { EvidenceStore } from '../evidence/store.js';

/** @throws ApplicationFailure `MimecastConnectionMissing` */
export async function requireRow(
  store: Pick<EvidenceStore, 'connections'>,
  connectionId: string,
): Promise<ConnectionRow> {
  return (await requireLoaded(store, connectionId)).row;
}

/**
 * Returns the connection and the clock of this attempt.
 *
 * @throws ApplicationFailure `MimecastConnectionMissing`
 */
export async function requireLoaded(
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
