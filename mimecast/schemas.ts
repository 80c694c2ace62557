import { z } from 'zod';

/**
 * Documented form of Mimecast's responses, item by item. Unknown fields are preserved: the vendor adds fields without
 * notice, and evidence keeps the response unchanged. Enumerations are plain text, because they grow.
 */

const text = z.string();
const flag = z.boolean();

/** A word from Mimecast. A missing or non-text value is ignored: no decision needs it. */
const word = text.nullish().catch(undefined);

/**
 * Source: Mimecast, "Get Audit Events", and recorded responses (`user` is missing from the page, and from some
 * responses).
 */
export const auditEventItem = z.looseObject({
  id: text.min(1),
  eventTime: text,
  auditType: word,
  category: word,
  user: word,
});

/**
 * Source: Mimecast, "Get Blocked Sender Policy". Fields of the policy are read by `posture/policies/`, where one in an
 * unexpected form is unclear and never counts for a pass.
 */
export const blockedSenderItem = z.looseObject({ option: text, policy: z.looseObject({}) });

/** Characters that no account code has, and that could not be stored or would change a line in which it is shown. */
const UNUSABLE_CODE = /[\p{C}\p{Zl}\p{Zp}]/u;

/**
 * Source: Mimecast, "Get Account", and recorded responses. Only the code is required, because evidence of two tenants
 * must never mix. Fields that decide about archiving are checked by the controls that use them.
 */
export const accountItem = z.looseObject({
  accountCode: text
    .min(1)
    .max(100)
    .refine((code) => !UNUSABLE_CODE.test(code)),
});

/** Source: Mimecast, "Get TTP URL Logs", and published responses. */
export const urlLogRow = z.looseObject({
  date: text,
  route: word,
  ttpDefinition: word,
  scanResult: word,
  action: word,
  userAwarenessAction: word,
  userOverride: word,
  adminOverride: word,
});

/** Source: Mimecast, "Get TTP Attachment Protection Logs", and published responses. */
export const attachmentLogRow = z.looseObject({
  date: text,
  route: word,
  definition: word,
  result: word,
  actionTriggered: word,
});

/** Source: Mimecast, "Get TTP Impersonation Protect Logs", and published responses. */
export const impersonationLogRow = z.looseObject({
  eventTime: text,
  definition: word,
  action: word,
  taggedMalicious: flag.nullish().catch(undefined),
});

/** Source: published responses of `/api/dlp/get-logs`. */
export const dlpLogRow = z.looseObject({ eventTime: text, route: word, policy: word, action: word });

/** For undocumented endpoints: an object, stored verbatim. */
export const anyItem = z.looseObject({});

/** Returns the place of the first problem: field names of the schema and positions, never values. */
export function fieldOf(error: z.ZodError | undefined): string {
  const path = error?.issues[0]?.path ?? [];
  return path.length === 0 ? 'item' : path.join('.');
}
