import { z } from 'zod';

/**
 * Documented form of Mimecast's responses, item by item. Unknown fields are preserved: the vendor adds fields without
 * notice, and evidence keeps the response unchanged. Enumerations are plain text, because they grow.
 */

const text = z.string();
const flag = z.boolean();

/**
 * Source: Mimecast, "Get Audit Events", and recorded responses (`user` is missing from the page, and from some
 * responses).
 */
export const auditEventItem = z.looseObject({
  id: text.min(1),
  eventTime: text,
  auditType: text.nullish(),
  category: text.nullish(),
  user: text.nullish(),
});

const policyScope = z.looseObject({ type: text });

/**
 * Source: Mimecast, "Get Blocked Sender Policy". The page calls `bidirectional` a string once; responses contain a
 * boolean.
 */
export const blockedSenderItem = z.looseObject({
  id: text.min(1),
  option: text,
  policy: z.looseObject({
    description: text.optional(),
    fromPart: text.optional(),
    from: policyScope.optional(),
    to: policyScope.optional(),
    fromType: text.optional(),
    toType: text.optional(),
    fromValue: text.optional(),
    toValue: text.optional(),
    fromEternal: flag.optional(),
    toEternal: flag.optional(),
    fromDate: text.optional(),
    toDate: text.optional(),
    override: flag.optional(),
    bidirectional: z.union([flag, text]).optional(),
    conditions: z.looseObject({}).optional(),
    enabled: flag.optional(),
    enforced: flag.optional(),
  }),
});

/** Source: Mimecast, "Get Account", and recorded responses (`mailPlatform` is missing from all of them). */
export const accountItem = z.looseObject({
  accountCode: text.min(1),
  accountName: text.optional(),
  region: text.optional(),
  type: text.optional(),
  archive: flag.optional(),
  gateway: flag.optional(),
  maxRetention: z.number().optional(),
  maxRetentionConfirmed: flag.optional(),
  packages: z.array(text).optional(),
  userCount: z.number().optional(),
});

/** A word from Mimecast. A missing or non-text value is ignored: it does not prevent counting. */
const word = text.nullish().catch(undefined);

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
