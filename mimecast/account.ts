import { isJsonObject } from './json.js';

/** Secrets and personal data in `get-account`. They prove nothing about a control, so they are not kept. */
const PRIVATE_FIELDS = ['adminEmail', 'contactEmail', 'contactName', 'passphrase', 'supportCode', 'telephone'] as const;

/** An account as it is kept: without its private fields, and with its packages in order, because Mimecast shuffles them. */
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
    return Array.isArray(packages) ? { ...account, packages: packages.toSorted() } : account;
  });
  return { items: kept, droppedFields: [...dropped].sort() };
}
