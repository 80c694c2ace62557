import type {
  ConnectionSettings,
  EndpointName,
  Stream,
  StreamSettings,
  Coverage,
  RefusalRules,
  Retention,
  StatisticsSettings,
  Thresholds,
} from './connection.js';
import { STREAM_INTERVALS_MS, isPolledStream, type PolledStream } from './streams.js';

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

/** A change of settings. Settings that are not named stay; `null` restores a default. */
export interface SettingsChange extends Requester {
  readonly baseUrl?: string;
  readonly streams?: Readonly<Partial<Record<PolledStream, Partial<StreamSettings>>>>;
  readonly endpointPaths?: Readonly<Partial<Record<EndpointName, string | null>>>;
  readonly pagination?: Partial<ConnectionSettings['pagination']>;
  readonly thresholds?: Readonly<Partial<Record<keyof Thresholds, number | null>>>;
  readonly coverage?: Readonly<Partial<Record<keyof Coverage, readonly string[] | null>>>;
  readonly retention?: Readonly<Partial<Record<keyof Retention, number | null>>>;
  readonly statistics?: StatisticsSettings | null;
  readonly refusals?: Readonly<Partial<RefusalRules>> | null;
}

/** Who made a request, for the log. It is not verified: Temporal's own authorization decides who may send messages. */
export interface Requester {
  /** `ops@desk`, or the name of a service. Never a secret. */
  readonly actor?: string;
}
