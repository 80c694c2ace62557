import { isJsonObject } from './json.js';
import { SETTINGS, type Entry, type Setting } from './settings-table.js';

/** One value in the settings of a connection, such as `streams.policies.everyMs`. */
export interface SettingPath {
  readonly setting: Setting;
  readonly path: Path;
  /** Path in files: `streams.policies.every`. */
  readonly inFile: Path;
  /** May be absent; then its default applies. */
  readonly optional: boolean;
  readonly inFiles: Setting['inFiles'];
  readonly isOfKeys: boolean;
  readonly default: unknown;
}

export type Path = readonly string[];

/** All values that settings can contain, in the order of the table. */
export const SETTING_PATHS: readonly SettingPath[] = Object.entries<Entry>(SETTINGS).flatMap(([name, entry]) => {
  const members = 'each' in entry ? entry.each.map((member) => [name, member]) : [[name]];
  return members.flatMap((path) => {
    if ('holds' in entry) return [settingPath(entry, entry, path, path)];
    return Object.entries(entry.fields).map(([field, setting]) =>
      settingPath(entry, setting, [...path, field], [...path, setting.fileKey ?? field]),
    );
  });
});

function settingPath(entry: Entry, setting: Setting, path: Path, inFile: Path): SettingPath {
  return {
    setting,
    path,
    inFile,
    optional: entry.optional ?? false,
    inFiles: entry.inFiles,
    isOfKeys: entry.isOfKeys ?? false,
    default: isJsonObject(setting.default) ? setting.default[path[1] ?? ''] : setting.default,
  };
}

/** The value at a path; `null` below a part that is `null`, and `undefined` where there is none. */
export function valueAt(settings: unknown, path: Path): unknown {
  let value = settings;
  for (const name of path) {
    if (value === null) return null;
    if (!isJsonObject(value) || !Object.hasOwn(value, name)) return undefined;
    value = value[name];
  }
  return value;
}

/** An object with a value at a path, or without it when the value is `undefined`. Keeps no empty parts at the way there. */
export function withValue(settings: object, [name = '', ...below]: Path, value: unknown): object {
  const { [name]: before, ...others } = settings as Readonly<Record<string, unknown>>;
  const after = below.length === 0 ? value : withValue(isJsonObject(before) ? before : {}, below, value);
  const isNothing = after === undefined || (below.length > 0 && Object.keys(after as object).length === 0);
  return isNothing ? others : { ...settings, [name]: after };
}
