import { canonicalJson, sha256 } from '../database/canonical.js';
import { isJsonObject } from '../../model/json.js';

/**
 * Fields that may differ although no administrator changed anything: Mimecast reissues ids of policies, and saving a
 * policy unchanged changes its times. An account's number of users changes daily.
 */
const NOT_CONTENT = new Set(['id', 'createTime', 'lastUpdated', 'userCount']);

/**
 * Digest of a body's content, for drift detection: bodies with equal configuration have equal digests. Only the items
 * themselves and the policies in them lose those fields; ids further in, such as a group's, are configuration. The
 * order of items is ignored.
 */
export function contentDigest(body: unknown): Buffer {
  if (!Array.isArray(body)) return sha256(canonicalJson(contentOf(body)));
  const items = body.map((item) => canonicalJson(contentOf(item))).sort();
  return sha256(`[${items.join(',')}]`);
}

/** Returns an item without the fields that change by themselves. */
export function contentOf(item: unknown): unknown {
  if (!isJsonObject(item)) return item;
  const { policy, ...fields } = item;
  const kept = withoutNotContent(fields);
  return policy === undefined ? kept : { ...kept, policy: isJsonObject(policy) ? withoutNotContent(policy) : policy };
}

function withoutNotContent(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !NOT_CONTENT.has(name)));
}
