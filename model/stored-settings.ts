import * as z from 'zod/mini';
import { isJsonObject } from './json.js';
import { readLeniently } from './schemas.js';
import { SETTING_PATHS, valueAt, withValue, type SettingPath } from './setting-paths.js';
import { defaultSettings, type ConnectionSettings } from './settings.js';
import { settingsSchema } from './settings-schema.js';
import { SETTINGS, type Entry } from './settings-table.js';

/** Settings as a row contains them. */
export interface StoredSettings {
  /** The valid settings; the default of each that is not. */
  readonly settings: ConnectionSettings;
  readonly unreadable?: UnreadableRow;
}

/** Something in a connection's row is invalid: the row is not used until a change of settings replaces it. */
export interface UnreadableRow {
  /** One sentence, which repeats nothing of what is stored. */
  readonly problem: string;
  /** Name of the setting: `pagination`. */
  readonly name: string;
  /** The option of `edit` that sets a valid value: `--page-size <rows>`. */
  readonly option: string;
}

/** Reads stored settings. Unknown fields are ignored, and missing ones get their default. */
export function readStoredSettings(stored: unknown): StoredSettings {
  const completed = withDefaults(isJsonObject(stored) ? stored : {});
  const read = readLeniently(settingsSchema, completed, 'settings');
  if ('value' in read) return { settings: read.value as ConnectionSettings };
  const invalid = SETTING_PATHS.find((setting) => !isValid(setting, completed));
  return { settings: repaired(completed), unreadable: unreadableRow(read.problem, invalid?.path) };
}

/** Any change of settings replaces a whole row; settings without an option are replaced with another one. */
export function unreadableRow(problem: string, path: readonly string[] = []): UnreadableRow {
  const [name = 'settings'] = path;
  return { problem, name, option: optionOf(path) ?? PAGE_SIZE };
}

const PAGE_SIZE = SETTINGS.pagination.fields.pageSize.options[0].flags;

function optionOf([name = '', ...below]: readonly string[]): string | undefined {
  const entry = Object.entries<Entry>(SETTINGS).find(([known]) => known === name)?.[1];
  if (!entry) return undefined;
  const field = 'fields' in entry ? entry.fields[below.at(-1) ?? ''] : undefined;
  return (field?.options ?? entry.options)?.[0]?.flags;
}

const isRequired = ({ optional, default: value }: SettingPath): boolean => !optional && value !== undefined;

/** Completes what is missing. A stream that is not there is not polled; one that is has all its settings. */
function withDefaults(stored: object): object {
  const usual = defaultSettings('');
  const missing = SETTING_PATHS.filter((setting) => {
    if (!isRequired(setting) || valueAt(stored, setting.path) !== undefined || isBelowInvalid(setting, stored))
      return false;
    const isOfMember = setting.path.length > 2 && Object.hasOwn(stored, setting.path[0] ?? '');
    return !isOfMember || valueAt(stored, setting.path.slice(0, -1)) !== undefined;
  });
  return missing.reduce((settings, { path }) => withValue(settings, path, valueAt(usual, path)), stored);
}

/** Something else than an object is where the setting should be. */
const isBelowInvalid = ({ path }: Pick<SettingPath, 'path'>, settings: object): boolean =>
  path.slice(0, -1).some((_, index) => {
    const part = valueAt(settings, path.slice(0, index + 1));
    return part !== undefined && !isJsonObject(part);
  });

const isValid = ({ path, setting }: SettingPath, settings: object): boolean => {
  const value = valueAt(settings, path);
  if (path[0] === 'baseUrl' && value === undefined) return false;
  return value === undefined ? !isBelowInvalid({ path }, settings) : z.safeParse(setting.holds.schema(), value).success;
};

function repaired(stored: object): ConnectionSettings {
  const valid = SETTING_PATHS.filter((setting) => isValid(setting, stored));
  const kept = valid.reduce<object>((settings, { path }) => withValue(settings, path, valueAt(stored, path)), {});
  return { baseUrl: '', ...withDefaults(kept) } as ConnectionSettings;
}
