/** A JSON object as it was parsed: its fields are still unchecked. */
export type JsonObject = Readonly<Record<string, unknown>>;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Parses a text, and returns it if it is a JSON object. */
export function parseJsonObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Fields that may be absent become optional; where they are present, they are never what counts as absent. */
type Present<Fields, Absent> = {
  [Name in keyof Fields as [Absent & Fields[Name]] extends [never] ? Name : never]: Fields[Name];
} & {
  [Name in keyof Fields as [Absent & Fields[Name]] extends [never] ? never : Name]?: Exclude<Fields[Name], Absent>;
};

/** Returns the fields that are not undefined. */
export function defined<const Fields extends object>(fields: Fields): Present<Fields, undefined> {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Present<Fields, undefined>;
}

/** Returns the fields that are neither undefined nor null: what a database record says. */
export function notNull<const Fields extends object>(fields: Fields): Present<Fields, null | undefined> {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined && value !== null);
  return Object.fromEntries(entries) as Present<Fields, null | undefined>;
}
