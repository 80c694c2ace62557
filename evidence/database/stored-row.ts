import type { ConnectionRow, RotationOutcome, StreamPause } from '../../model/connection.js';
import { isJsonObject } from '../../model/json.js';
import { readStoredSettings, unreadableRow } from '../../model/stored-settings.js';
import { isPolledStream } from '../../model/streams.js';

/** Reads the JSON of a connection's row: what cannot be read is left out, and named in `unreadable`. */
export function readStoredRow(row: {
  readonly settings: unknown;
  readonly pauses: unknown;
}): Pick<ConnectionRow, 'settings' | 'pauses' | 'unreadable'> {
  const { settings, unreadable } = readStoredSettings(row.settings);
  const { pauses, isWhole } = readPauses(row.pauses);
  const problem = unreadable ?? (isWhole ? undefined : unreadableRow('The pauses of the streams are not valid.'));
  return { settings, pauses, ...(problem && { unreadable: problem }) };
}

function readPauses(stored: unknown): { readonly pauses: ConnectionRow['pauses']; readonly isWhole: boolean } {
  if (!isJsonObject(stored)) return { pauses: {}, isWhole: false };
  const known = Object.entries(stored).filter(([stream]) => isPolledStream(stream));
  const valid = known.flatMap(([stream, reasons]): [string, readonly StreamPause[]][] =>
    Array.isArray(reasons) && reasons.every(isPause) ? [[stream, reasons]] : [],
  );
  return { pauses: Object.fromEntries(valid), isWhole: valid.length === known.length };
}

const isPause = (value: unknown): value is StreamPause =>
  isJsonObject(value) &&
  (value['by'] === 'operator' || value['by'] === 'refused-keys') &&
  typeof value['note'] === 'string' &&
  isMoment(value['since']);

const isMoment = (value: unknown): boolean => typeof value === 'string' && !Number.isNaN(Date.parse(value));

/** Returns the outcome of the last rotation; undefined for a record that cannot be read, on which nothing depends. */
export function readRotation(stored: unknown): RotationOutcome | undefined {
  if (!isJsonObject(stored) || !isMoment(stored['at']) || typeof stored['accepted'] !== 'boolean') return undefined;
  return stored as unknown as RotationOutcome;
}
