import type { z } from 'zod';
import { isJsonObject, type JsonObject } from '../model/json.js';
import { attachmentLogRow, dlpLogRow, fieldOf, impersonationLogRow, urlLogRow } from './schemas.js';
import { startOf } from '../model/text.js';
import { parseTimestamp } from './timestamps.js';

/** Counted values of one row of a protection log. Words are Mimecast's, at most 256 characters; empty when it gives none. */
export interface CountedRow {
  readonly time: Date;
  readonly route: string;
  /** Name of the definition or policy that acted. */
  readonly definition: string;
  readonly result: string;
  readonly action: string;
  /** True when Mimecast calls it malicious and it reached the user. */
  readonly maliciousAllowed: boolean;
  readonly userOverride: boolean;
  readonly adminOverride: boolean;
  /** Fields that identify the row. They contain personal data: used for a digest only, never stored. */
  readonly identity: JsonObject;
  readonly raw: JsonObject;
}

/**
 * The fields that identify a row: all documented fields, except maps without a documented form (`tagMap`).
 *
 * Two rows are the same row when all of these fields are equal. Rows of clicks and attachments have no id, and several
 * impersonations can share one, so fewer fields would not distinguish them. All counted fields are included, so that it
 * does not matter which of two equal rows is read first. Fields that Mimecast adds later are not included: a field that
 * differs in each response would make every row a new one.
 *
 * As a consequence, two clicks by one person on one link within one second count once. Counting them twice would make
 * the count depend on page boundaries: paging by row number returns the same row again when rows are added, and
 * overlapping windows return it again on another page. A row with changed content is a different row.
 *
 * Sources: Mimecast's pages on these endpoints, and published responses.
 */
const CLICK = [
  'date',
  'messageId',
  'url',
  'userEmailAddress',
  'fromUserEmailAddress',
  'subject',
  'sendingIp',
  'route',
  'ttpDefinition',
  'scanResult',
  'category',
  'action',
  'actions',
  'creationMethod',
  'emailPartsDescription',
  'userAwarenessAction',
  'userOverride',
  'adminOverride',
];
const ATTACHMENT = [
  'date',
  'messageId',
  'fileHash',
  'fileName',
  'fileType',
  'senderAddress',
  'recipientAddress',
  'subject',
  'route',
  'definition',
  'result',
  'actionTriggered',
  'details',
];
const IMPERSONATION = [
  'eventTime',
  'id',
  'messageId',
  'senderAddress',
  'recipientAddress',
  'senderIpAddress',
  'subject',
  'definition',
  'action',
  'hits',
  'identifiers',
  'impersonationResults',
  'taggedExternal',
  'taggedMalicious',
];
const POLICY_HIT = [
  'eventTime',
  'messageId',
  'senderAddress',
  'recipientAddress',
  'subject',
  'route',
  'policy',
  'action',
];

/** Counts a click in the URL Protection log. A click with a warning reached the target when the user continued. */
export function countedClick(raw: JsonObject): CountedRow | string {
  return counted(raw, urlLogRow, 'date', CLICK, (row) => {
    const { action, scanResult, userOverride, adminOverride, userAwarenessAction } = row;
    const passed =
      isOneOf(action, PASSES) ||
      (is(action, 'warn') && (is(userAwarenessAction, 'continue') || isOneOf(userOverride, PASSES)));
    return {
      route: row.route,
      definition: row.ttpDefinition,
      result: scanResult,
      action,
      maliciousAllowed: is(scanResult, 'malicious') && passed,
      userOverride: isOverride(userOverride),
      adminOverride: isOverride(adminOverride),
    };
  });
}

/**
 * Counts a file in the Attachment Protection log. Its action is a list of words, for example `user release, none`. The
 * file reached the user when it was released, or when no action was taken.
 */
export function countedAttachment(raw: JsonObject): CountedRow | string {
  return counted(raw, attachmentLogRow, 'date', ATTACHMENT, (row) => {
    const { result, actionTriggered: action } = row;
    const actions = (action ?? '').split(',').map((part) => part.trim().toLowerCase());
    const byUser = actions.includes('user release');
    const byAdmin = actions.includes('admin release');
    const nothingDone = actions.every((word) => word === 'none');
    return {
      route: row.route,
      definition: row.definition,
      result,
      action,
      maliciousAllowed: isOneOf(result, ['malicious', 'unsafe']) && (byUser || byAdmin || nothingDone),
      userOverride: byUser,
      adminOverride: byAdmin,
    };
  });
}

/** Counts a message in the Impersonation Protection log. It has no route; its result is the malicious tag. */
export function countedImpersonation(raw: JsonObject): CountedRow | string {
  return counted(raw, impersonationLogRow, 'eventTime', IMPERSONATION, (row) => {
    const { action, definition, taggedMalicious } = row;
    return {
      definition,
      action,
      result: taggedMalicious ? 'taggedMalicious' : undefined,
      maliciousAllowed: taggedMalicious === true && is(action, 'none'),
    };
  });
}

/** Counts a policy hit in the Data Leak Prevention log. It has no result: the log calls nothing malicious. */
export function countedPolicyHit(raw: JsonObject): CountedRow | string {
  return counted(raw, dlpLogRow, 'eventTime', POLICY_HIT, ({ route, policy, action }) => ({
    route,
    definition: policy,
    action,
  }));
}

/**
 * Actions of URL Protection that let a click through. `allow` is documented for `action`; `permit` is the word for
 * managed URLs.
 */
const PASSES = ['allow', 'permit'];

const is = (value: Word, word: string): boolean => value?.trim().toLowerCase() === word;

const isOneOf = (value: Word, words: readonly string[]): boolean => words.some((word) => is(value, word));

/** True for an actual override: `None` and `N/A` mean that there was none. */
const isOverride = (value: Word): boolean => !isOneOf(value ?? '', ['', 'none', 'n/a']);

type Word = string | null | undefined;

type Meaning = Readonly<Partial<Record<'route' | 'definition' | 'result' | 'action', Word>>> &
  Partial<Pick<CountedRow, 'maliciousAllowed' | 'userOverride' | 'adminOverride'>>;

function counted<Schema extends z.ZodType>(
  raw: JsonObject,
  schema: Schema,
  timeField: string,
  identifying: readonly string[],
  meaningOf: (row: z.output<Schema>) => Meaning,
): CountedRow | string {
  const parsed = schema.safeParse(raw);
  if (!parsed.success) return fieldOf(parsed.error);
  const time = parseTimestamp(String(raw[timeField]));
  if (time === undefined) return timeField;

  const { route, definition, result, action, ...flags } = meaningOf(parsed.data);
  return {
    maliciousAllowed: false,
    userOverride: false,
    adminOverride: false,
    ...flags,
    time,
    route: wordIn(route),
    definition: wordIn(definition),
    result: wordIn(result),
    action: wordIn(action),
    identity: identityOf(raw, identifying),
    raw,
  };
}

/** Longest word that is counted by. Words are part of the key of a daily count, which Postgres limits to 2,700 bytes. */
const LONGEST_WORD = 256;

const wordIn = (word: Word): string => startOf(word ?? '', LONGEST_WORD);

function identityOf(row: JsonObject, fields: readonly string[]): JsonObject {
  const present = fields.filter((field) => row[field] !== undefined && row[field] !== null);
  return Object.fromEntries(present.map((field) => [field, inOrder(row[field])]));
}

/** Sorts lists and fields: Mimecast changes the order of some lists between responses. */
function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) {
    const entries = (value as unknown[]).map(inOrder).map((entry) => ({ entry, text: JSON.stringify(entry) }));
    return entries.sort((a, b) => compare(a.text, b.text)).map(({ entry }) => entry);
  }
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value).sort(([a], [b]) => compare(a, b));
  return Object.fromEntries(entries.map(([name, held]) => [name, inOrder(held)]));
}

const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
