import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { checkDocuments } from '../../client/apply/check.js';
import { SETTING_PATHS, type SettingPath } from '../../model/setting-paths.js';
import { SETTINGS, type Entry, type SettingOption } from '../../model/settings-table.js';

const PAGE = fileURLToPath(import.meta.resolve('../../docs/settings.md'));
const TABLE = /(<!-- The table is generated:.*? -->\n).*(\n<!-- end of the table -->)/s;

test('the table in docs/settings.md is that of the settings; "npm run write-docs" writes it', async () => {
  const page = await readFile(PAGE, 'utf8');
  expect(page).toMatch(TABLE);
  const written = page.replace(TABLE, (_, begin: string, end: string) => `${begin}\n${table()}\n${end}`);
  const formatted = await format(written, { ...(await resolveConfig(PAGE)), filepath: PAGE });
  await expect(formatted).toMatchFileSnapshot(PAGE);
});

test('its file is valid', async () => {
  const [, yaml = ''] = /```yaml\n(.*?)```/s.exec(await readFile(PAGE, 'utf8')) ?? [];
  const rules = { allowLoopback: false, now: new Date(), keyField: 'keysFrom' } as const;
  const { wanted, problems } = checkDocuments([parse(yaml)], rules);
  expect(problems).toEqual([]);
  expect(wanted).toHaveLength(1);
});

function table(): string {
  const rows = [...new Map(SETTING_PATHS.map((setting) => [nameOf(setting), setting])).values()].map(row);
  return [['Setting', 'What it is', 'Value', 'Default', 'Option', 'In files'], Array(6).fill('---'), ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}

function row(setting: SettingPath): string[] {
  const { about, holds } = setting.setting;
  return [
    `\`${nameOf(setting)}\``,
    about,
    holds.rule.replace(/^must (?:be )?|, separated by commas$/g, '').replace(/(\/api\/|\b\d+[mhd]\b)/g, '`$1`'),
    defaultOf(setting),
    optionsOf(setting)
      .map(({ flags }) => `\`${flags}\``)
      .join(' '),
    inFilesOf(setting),
  ];
}

/** `streams.<stream>.everyMs` */
function nameOf({ path }: SettingPath, names = path): string {
  const entry = entryOf(path);
  return names.map((name, index) => ('each' in entry && index === 1 ? `<${entry.noun}>` : name)).join('.');
}

function optionsOf({ path, setting }: SettingPath): readonly SettingOption[] {
  return [...(entryOf(path).options ?? []), ...('fields' in entryOf(path) ? (setting.options ?? []) : [])];
}

function defaultOf(setting: SettingPath): string {
  const { default: usual, optional } = setting;
  if (usual === undefined) return optional ? 'none' : 'required';
  const members = SETTING_PATHS.filter((other) => nameOf(other) === nameOf(setting));
  const shown = members.map((member) => [member.path[1], String(setting.setting.holds.show(member.default as never))]);
  const values = [...new Set(shown.map(([, value]) => value))];
  if (values.length === 1) return String(values[0]);
  return values
    .map(
      (value) =>
        `${value ?? ''}: ${shown.flatMap(([name, own]) => (own === value ? `\`${name ?? ''}\`` : [])).join(', ')}`,
    )
    .join('; ');
}

function inFilesOf(setting: SettingPath): string {
  if (setting.inFiles !== undefined) return setting.inFiles === 'nowhere' ? 'no' : 'in a connection';
  return setting.inFile.join() === setting.path.join() ? 'yes' : `as \`${nameOf(setting, setting.inFile)}\``;
}

const entryOf = (path: readonly string[]): Entry =>
  (SETTINGS as Readonly<Record<string, Entry>>)[path[0] ?? ''] ?? SETTINGS.baseUrl;
