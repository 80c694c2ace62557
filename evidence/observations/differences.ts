import { canonicalJson } from '../database/canonical.js';
import { contentOf } from './content-digest.js';
import { isJsonObject, defined } from '../../model/json.js';

/** One item of an answer that was added, removed or changed. */
export type Difference =
  | { readonly kind: 'added' | 'removed'; readonly what: string }
  | { readonly kind: 'changed'; readonly what: string; readonly fields: readonly FieldChange[] };

/** A field whose value differs. */
export interface FieldChange {
  /** `policy.enabled`. */
  readonly path: string;
  /** JSON; undefined when there was no such field. */
  readonly from?: unknown;
  readonly to?: unknown;
}

/**
 * Compares the configuration in two answers of an endpoint.
 *
 * Items are compared by content: ids may differ between two reads of the same policy, and order is ignored. Remaining
 * items of both sides are paired by name, and then by position among those of that name; the rest was added or
 * removed.
 */
export function differencesBetween(before: readonly unknown[], after: readonly unknown[]): Difference[] {
  const { onlyLeft, onlyRight } = withoutEqual(before.map(contentOf), after.map(contentOf));
  const unpaired = [...onlyRight];
  const differences: Difference[] = [];
  for (const item of onlyLeft) {
    const at = unpaired.findIndex((other) => nameOf(other) === nameOf(item));
    const [other] = at < 0 ? [] : unpaired.splice(at, 1);
    differences.push(
      other === undefined
        ? { kind: 'removed', what: nameOf(item) }
        : { kind: 'changed', what: nameOf(item), fields: changedFields(item, other) },
    );
  }
  return [...differences, ...unpaired.map((item): Difference => ({ kind: 'added', what: nameOf(item) }))];
}

/** Returns the items without an equal on the other side; each equal is used once. */
function withoutEqual(
  left: readonly unknown[],
  right: readonly unknown[],
): { onlyLeft: unknown[]; onlyRight: unknown[] } {
  const unmatched = new Map<string, unknown[]>();
  for (const item of right) {
    const text = canonicalJson(item);
    unmatched.set(text, [...(unmatched.get(text) ?? []), item]);
  }
  const onlyLeft = left.filter((item) => unmatched.get(canonicalJson(item))?.pop() === undefined);
  return { onlyLeft, onlyRight: [...unmatched.values()].flat() };
}

const UNNAMED = 'without a name';

/** Returns the name of an item: a policy's description, an account's code. */
function nameOf(item: unknown): string {
  const { policy, description, accountCode } = fieldsOf(item);
  const named = [fieldsOf(policy)['description'], description, accountCode];
  return named.find((name): name is string => typeof name === 'string' && name !== '') ?? UNNAMED;
}

/** Returns every field that differs, by its path. Objects are compared by field, lists as a whole. */
function changedFields(before: unknown, after: unknown, path = ''): FieldChange[] {
  if (canonicalJson(before ?? null) === canonicalJson(after ?? null)) return [];
  if (!isJsonObject(before) || !isJsonObject(after)) {
    return [defined({ path, from: before, to: after })];
  }
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names.flatMap((name) =>
    changedFields(fieldIn(before, name), fieldIn(after, name), path === '' ? name : `${path}.${name}`),
  );
}

/** Field names are the vendor's, and may be those of members of Object.prototype. */
const fieldIn = (fields: Readonly<Record<string, unknown>>, name: string): unknown =>
  Object.hasOwn(fields, name) ? fields[name] : undefined;

const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> => (isJsonObject(value) ? value : {});
