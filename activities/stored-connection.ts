import { ApplicationFailure } from '@temporalio/common';
import type { ConnectionRow } from '../model/connection.js';
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

/** Returns the version whose keys are tried: the one in use, or the newest when none is in use. */
export async function versionInUse(
  store: Pick<EvidenceStore, 'connections'>,
  row: ConnectionRow,
): Promise<number | undefined> {
  return row.activeVersion ?? (await store.connections.newestCredentials(row.connectionId))?.version;
}
