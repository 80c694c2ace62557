import type { ConnectionSettings } from '../../model/connection.js';
import { POLLED_STREAMS } from '../../model/streams.js';
import { formatDuration } from '../durations.js';
import { COVERAGE, ENDPOINT_NAMES, RETENTIONS, THRESHOLDS } from '../../model/setting-names.js';
import type { WantedSettings } from './documents.js';
import type { SettingsChange } from '../../model/settings.js';

/** One setting that changes, with the name and the format that it has in a document. */
export interface FieldChange {
  /** `streams.policies.every` */
  readonly field: string;
  /** Absent when the default was in force. */
  readonly from?: string | number | boolean;
  /** Absent when the default will be in force. */
  readonly to?: string | number | boolean;
}

/** The settings that differ from those that are wanted, for people. */
export function fieldChanges(before: ConnectionSettings, wanted: WantedSettings): FieldChange[] {
  const streams = POLLED_STREAMS.flatMap((stream) => {
    const [old, now] = [before.streams[stream], wanted.streams[stream]];
    return [
      changed(`streams.${stream}.enabled`, old?.enabled, now.enabled),
      changed(`streams.${stream}.every`, old && formatDuration(old.everyMs), formatDuration(now.everyMs)),
    ];
  });
  return [
    changed('baseUrl', before.baseUrl, wanted.baseUrl),
    ...streams,
    ...ENDPOINT_NAMES.map((name) =>
      changed(`endpointPaths.${name}`, before.endpointPaths?.[name], wanted.endpointPaths[name]),
    ),
    changed('pagination.pageSize', before.pagination.pageSize, wanted.pagination.pageSize),
    changed('pagination.tokenIn', before.pagination.tokenIn, wanted.pagination.tokenIn),
    ...THRESHOLDS.map((name) => changed(`thresholds.${name}`, before.thresholds?.[name], wanted.thresholds[name])),
    ...COVERAGE.map((name) =>
      changed(`coverage.${name}`, before.coverage?.[name]?.join(', '), wanted.coverage[name]?.join(', ')),
    ),
    ...RETENTIONS.map((name) => changed(`retention.${name}`, before.retention?.[name], wanted.retention[name])),
    changed('statistics.keepRows', keepsRows(before), keepsRows(wanted)),
  ].flat();
}

function changed(field: string, from: FieldChange['from'], to: FieldChange['to']): FieldChange[] {
  if (from === to) return [];
  return [{ field, ...(from !== undefined && { from }), ...(to !== undefined && { to }) }];
}

/**
 * The same as the connection's workflow is told it. What a document cannot say, such as when refused keys are looked at
 * again, stays as it is.
 */
export function settingsChange(before: ConnectionSettings, wanted: WantedSettings): SettingsChange {
  const streams = POLLED_STREAMS.filter((stream) => {
    const [old, now] = [before.streams[stream], wanted.streams[stream]];
    return old?.enabled !== now.enabled || old.everyMs !== now.everyMs;
  }).map((stream) => [stream, wanted.streams[stream]] as const);
  return {
    ...(before.baseUrl !== wanted.baseUrl && { baseUrl: wanted.baseUrl }),
    ...unlessEmpty('streams', Object.fromEntries(streams)),
    ...unlessEmpty(
      'endpointPaths',
      differences(ENDPOINT_NAMES, before.endpointPaths ?? {}, wanted.endpointPaths, null),
    ),
    ...unlessEmpty('pagination', differences(['pageSize', 'tokenIn'], before.pagination, wanted.pagination)),
    ...unlessEmpty('thresholds', differences(THRESHOLDS, before.thresholds ?? {}, wanted.thresholds, null)),
    ...unlessEmpty('coverage', differences(COVERAGE, before.coverage ?? {}, wanted.coverage, null)),
    ...unlessEmpty('retention', differences(RETENTIONS, before.retention ?? {}, wanted.retention, null)),
    ...(keepsRows(before) !== keepsRows(wanted) && { statistics: { keepRows: keepsRows(wanted) } }),
  };
}

const keepsRows = ({ statistics }: Pick<ConnectionSettings, 'statistics'>): boolean => statistics?.keepRows ?? false;

/** The values that differ; `none` stands for one that goes back to the usual. */
function differences<Values extends object, None = never>(
  names: readonly (keyof Values)[],
  before: Values,
  wanted: Values,
  none?: None,
): { [Name in keyof Values]?: Values[Name] | None } {
  const differ = names.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(wanted[name]));
  return Object.fromEntries(differ.map((name) => [name, wanted[name] ?? none])) as never;
}

function unlessEmpty<Key extends string, Value extends object>(key: Key, value: Value): Partial<Record<Key, Value>> {
  return Object.keys(value).length === 0 ? {} : ({ [key]: value } as Record<Key, Value>);
}
