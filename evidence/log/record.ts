/** What an entry of the log is about. */
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

/** An entry's text: what is hashed. */
export interface LogRecord {
  /** When the entry was made: ISO, UTC, by the database's clock. */
  readonly at: string;
  readonly kind: LogKind;
  readonly data: Readonly<Record<string, unknown>>;
}

/** @returns the record, or nothing when somebody has made the text something else */
export function parseRecord(text: string): { kind: string; data: LogRecord['data'] } | undefined {
  try {
    const record = JSON.parse(text) as { kind?: unknown; data?: LogRecord['data'] | null } | null;
    return typeof record?.kind === 'string' && typeof record.data === 'object' && record.data !== null
      ? { kind: record.kind, data: record.data }
      : undefined;
  } catch {
    return undefined;
  }
}
