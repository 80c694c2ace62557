import { parseTimestamp } from '../../mimecast/timestamps.js';
import type { PolicyList } from './lists.js';
import type { Boundary, Policy, Side, SideKind } from './policy.js';
import { isJsonObject, defined } from '../../model/json.js';
import { SECOND_MS } from '../../model/time.js';

/** Source: Mimecast, "Get Blocked Sender Policy". The header display name is in the console only, not on that page. */
const SIDE_KINDS: Readonly<Partial<Record<string, SideKind>>> = {
  everyone: 'everyone',
  internal_addresses: 'internal',
  external_addresses: 'external',
  email_domain: 'domain',
  profile_group: 'group',
  individual_email_address: 'person',
  header_display_name: 'attribute',
  address_attribute_value: 'attribute',
};

/** Years of Mimecast's dates for "no start" and "no end": 1900-01-01T00:00:00+0000 and 2100-01-01T23:59:59+0000. */
const FIRST_YEAR = 1900;
const LAST_YEAR = 2100;

const LONGEST_NAME = 80;

/** Parses the items of a list. @returns the policies, and the positions of items that do not have the form of a policy */
export function parsePolicies(
  items: readonly unknown[],
  list: PolicyList,
): { readonly policies: readonly Policy[]; readonly unreadable: readonly number[] } {
  const parsed = items.map((item, index) => parsePolicy(item, index, list));
  return {
    policies: parsed.filter((policy) => policy !== undefined),
    unreadable: [...parsed.keys()].filter((index) => parsed[index] === undefined),
  };
}

/**
 * Parses an item `{ option, id, policy }`. Undocumented lists may have the policy's fields in the item itself.
 *
 * @returns undefined when a required field is missing: from, to and, in undocumented lists, enabled. The documented
 *   sample of a blocked sender has no `enabled`; there, its absence only leaves open whether the policy is in force.
 */
function parsePolicy(item: unknown, index: number, list: PolicyList): Policy | undefined {
  if (!isJsonObject(item)) return undefined;
  const fields = isJsonObject(item['policy']) ? item['policy'] : item;
  const [from, to, enabled] = [side(fields, 'from'), side(fields, 'to'), flag(fields['enabled'])];
  if (!from || !to || (enabled === undefined && !list.documented)) return undefined;

  const [override, bidirectional] = [flag(fields['override']), flag(fields['bidirectional'])];
  return defined({
    name: nameOf(fields['description'], index),
    acts: acts(item['option'] ?? fields['option'], list),
    enabled,
    begins: boundary(fields['fromEternal'], fields['fromDate'], (date) => date.getUTCFullYear() <= FIRST_YEAR),
    ends: lastSecond(boundary(fields['toEternal'], fields['toDate'], (date) => date.getUTCFullYear() >= LAST_YEAR)),
    override,
    bidirectional,
    from,
    to,
    conditions: conditions(fields['conditions']),
  });
}

function nameOf(description: unknown, index: number): string {
  const text = typeof description === 'string' ? description.replaceAll(/\s+/g, ' ').trim() : '';
  return text === '' ? `policy ${index + 1} of the list` : text.slice(0, LONGEST_NAME);
}

function acts(option: unknown, { acting, off, documented }: PolicyList): Policy['acts'] {
  if (typeof option !== 'string') return 'unclear';
  // Undocumented words may also differ in case and separators.
  const word = documented
    ? option
    : option
        .trim()
        .toLowerCase()
        .replaceAll(/[\s-]+/g, '_');
  if (acting.includes(word)) return 'on';
  return off.includes(word) ? 'off' : 'unclear';
}

/** Parses one side. `policy.from` and `policy.fromType` must agree; otherwise the item is unreadable. */
function side(fields: Fields, name: 'from' | 'to'): Side | undefined {
  const place = isJsonObject(fields[name]) ? fields[name] : {};
  const [inner, outer] = [text(place['type']), text(fields[`${name}Type`])];
  if (inner !== undefined && outer !== undefined && inner !== outer) return undefined;

  const type = inner ?? outer;
  if (type === undefined) return undefined;
  const kind = Object.hasOwn(SIDE_KINDS, type) ? (SIDE_KINDS[type] ?? 'unclear') : 'unclear';
  if (kind !== 'domain' && kind !== 'group') return { kind };
  const own = kind === 'domain' ? place['emailDomain'] : place['groupId'];
  return { kind, values: [own, fields[`${name}Value`]].map(text).filter((value) => value !== undefined) };
}

/**
 * Parses a start or end. Eternal when the flag says so or the date is the vendor's date for it. A missing flag with a
 * valid date is unambiguous.
 */
function boundary(eternal: unknown, date: unknown, isEternal: (date: Date) => boolean): Boundary {
  if (flag(eternal) === true) return 'eternal';
  const moment = typeof date === 'string' ? parseTimestamp(date) : undefined;
  if (moment === undefined) return 'unclear';
  return isEternal(moment) ? 'eternal' : moment;
}

/** Returns the exclusive end: Mimecast's dates end at 23:59:59, and that second still belongs to the policy. */
function lastSecond(end: Boundary): Boundary {
  return end instanceof Date ? new Date(end.getTime() + SECOND_MS) : end;
}

function conditions(value: unknown): Policy['conditions'] {
  if (value === undefined || value === null) return 'none';
  if (!isJsonObject(value)) return 'unclear';
  const isEmpty = (held: unknown): boolean => held === null || (Array.isArray(held) && held.length === 0);
  return Object.values(value).every(isEmpty) ? 'none' : 'some';
}

/** Parses a flag. The page of blocked senders documents one flag as a string; responses contain booleans. */
function flag(value: unknown): boolean | undefined {
  if (value === true || value === 'true') return true;
  return value === false || value === 'false' ? false : undefined;
}

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;

type Fields = Readonly<Record<string, unknown>>;
