import { Option, type Command } from 'commander';
import { SETTING_PATHS, valueAt, withValue, type SettingPath } from '../../model/setting-paths.js';
import type { SettingsChange } from '../../model/settings.js';
import { SETTINGS, type Entry, type SettingOption } from '../../model/settings-table.js';
import { CliError } from './failures.js';
import { splitPair } from './arguments.js';

/** The options of `connect` and `edit` that set settings. All of them come from the table of settings. */

/** An option with the settings that it can set. */
interface BoundOption extends SettingOption {
  readonly about: string;
  readonly noun?: string | undefined;
  /** The name in front of an equals sign is the second part of their path; without names there is one setting. */
  readonly settings: readonly SettingPath[];
  /** The settings are fields of one group, whose names the help lists. */
  readonly isGroup: boolean;
}

const OPTIONS: readonly BoundOption[] = Object.entries<Entry>(SETTINGS).flatMap(([name, entry]) => {
  const { about = '', options = [], noun } = entry;
  const settings = SETTING_PATHS.filter(({ path }) => path[0] === name);
  const own = options.map((option) => ({ about, noun, settings, isGroup: 'fields' in entry, ...option }));
  const fields = 'fields' in entry ? Object.entries(entry.fields) : [];
  const ofFields = fields.flatMap(([field, setting]) =>
    (setting.options ?? []).map((option) => ({
      about: setting.about,
      noun,
      settings: settings.filter(({ path }) => path.at(-1) === field),
      isGroup: false,
      ...option,
    })),
  );
  return [...own, ...ofFields];
});

/** Adds the options to a command. `connect` has those that can matter for the first contact with Mimecast. */
export function addSettingOptions(command: Command, name: 'connect' | 'edit'): Command {
  for (const bound of OPTIONS.filter(({ connect }) => name === 'edit' || connect)) {
    command.addOption(commanderOption(bound, name));
  }
  return command;
}

function commanderOption(bound: BoundOption, name: 'connect' | 'edit'): Option {
  const option = new Option(bound.flags, helpOf(bound, name));
  const [setting] = bound.settings;
  if (setting?.setting.holds.choices && bound.settings.length === 1) option.choices(setting.setting.holds.choices);
  const isRequired = setting?.path.join() === 'baseUrl' && name === 'connect';
  return option
    .makeOptionMandatory(isRequired)
    .argParser<SettingsChange | undefined>((text, before) => readOption(bound, text, before ?? {}));
}

function helpOf({ about, settings, isGroup, example }: BoundOption, name: 'connect' | 'edit'): string {
  const [first] = settings;
  const names = isGroup ? `${settings.map(({ path }) => path.at(-1)).join(', ')}: ` : '';
  const usual = name === 'connect' && settings.length === 1 ? first?.default : undefined;
  const ends = [
    example === undefined ? [] : `like ${example}`,
    name === 'edit' && first?.setting.isTested ? 'tested before it takes effect' : [],
    name === 'edit' && first?.optional && settings.length > 1 ? 'empty for the default' : [],
    settings.length > 1 ? 'may be repeated' : [],
  ].flat();
  return [
    `${names}${about}${typeof usual === 'string' || typeof usual === 'number' ? ` (${usual})` : ''}`,
    ...ends,
  ].join('; ');
}

/** @throws CliError for a name or a value that the option cannot have */
function readOption(bound: BoundOption, text: string, before: SettingsChange): SettingsChange {
  const { flags, settings, sets, example = '' } = bound;
  const flag = flags.split(' ', 1)[0] ?? flags;
  if (sets !== undefined) return withValue(before, settingNamed(bound, text).path, sets);
  if (!flags.includes('=')) {
    const [only] = settings;
    return only ? withValue(before, only.path, valueOf(bound, only, text, flag)) : before;
  }
  const [name, value] = splitPair(text, flag, example);
  const setting = settingNamed(bound, name);
  return withValue(before, setting.path, valueOf(bound, setting, value, `${flag} ${name}`));
}

function settingNamed({ settings, noun, flags }: BoundOption, name: string): SettingPath {
  const found = settings.find(({ path }) => path[1] === name);
  if (found) return found;
  const what = noun ?? flags.slice(2).split(' ', 1)[0] ?? '';
  throw new CliError(
    `invalid-${what}`,
    `${JSON.stringify(name)} is not ${/^[aeiou]/.test(what) ? 'an' : 'a'} ${what}.`,
    `Choose from ${settings.map(({ path }) => path[1]).join(', ')}.`,
  );
}

/** The value of a setting, or `null` for none behind the equals sign: that takes it back to its default. */
function valueOf(
  { flags, code }: BoundOption,
  { setting, optional }: SettingPath,
  text: string,
  place: string,
): unknown {
  if (text === '' && optional) return null;
  const { written, fromText, rule, choices } = setting.holds;
  const { data, success } = written().safeParse(fromText(text));
  if (success) return data;
  throw new CliError(
    code ?? `invalid-${flags.slice(2).split(' ', 1)[0] ?? ''}`,
    `${JSON.stringify(text)} is not valid for ${place}.`,
    choices ? `Choose from ${choices.join(', ')}.` : `It ${rule}.`,
  );
}

/** All that the options of a command line set. */
export function settingsFrom(options: Readonly<Record<string, unknown>>): SettingsChange {
  const set = OPTIONS.map(({ flags }) => options[new Option(flags).attributeName()]);
  return set.reduce<object>(merged, {});
}

const merged = (before: object, set: unknown): object =>
  SETTING_PATHS.reduce((change, { path }) => {
    const value = valueAt(set, path);
    return value === undefined ? change : withValue(change, path, value);
  }, before);
