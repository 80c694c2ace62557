import { isSameJson } from './canonical.js';
import type { ConnectionRow, ConnectionSettings } from './connection.js';
import { lockConnection, lockLiveConnection } from './connection-rows.js';
import type { Queryable } from './database.js';
import { append } from './log.js';
import { pauseNewStreams } from './pauses.js';

/** What one setting was and what it became; `null` where there was none. */
interface SettingChange {
  readonly from: unknown;
  readonly to: unknown;
}

export async function updateSettings(
  client: Queryable,
  connectionId: string,
  settings: ConnectionSettings,
): Promise<ConnectionRow> {
  const row = await lockLiveConnection(client, connectionId);
  const changed = changesBetween(row.settings, settings);
  if (Object.keys(changed).length === 0) return row;

  await client.query({
    text: `
      update mimecast.connections set settings = $2, pauses = $3, updated_at = now() where connection_id = $1`,
    values: [connectionId, JSON.stringify(settings), JSON.stringify(pauseNewStreams(row.pauses, settings))],
  });
  await append(client, connectionId, 'settings-changed', { changed });
  return lockConnection(client, connectionId);
}

/** The settings that are not the same, each as a whole, under its name. */
function changesBetween(before: ConnectionSettings, after: ConnectionSettings): Record<string, SettingChange> {
  const old = new Map<string, unknown>(Object.entries(before));
  const now = new Map<string, unknown>(Object.entries(after));
  const changed = [...new Set([...old.keys(), ...now.keys()])].filter((key) => !isSameJson(old.get(key), now.get(key)));
  return Object.fromEntries(changed.map((key) => [key, { from: old.get(key) ?? null, to: now.get(key) ?? null }]));
}
