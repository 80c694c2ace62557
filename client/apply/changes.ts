import type { ConnectionSettings } from '../../model/connection.js';
import { SETTING_PATHS, valueAt, withValue, type SettingPath } from '../../model/setting-paths.js';
import type { SettingsChange } from '../../model/settings.js';
import type { WantedSettings } from './documents.js';

/** One setting that changes, by the name and in the form that it has in a document. */
export interface FieldChange {
  /** `streams.policies.every` */
  readonly field: string;
  /** None where the default was in force. */
  readonly from?: string | number | boolean;
  /** None where the default will be in force. */
  readonly to?: string | number | boolean;
}

/** The settings that differ from the wanted ones, for people. */
export function fieldChanges(before: ConnectionSettings, wanted: WantedSettings): FieldChange[] {
  return differences(before, wanted).map(({ inFile, setting, from, to }) => ({
    field: inFile.join('.'),
    ...(from !== undefined && { from: setting.holds.show(from as never) }),
    ...(to !== undefined && { to: setting.holds.show(to as never) }),
  }));
}

/**
 * The change that a connection's workflow is sent. What a document cannot set, such as when rejected keys are tested again,
 * stays as it is.
 */
export function settingsChange(before: ConnectionSettings, wanted: WantedSettings): SettingsChange {
  return differences(before, wanted).reduce<object>((change, { path, to }) => withValue(change, path, to ?? null), {});
}

interface Difference extends SettingPath {
  readonly from: unknown;
  readonly to: unknown;
}

function differences(before: ConnectionSettings, wanted: WantedSettings): Difference[] {
  return SETTING_PATHS.filter(({ inFiles }) => inFiles === undefined)
    .map((path) => ({ ...path, from: valueOf(before, path), to: valueOf(wanted, path) }))
    .filter(({ from, to }) => JSON.stringify(from) !== JSON.stringify(to));
}

/** The value of a setting. A switch that is not set is where its default is. */
function valueOf(settings: object, { path, optional, default: usual }: SettingPath): unknown {
  return valueAt(settings, path) ?? (optional && typeof usual === 'boolean' ? usual : undefined);
}
