import type { ConnectionSettings, EndpointName, Stream, StreamSettings } from '../evidence/connection.js';
import type { SettingsChange } from './messages.js';
import { STREAM_INTERVALS_MS, isPolledStream } from './streams.js';

/** The settings after a change: what it does not name stays, and `null` takes a value back to its default. */
export function changedSettings(before: ConnectionSettings, change: SettingsChange): ConnectionSettings {
  const { thresholds, coverage, retention, statistics, refusals, endpointPaths, ...kept } = before;
  return {
    ...kept,
    ...(change.baseUrl !== undefined && { baseUrl: change.baseUrl }),
    streams: changedStreams(before.streams, change.streams),
    pagination: { ...before.pagination, ...change.pagination },
    ...optional('endpointPaths', withoutNulls({ ...endpointPaths, ...change.endpointPaths })),
    ...optional('thresholds', withoutNulls({ ...thresholds, ...change.thresholds })),
    ...optional('coverage', withoutNulls({ ...coverage, ...change.coverage })),
    ...optional('retention', withoutNulls({ ...retention, ...change.retention })),
    ...optional('statistics', change.statistics === null ? {} : { ...statistics, ...change.statistics }),
    ...optional('refusals', change.refusals === null ? {} : { ...refusals, ...change.refusals }),
  };
}

function changedStreams(
  before: ConnectionSettings['streams'],
  change: SettingsChange['streams'] = {},
): ConnectionSettings['streams'] {
  const streams: Partial<Record<Stream, StreamSettings>> = { ...before };
  for (const [stream, wanted] of Object.entries(change)) {
    if (!isPolledStream(stream)) continue;
    const usual = { enabled: true, everyMs: STREAM_INTERVALS_MS[stream] };
    streams[stream] = { ...usual, ...before[stream], ...wanted };
  }
  return streams;
}

/** A part of the settings that is left out when there is nothing in it. */
function optional<Key extends string, Value extends object>(key: Key, value: Value): Partial<Record<Key, Value>> {
  return Object.keys(value).length === 0 ? {} : ({ [key]: value } as Record<Key, Value>);
}

type Kept<Values> = { [Key in keyof Values]: NonNullable<Values[Key]> };

function withoutNulls<Values extends object>(values: Values): Kept<Values> {
  const kept = Object.entries(values).filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(kept) as Kept<Values>;
}

/** Endpoints whose path a change replaces. */
export function changedPaths(before: ConnectionSettings, after: ConnectionSettings): EndpointName[] {
  const names = Object.keys({ ...before.endpointPaths, ...after.endpointPaths }) as EndpointName[];
  return names.filter((name) => before.endpointPaths?.[name] !== after.endpointPaths?.[name]);
}
