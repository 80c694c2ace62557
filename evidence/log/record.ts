import { isJsonObject, type JsonObject, parseJsonObject } from '../../model/json.js';

/** Kinds of log entries. */
export type LogKind =
  | 'connection-opened'
  | 'credentials-staged'
  | 'credentials-accepted'
  | 'credentials-rejected'
  | 'credentials-refused'
  | 'rotation-refused'
  | 'settings-changed'
  | 'paused'
  | 'resumed'
  | 'disconnecting'
  | 'disconnected'
  | 'gap'
  | 'page'
  | 'statistics-page'
  | 'window-restarted'
  | 'window-failed'
  | 'observation'
  | 'erased'
  | 'poll'
  | 'evaluation'
  | 'annotated'
  | 'annotation-withdrawn';

/** An entry's text, which is hashed. */
export interface LogRecord {
  /** When the entry was made: ISO, UTC, by the database's clock. */
  readonly at: string;
  readonly kind: LogKind;
  readonly data: JsonObject;
}

/** Returns kind and data of a record; undefined for a text that is not one. */
export function parseRecord(text: string): { kind: string; data: LogRecord['data'] } | undefined {
  const { kind, data } = parseJsonObject(text) ?? {};
  return typeof kind === 'string' && isJsonObject(data) ? { kind, data } : undefined;
}
