import { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { addSettingOptions } from '../../../cli/console/setting-options.js';
import { checkDocuments } from '../../../client/apply/check.js';
import { settingsChange } from '../../../contract/requests/settings.js';
import { problemIn } from '../../../model/schemas.js';
import { SETTING_PATHS, valueAt, withValue, type SettingPath } from '../../../model/setting-paths.js';
import { changedSettings, defaultSettings, type SettingsChange } from '../../../model/settings.js';
import { settingsProblem } from '../../../model/settings-schema.js';
import { SETTINGS, type Entry } from '../../../model/settings-table.js';

/** A new setting in the table is in all of these places without another line: each test takes it in. */

const WHOLE = defaultSettings('https://eu-api.mimecast.com');
/** No kind of setting has such a value. */
const WRONG = { no: 'value' };

const byName = (paths: readonly SettingPath[]) => paths.map((setting) => [setting.path.join('.'), setting] as const);
const named = (path: readonly string[]): string => ['settings', ...path].join('.');

describe.each(byName(SETTING_PATHS))('%s', (_, { path, default: usual, optional }) => {
  test('is checked where it comes from a service or from a row', () => {
    expect(settingsProblem(withValue(WHOLE, path, WRONG))).toContain(`${named(path)} `);
  });

  test('has a default that is valid, or none', () => {
    if (usual !== undefined) expect(settingsProblem(withValue(WHOLE, path, usual))).toBeUndefined();
    if (usual !== undefined && !optional && path[0] !== 'apiVersion') expect(valueAt(WHOLE, path)).toBe(usual);
    if (optional) expect(valueAt(WHOLE, path)).toBeUndefined();
  });
});

describe.each(byName(SETTING_PATHS.filter(({ isOfKeys }) => !isOfKeys)))('a change of %s', (_, setting) => {
  const { path, optional, default: usual } = setting;

  test('is checked', () => {
    expect(problemIn(settingsChange, withValue({}, path, WRONG), 'settings')).toContain(`${named(path)} `);
  });

  test('to null takes an optional setting back to its default, and only such a setting', () => {
    const change = withValue({}, path, null) as SettingsChange;
    expect(problemIn(settingsChange, change) === undefined).toBe(optional);
    if (optional) expect(changedSettings(changedSettings(WHOLE, withValue({}, path, usual)), change)).toEqual(WHOLE);
  });
});

test('the settings that belong to the keys are not changed', () => {
  const ofKeys = SETTING_PATHS.filter(({ isOfKeys }) => isOfKeys);
  expect(ofKeys.map(({ path }) => path.join('.'))).toEqual(['apiVersion', 'expectedAccount']);
  for (const { path } of ofKeys) {
    const change = withValue({}, path, '2.0');
    expect(problemIn(settingsChange, change)).toContain('belong to the keys');
    expect(changedSettings(WHOLE, change)).toEqual(WHOLE);
  }
});

describe.each(byName(SETTING_PATHS))('in a file, %s', (_, { inFile, inFiles }) => {
  const problemsOf = (part: 'defaults' | 'acme'): string[] => {
    const fields = withValue({}, inFile, WRONG);
    const [defaults, acme] = part === 'acme' ? [{}, fields] : [fields, {}];
    const baseUrl = 'https://eu-api.mimecast.com';
    const document = { defaults: { baseUrl, ...defaults }, connections: { acme: { baseUrl, ...acme } } };
    const { problems } = checkDocuments([document], { allowLoopback: false, now: new Date(), keyField: 'keysFrom' });
    return problems.map(({ path, message }) => `${path.join('.')} ${message}`);
  };

  test('is checked, or is not a field', () => {
    const noField = ' is not a field here; there are ';
    const [inDefaults, inConnection] = [problemsOf('defaults').join(), problemsOf('acme').join()];
    expect(inDefaults).toContain(`defaults.${inFile[0] ?? ''}`);
    expect(inDefaults.includes(noField)).toBe(inFiles !== undefined);
    expect(inConnection).toContain(`connections.acme.${inFile[0] ?? ''}`);
    expect(inConnection.includes(noField)).toBe(inFiles === 'nowhere');
  });
});

test.each(['connect', 'edit'] as const)('the help of %s explains its options', (name) => {
  const help = addSettingOptions(new Command(), name).configureHelp({ helpWidth: 10_000 }).helpInformation();
  const options = Object.values<Entry>(SETTINGS).flatMap((entry) => [
    ...(entry.options ?? []),
    ...('fields' in entry ? Object.values(entry.fields).flatMap((setting) => setting.options ?? []) : []),
  ]);
  expect(options.length).toBeGreaterThan(10);
  for (const { flags, connect } of options) {
    expect(help.includes(`  ${flags} `)).toBe(name === 'edit' || connect === true);
  }
});
