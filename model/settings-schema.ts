import * as z from 'zod/mini';
import { fields, once, problemIn, type Schema } from './schemas.js';
import type { ConnectionSettings } from './settings.js';
import { SETTINGS, type Entry } from './settings-table.js';

/** The checks of settings, from whatever language they come. */

/** Fields of an object, each as an entry of the table says. */
const shape = <Of>(entries: Readonly<Record<string, Of>>, schemaOf: (entry: Of) => Schema) =>
  Object.fromEntries(Object.entries(entries).map(([name, entry]) => [name, schemaOf(entry)]));

/** @param change fields may be missing, and optional ones may be `null` */
function entrySchema(entry: Entry, change: boolean): Schema {
  const mayBeAbsent = (schema: Schema): Schema => {
    if (!change) return entry.optional ? z.optional(schema) : schema;
    return z.optional(entry.optional ? z.nullable(schema) : schema);
  };
  const content =
    'holds' in entry ? entry.holds.schema() : fields(shape(entry.fields, ({ holds }) => mayBeAbsent(holds.schema())));
  if (!('each' in entry)) return mayBeAbsent(content);
  const name = change && entry.optional ? z.nullable(content) : content;
  const each = Object.fromEntries(entry.each.map((member) => [member, z.optional(name)]));
  return mayBeAbsent(fields(each, { noun: entry.noun }));
}

/** The schema of whole settings. */
export const settingsSchema = once(
  () => fields(shape(SETTINGS, (entry) => entrySchema(entry, false))) as unknown as z.ZodMiniType<ConnectionSettings>,
);

const OF_KEYS = 'The API generation and the expected account belong to the keys: rotate, or connect anew.';

/** The fields of a change of settings. */
export const settingsChangeFields = () =>
  shape<Entry>(SETTINGS, (entry) =>
    entry.isOfKeys ? z.optional(z.never({ error: OF_KEYS })) : entrySchema(entry, true),
  );

/** The first problem of whole settings, as one sentence that names the field. */
export const settingsProblem = (settings: unknown): string | undefined =>
  problemIn(settingsSchema, settings, 'settings');
