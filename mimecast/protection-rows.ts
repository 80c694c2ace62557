import type { z } from 'zod';
import { isJsonObject, type JsonObject } from './json.js';
import { attachmentLogRow, dlpLogRow, fieldOf, impersonationLogRow, urlLogRow } from './schemas.js';
import { parseTimestamp } from './timestamps.js';

/** What one row of a protection log counts as. Words are the vendor's, letter for letter; empty where it says none. */
export interface CountedRow {
  readonly time: Date;
  readonly route: string;
  /** Name of the definition or policy that acted. */
  readonly definition: string;
  readonly result: string;
  readonly action: string;
  /** The vendor calls it malicious, and it got through to the user. */
  readonly maliciousAllowed: boolean;
  readonly userOverride: boolean;
  readonly adminOverride: boolean;
  /** What tells this row from every other. Names people: for a digest, and not to be kept. */
  readonly identity: JsonObject;
  readonly raw: JsonObject;
}

/**
 * The fields that a row is recognised by: everything documented but maps without a documented form (`tagMap`).
 *
 * Two rows are one exactly when all of these are the same. Rows of clicks and attachments have no id, and several
 * impersonations may share one, so nothing less tells them apart. Whatever is counted is among the fields, so that of two rows
 * that are one it makes no difference which is read first. Fields that Mimecast may add later are not, because one that is
 * written anew for each answer would make every row a new one.
 *
 * So two clicks of one person on one link in one second are one click. To count them as two would mean to count by where a
 * page ends: paging by row number brings the same row twice when others arrive meanwhile, and overlapping windows bring it
 * again in other company. A row that says something else when it is read again is another row.
 *
 * Sources: Mimecast's pages on these endpoints, and published answers.
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

/** A click in the URL Protection log. A click that was only warned of got through when the user went on. */
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
      userOverride: says(userOverride),
      adminOverride: says(adminOverride),
    };
  });
}

/**
 * A file in the Attachment Protection log. Its action is a list of words, `user release, none`: released by somebody, the file
 * reached the user whatever else was done; with none at all, nothing kept it.
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

/** A message that Impersonation Protection flagged. It has no route, and for a result the one that it is tagged with. */
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

/** A policy that fired, in the Data Leak Prevention log. It has no result: nothing in it is called malicious. */
export function countedPolicyHit(raw: JsonObject): CountedRow | string {
  return counted(raw, dlpLogRow, 'eventTime', POLICY_HIT, ({ route, policy, action }) => ({
    route,
    definition: policy,
    action,
  }));
}

/** Actions of URL Protection that let a click through; of `action` one is documented, the other is that of managed URLs. */
const PASSES = ['allow', 'permit'];

const is = (said: Word, word: string): boolean => said?.trim().toLowerCase() === word;

const isOneOf = (said: Word, words: readonly string[]): boolean => words.some((word) => is(said, word));

/** An override that there was: `None` and `N/A` stand where there was none. */
const says = (said: Word): boolean => !isOneOf(said ?? '', ['', 'none', 'n/a']);

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
    route: route ?? '',
    definition: definition ?? '',
    result: result ?? '',
    action: action ?? '',
    identity: identityOf(raw, identifying),
    raw,
  };
}

function identityOf(row: JsonObject, fields: readonly string[]): JsonObject {
  const given = fields.filter((field) => row[field] !== undefined && row[field] !== null);
  return Object.fromEntries(given.map((field) => [field, inOrder(row[field])]));
}

/** Lists without their order: Mimecast shuffles some of its lists from answer to answer. */
function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) {
    return (value as unknown[]).map(inOrder).sort((a, b) => compare(JSON.stringify(a), JSON.stringify(b)));
  }
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value).sort(([a], [b]) => compare(a, b));
  return Object.fromEntries(entries.map(([name, held]) => [name, inOrder(held)]));
}

const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
