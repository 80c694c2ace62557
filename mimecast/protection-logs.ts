import type { ProtectionLogEndpoint } from './endpoints.js';
import { isJsonObject, type JsonObject } from './json.js';
import {
  countedAttachment,
  countedClick,
  countedImpersonation,
  countedPolicyHit,
  type CountedRow,
} from './protection-rows.js';

const DAY_MS = 86_400_000;

/**
 * How far back the logs go. Mimecast says it of URL Protection ("maximum retention of 30 days", in "URL Protection Logs") and of
 * none of the others; the same is taken for them, because a window that reaches too far may be refused for ever.
 */
const URL_LOOK_BACK_MS = 30 * DAY_MS;
const ATTACHMENT_LOOK_BACK_MS = URL_LOOK_BACK_MS;
const IMPERSONATION_LOOK_BACK_MS = URL_LOOK_BACK_MS;
const DLP_LOOK_BACK_MS = URL_LOOK_BACK_MS;

/** One of the vendor's protection logs: how it is asked for, and what a row of it counts as. */
export interface ProtectionLog {
  readonly endpoint: ProtectionLogEndpoint;
  /** Where in `data[0]` its rows are. */
  readonly listKey: string;
  /** Beside the range. Without them the vendor leaves rows out: its default for attachments is the malicious ones alone. */
  readonly filters: JsonObject;
  readonly lookBackMs: number;
  /** @returns what the row counts as, or the name of the field without which it cannot be counted */
  readonly count: (row: JsonObject) => CountedRow | string;
}

/** From the first entry on: what arrives while a log is read is added behind what was read. */
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
 * The rows of an answer: `data[0].clickLogs`, and those of any further item. An answer without an item has none.
 *
 * @returns the place that is not as documented, when the rows cannot be found: read as "none", a day would look quiet
 */
export function rowsIn(data: readonly unknown[], listKey: string): readonly unknown[] | string {
  const rows: unknown[] = [];
  for (const [index, item] of data.entries()) {
    const list = isJsonObject(item) ? item[listKey] : undefined;
    if (!Array.isArray(list)) return `data[${index}].${listKey}`;
    rows.push(...(list as unknown[]));
  }
  return rows;
}
