import { isJsonObject } from '../model/json.js';

/** Secrets and personal data in `get-account`. They prove nothing about a control, so they are not stored. */
const PRIVATE_FIELDS = ['adminEmail', 'contactEmail', 'contactName', 'passphrase', 'supportCode', 'telephone'] as const;

const isListOfText = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((entry) => typeof entry === 'string');

/**
 * Removes the private fields of accounts and sorts their packages, which Mimecast returns in a different order each
 * time.
 *
 * @returns the accounts, and the names of the removed fields, sorted
 */
export function withoutPrivateFields(items: readonly unknown[]): { items: unknown[]; droppedFields: string[] } {
  const dropped = new Set<string>();
  const kept = items.map((item) => {
    if (!isJsonObject(item)) return item;
    const account: Record<string, unknown> = { ...item };
    for (const field of PRIVATE_FIELDS) {
      if (!Object.hasOwn(account, field)) continue;
      Reflect.deleteProperty(account, field);
      dropped.add(field);
    }
    const { packages } = account;
    return isListOfText(packages) ? { ...account, packages: packages.toSorted() } : account;
  });
  return { items: kept, droppedFields: [...dropped].sort() };
}
