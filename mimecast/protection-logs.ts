import { DAY_MS } from '../model/time.js';
import type { ProtectionLogEndpoint } from './endpoints.js';
import { isJsonObject, type JsonObject } from '../model/json.js';
import {
  countedAttachment,
  countedClick,
  countedImpersonation,
  countedPolicyHit,
  type CountedRow,
} from './protection-rows.js';

/**
 * Look-back of the logs. Mimecast documents 30 days for URL Protection ("maximum retention of 30 days", in "URL
 * Protection Logs") and nothing for the others. The same value is used for all, because a window that starts too early
 * may be rejected on every attempt.
 */
const URL_LOOK_BACK_MS = 30 * DAY_MS;
const ATTACHMENT_LOOK_BACK_MS = URL_LOOK_BACK_MS;
const IMPERSONATION_LOOK_BACK_MS = URL_LOOK_BACK_MS;
const DLP_LOOK_BACK_MS = URL_LOOK_BACK_MS;

/** One protection log: how it is requested, and how its rows are counted. */
export interface ProtectionLog {
  readonly endpoint: ProtectionLogEndpoint;
  /** Field of `data[0]` that contains the rows. */
  readonly listKey: string;
  /** Filters besides the range. Without them Mimecast omits rows: for attachments, its default is malicious ones only. */
  readonly filters: JsonObject;
  readonly lookBackMs: number;
  /** @returns the values to count, or the name of the field that prevents counting */
  readonly count: (row: JsonObject) => CountedRow | string;
}

/** Oldest rows first, so that rows that arrive while a log is read are added after the rows already read. */
const OLDEST_FIRST = { oldestFirst: true };

export const PROTECTION_LOGS = {
  url: {
    endpoint: 'ttp-url-logs',
    listKey: 'clickLogs',
    filters: { ...OLDEST_FIRST, route: 'all', scanResult: 'all' },
    lookBackMs: URL_LOOK_BACK_MS,
    count: countedClick,
  },
  attachment: {
    endpoint: 'ttp-attachment-logs',
    listKey: 'attachmentLogs',
    filters: { ...OLDEST_FIRST, route: 'all', result: 'all' },
    lookBackMs: ATTACHMENT_LOOK_BACK_MS,
    count: countedAttachment,
  },
  impersonation: {
    endpoint: 'ttp-impersonation-logs',
    listKey: 'impersonationLogs',
    filters: OLDEST_FIRST,
    lookBackMs: IMPERSONATION_LOOK_BACK_MS,
    count: countedImpersonation,
  },
  dlp: {
    endpoint: 'dlp-logs',
    listKey: 'dlpLogs',
    filters: OLDEST_FIRST,
    lookBackMs: DLP_LOOK_BACK_MS,
    count: countedPolicyHit,
  },
} as const satisfies Record<string, ProtectionLog>;

export type ProtectionName = keyof typeof PROTECTION_LOGS;

/**
 * Returns the rows of a response: `data[0].clickLogs`, and the same field of all other items. A response without items
 * has no rows.
 *
 * @returns the rows, or the place that differs from the documentation. Treating it as an empty list would hide events
 */
export function rowsIn(data: readonly unknown[], listKey: string): readonly unknown[] | string {
  const rows: unknown[] = [];
  for (const [index, item] of data.entries()) {
    const list = isJsonObject(item) ? item[listKey] : undefined;
    if (!Array.isArray(list)) return `data[${index}].${listKey}`;
    for (const row of list as unknown[]) rows.push(row);
  }
  return rows;
}
