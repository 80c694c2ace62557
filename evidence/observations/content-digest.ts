import { canonicalJson, sha256 } from '../database/canonical.js';
import { isJsonObject } from '../../model/json.js';

/**
 * Fields that may differ between two reads of what an administrator would call the same: Mimecast gives ids of policies anew,
 * and saving a policy unchanged, or making it again as it was, moves its times. An account's number of users moves daily.
 * None of them says what is in force.
 */
const NOT_CONTENT = new Set(['id', 'createTime', 'lastUpdated', 'userCount']);

/**
 * Digest of what a body says, by which drift is told: two bodies that an administrator would call the same have the same.
 * Only the items themselves and the policies in them lose those fields; ids further in, such as a group's, say what applies
 * to whom. The order of items says nothing either.
 */
export function contentDigest(body: unknown): Buffer {
  if (!Array.isArray(body)) return sha256(canonicalJson(contentOf(body)));
  const items = body.map((item) => canonicalJson(contentOf(item))).sort();
  return sha256(`[${items.join(',')}]`);
}

/** What an item says, without what may change although nothing was changed. */
export function contentOf(item: unknown): unknown {
  if (!isJsonObject(item)) return item;
  const { policy, ...fields } = item;
  const kept = withoutNotContent(fields);
  return policy === undefined ? kept : { ...kept, policy: isJsonObject(policy) ? withoutNotContent(policy) : policy };
}

function withoutNotContent(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !NOT_CONTENT.has(name)));
}
