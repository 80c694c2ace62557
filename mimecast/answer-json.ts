import { isJsonObject } from '../model/json.js';

/**
 * Deepest nesting that is kept. Documented answers have seven levels; code that reads, hashes and compares what is
 * stored calls itself once for each.
 */
const MOST_LEVELS = 64;

const TOO_DEEP = '[unreadable: nested too deeply]';
const OUT_OF_RANGE = '[unreadable: number out of range]';

/**
 * Parses the JSON of a response, and bounds what it contains, so that everything behind it can be read, hashed and stored:
 * a value nested deeper than 64 levels, and a number beyond the range of doubles, are replaced by a text that says so.
 *
 * @returns undefined when the text is not JSON
 */
export function parseJson(text: string): unknown {
  try {
    return bounded(JSON.parse(text), 1);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Changes the value in place: nothing else holds it yet, and a page has thousands of values. */
function bounded(value: unknown, level: number): unknown {
  if (typeof value === 'number') return Number.isFinite(value) ? value : OUT_OF_RANGE;
  if (typeof value !== 'object' || value === null) return value;
  if (level > MOST_LEVELS) return TOO_DEEP;
  if (Array.isArray(value)) {
    const list = value as unknown[];
    for (const [index, held] of list.entries()) {
      if (isBoundless(held)) list[index] = bounded(held, level + 1);
    }
    return list;
  }
  const fields = value as Record<string, unknown>;
  for (const [name, held] of Object.entries(fields)) {
    if (isBoundless(held)) fields[name] = bounded(held, level + 1);
  }
  return fields;
}

/** False for most values: texts, flags, null. */
const isBoundless = (value: unknown): boolean =>
  typeof value === 'number' || Array.isArray(value) || isJsonObject(value);

/** Reads a number that may be written as text. @returns undefined for everything else */
export function numberIn(value: unknown): number | undefined {
  if (typeof value !== 'number' && (typeof value !== 'string' || value.trim() === '')) return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}
