import { apiVersionOf, parseCredentials } from '../../mimecast/credentials.js';
import { fingerprintOf } from '../../vault/fingerprint.js';
import { describeSealed } from '../../vault/sealing.js';
import { SETTING_PATHS, valueAt, withValue } from '../../model/setting-paths.js';
import type { WantedConnection, WantedKeys, WantedSettings } from './documents.js';
import type { ParsedConnection, ParsedDocument } from './schema.js';

/** The connections of a valid document, with its defaults and the product's merged under them. */
export function wantedConnections({ defaults = {}, connections }: ParsedDocument, index: number): WantedConnection[] {
  return Object.entries(connections).map(([connectionId, connection]) => {
    const { issuedAt, expectedAccount } = connection;
    const keys = keysOf(connectionId, connection);
    return {
      connectionId,
      document: index,
      settings: settingsOf(connection, defaults),
      ...(keys && { keys }),
      ...(issuedAt && { issuedAt }),
      ...(expectedAccount !== undefined && { expectedAccount }),
    };
  });
}

function settingsOf(own: object, shared: object): WantedSettings {
  const inFiles = SETTING_PATHS.filter((setting) => setting.inFiles === undefined);
  return inFiles.reduce<object>((settings, { path, inFile, optional, default: usual }) => {
    const value = valueAt(own, inFile) ?? valueAt(shared, inFile) ?? (optional ? undefined : usual);
    return withValue(settings, path, value);
  }, {}) as WantedSettings;
}

function keysOf(connectionId: string, connection: ParsedConnection): WantedKeys | undefined {
  const { sealed } = connection;
  if (sealed !== undefined) {
    const { digest, fingerprint } = describeSealed(sealed);
    return { sealed, digest, ...(fingerprint !== undefined && { fingerprint }) };
  }
  if (connection.credentials === undefined) return undefined;
  const parsed = parseCredentials(connection.credentials);
  const credentials = { ...parsed };
  return { credentials, fingerprint: fingerprintOf(connectionId, credentials), apiVersion: apiVersionOf(parsed) };
}
