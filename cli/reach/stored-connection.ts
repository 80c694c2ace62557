import type { ConnectionRow } from '../../model/connection.js';
import { CliError } from '../console/failures.js';
import type { EvidenceStore } from '../../evidence/store.js';

/** Returns a connection, also a disconnected one. @throws {CliError} when the database does not contain it */
export async function requireConnection(
  evidence: Pick<EvidenceStore, 'connections'>,
  connectionId: string,
): Promise<ConnectionRow> {
  const row = await evidence.connections.read(connectionId);
  if (row !== undefined) return row;
  throw new CliError(
    'unknown-connection',
    `There is no connection "${connectionId}".`,
    'See which there are: temporal-mimecast list.',
  );
}
