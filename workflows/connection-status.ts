import type { ConnectionRow, CredentialVersion, Stream } from '../evidence/connection.js';
import type { ConnectionStatus } from './reports.js';

/** A connection's row and its newest keys, as its workflow knows them and as `status` answers. Without the sealed text. */
export function connectionStatus(row: ConnectionRow, keys: CredentialVersion | undefined): ConnectionStatus {
  const { connectionId, state, settings, accountCode, accountName } = row;
  return {
    connectionId,
    state,
    baseUrl: settings.baseUrl,
    apiVersion: settings.apiVersion,
    settings,
    ...(accountCode !== undefined && {
      account: { code: accountCode, ...(accountName !== undefined && { name: accountName }) },
    }),
    ...(keys && {
      credentials: { version: keys.version, state: keys.state, issuedAt: keys.issuedAt.toISOString() },
    }),
    pauses: pauseNotes(row),
  };
}

function pauseNotes({ pauses }: ConnectionRow): Partial<Record<Stream, string>> {
  const notes = Object.entries(pauses).map(([stream, reasons]) => [stream, reasons.map(({ note }) => note).join('; ')]);
  return Object.fromEntries(notes) as Partial<Record<Stream, string>>;
}
