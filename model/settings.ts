import type * as z from 'zod/mini';
import type { EndpointName } from './endpoints.js';
import type { AnyKind } from './setting-kinds.js';
import { SETTING_PATHS, valueAt, withValue } from './setting-paths.js';
import { SETTINGS } from './settings-table.js';

type Table = typeof SETTINGS;
interface Optional {
  readonly optional: true;
}

type ValueOf<Setting> = Setting extends { readonly holds: AnyKind }
  ? z.output<ReturnType<Setting['holds']['schema']>>
  : never;

/** Content of an entry of the table: a value, or the values of its fields. */
type ContentOf<Entry> = Entry extends { readonly fields: infer Fields }
  ? { readonly [Name in keyof Fields]: ValueOf<Fields[Name]> }
  : ValueOf<Entry>;

/** The content of an entry, once for each name where it is given for names. */
type EachOf<Entry, Content> = Entry extends { readonly each: readonly (infer Name extends string)[] }
  ? Readonly<Partial<Record<Name, Content>>>
  : Content;

type Stored<Entry> = EachOf<
  Entry,
  Entry extends Optional & { readonly fields: unknown } ? Partial<ContentOf<Entry>> : ContentOf<Entry>
>;

type NamesOf<With> = { [Name in keyof Table]: Table[Name] extends With ? Name : never }[keyof Table];

/** Everything about a connection that its operator chose. JSON, and free of secrets. docs/settings.md explains each setting. */
export type ConnectionSettings = { readonly [Name in Exclude<keyof Table, NamesOf<Optional>>]: Stored<Table[Name]> } & {
  readonly [Name in NamesOf<Optional>]?: Stored<Table[Name]>;
};

type NullIf<Entry> = Entry extends Optional ? null : never;
type Changed<Entry, Content> = Entry extends { readonly fields: unknown }
  ? { readonly [Name in keyof Content]?: Content[Name] | NullIf<Entry> }
  : Content | NullIf<Entry>;

/** Settings that change; the others stay. `null` takes an optional setting, or a group of them, back to its default. */
export type SettingsChange = { readonly actor?: Requester['actor'] | null } & {
  readonly [Name in Exclude<keyof Table, NamesOf<{ readonly isOfKeys: true }>>]?:
    EachOf<Table[Name], Changed<Table[Name], ContentOf<Table[Name]>>> | NullIf<Table[Name]>;
};

/** Sender of a request, for the log. Not checked: Temporal's own access rules decide who may send messages. */
export interface Requester {
  /** `ops@desk`, or the name of a service. Never a secret. */
  readonly actor?: string;
}

/** Limits that verdicts and reminders use. Each is a number of days. */
export type Thresholds = NonNullable<ConnectionSettings['thresholds']>;
/** Coverage that policies for a part of the mail must have to pass. */
export type Coverage = NonNullable<ConnectionSettings['coverage']>;
/** Retention of each kind of evidence before it is erased, in days. */
export type Retention = NonNullable<ConnectionSettings['retention']>;
/** When keys that Mimecast rejected are tested again. Times are in milliseconds. */
export type RefusalRules = Required<NonNullable<ConnectionSettings['refusals']>>;
/** The version of Mimecast's API that a connection uses. */
export type ApiVersion = ConnectionSettings['apiVersion'];

/** The settings of a connection of which only the base URL is known. */
export function defaultSettings(
  baseUrl: string,
  apiVersion: ApiVersion = SETTINGS.apiVersion.default,
): ConnectionSettings {
  const usual = SETTING_PATHS.filter(({ optional, default: value }) => !optional && value !== undefined);
  return usual.reduce<object>(
    (settings, { path, default: value }) => withValue(settings, path, valueAt({ baseUrl, apiVersion }, path) ?? value),
    {
      baseUrl,
    },
  ) as ConnectionSettings;
}

/** The defaults of the settings in a group. */
export function defaultsOf<Fields extends Readonly<Record<string, { readonly default: unknown }>>>(fields: Fields) {
  const defaults = Object.entries(fields).map(([name, setting]) => [name, setting.default]);
  return Object.fromEntries(defaults) as { readonly [Name in keyof Fields]: Fields[Name]['default'] };
}

/** The settings after a change: what it does not name stays, and `null` takes a value back to its default. */
export function changedSettings(before: ConnectionSettings, change: SettingsChange): ConnectionSettings {
  const changes = SETTING_PATHS.map((setting) => ({ ...setting, wanted: valueAt(change, setting.path) }));
  const named = changes.filter(({ wanted, isOfKeys }) => wanted !== undefined && !isOfKeys);
  const after = named.reduce<object>(
    (settings, { path, wanted }) => withValue(settings, path, wanted ?? undefined),
    before,
  );
  return completed(after);
}

/** Gives a stream that a change has added the settings that it does not have. */
function completed(settings: object): ConnectionSettings {
  const missing = SETTING_PATHS.filter(
    ({ path, optional, default: value }) =>
      !optional &&
      value !== undefined &&
      path.length > 2 &&
      valueAt(settings, path) === undefined &&
      valueAt(settings, path.slice(0, -1)) !== undefined,
  );
  return missing.reduce(
    (before, { path, default: value }) => withValue(before, path, value),
    settings,
  ) as ConnectionSettings;
}

/** Endpoints whose path a change replaces. */
export function changedPaths(before: ConnectionSettings, after: ConnectionSettings): EndpointName[] {
  const names = Object.keys({ ...before.endpointPaths, ...after.endpointPaths }) as EndpointName[];
  return names.filter((name) => before.endpointPaths?.[name] !== after.endpointPaths?.[name]);
}
