import { isSameJson } from '../database/canonical.js';
import type { ConnectionRow, ConnectionSettings } from '../../model/connection.js';
import { lockConnection, lockLiveConnection } from '../database/connection-row.js';
import { moveVersion, readCredentials } from './credentials.js';
import type { Queryable } from '../database/database.js';
import type { UnreadableRow } from '../../model/stored-settings.js';
import { append, requestedBy } from '../log/append.js';
import { pauseNewStreams } from './pauses.js';

/** Old and new value of a setting; `null` for a missing one. */
interface SettingChange {
  readonly from: unknown;
  readonly to: unknown;
}

export async function updateSettings(
  client: Queryable,
  connectionId: string,
  settings: ConnectionSettings,
  actor?: string | null,
): Promise<ConnectionRow> {
  const row = await lockLiveConnection(client, connectionId);
  // Keys that were never accepted are tried at the newest base URL.
  if (row.activeVersion === undefined && row.settings.baseUrl !== settings.baseUrl) {
    const pending = (await readCredentials(client, connectionId)).find(({ state }) => state === 'pending');
    if (pending) await moveVersion(client, connectionId, pending.version, undefined);
  }
  return (await writeSettings(client, row, settings, actor)) ? lockConnection(client, connectionId) : row;
}

/**
 * Writes settings that differ from the row's, and their changes to the log. The caller holds the connection's lock.
 *
 * @returns true when anything differed
 */
export async function writeSettings(
  client: Queryable,
  { connectionId, settings: before, pauses, unreadable }: ConnectionRow,
  settings: ConnectionSettings,
  actor?: string | null,
): Promise<boolean> {
  const changed = { ...(unreadable && replaced(unreadable, settings)), ...changesBetween(before, settings) };
  if (Object.keys(changed).length === 0) return false;

  await client.query({
    text: `
      update mimecast.connections set settings = $2, pauses = $3, updated_at = now(), settings_changed_at = now()
       where connection_id = $1`,
    values: [connectionId, JSON.stringify(settings), JSON.stringify(pauseNewStreams(pauses, settings))],
  });
  await append(client, connectionId, 'settings-changed', { changed, ...requestedBy(actor) });
  return true;
}

/** Returns the change of an invalid setting. The log does not repeat the stored value. */
function replaced({ name }: UnreadableRow, settings: ConnectionSettings): Record<string, SettingChange> {
  const to = new Map<string, unknown>(Object.entries(settings)).get(name) ?? null;
  return { [name]: { from: null, to } };
}

/** Returns the settings that differ, each as a whole, by name. */
function changesBetween(before: ConnectionSettings, after: ConnectionSettings): Record<string, SettingChange> {
  const old = new Map<string, unknown>(Object.entries(before));
  const now = new Map<string, unknown>(Object.entries(after));
  const changed = [...new Set([...old.keys(), ...now.keys()])].filter((key) => !isSameJson(old.get(key), now.get(key)));
  return Object.fromEntries(changed.map((key) => [key, { from: old.get(key) ?? null, to: now.get(key) ?? null }]));
}
