import type { Facts, KeysFact } from '../../model/facts.js';
import { SETTINGS } from '../../model/settings-table.js';
import type { Judgement } from '../../model/verdicts.js';
import { dayOf, MINUTE_MS, DAY_MS } from '../../model/time.js';
import type { Control } from '../rules/control.js';
import { judged } from '../rules/judged.js';
import { after } from '../rules/moments.js';
import { ISO, NIST } from '../rules/requirements.js';

/** Source: the product specification, "Rotate them every 90 days". */
const { default: OVERDUE_DAYS } = SETTINGS.thresholds.fields.keysOverdueDays;

/** Allowed clock difference between the issuer of the keys and the server. */
const CLOCK_TOLERANCE_MS = 5 * MINUTE_MS;

const remediation =
  'Administration Console: Administration → Services → API and Platform Integrations → Your Application Integrations. Request new keys, then "temporal-mimecast rotate".';

export const credentialAge: Control = {
  id: 'credential-age',
  title: 'Keys are younger than 90 days',
  rationale:
    'The keys open every mail setting of the tenant and work from anywhere. The longer they live, the more places may hold a copy.',
  remediation,
  rule: {
    pass: 'They were issued less than 90 days ago, or than the threshold keysOverdueDays says.',
    fail: 'They were issued 90 days ago or longer, or have been stored for so long.',
    unknown: 'Nobody said when they were issued, or a date was given on which they were already stored.',
  },
  limits: 'Mimecast does not say when it issued keys: the date is the one that was given with them.',
  severity: 'medium',
  subject: 'collector',
  version: 1,
  mappings: { nist: [NIST.authenticators], iso: [ISO.authentication], cis: [] },
  judge,
};

/**
 * Judges the age of the keys. Stored keys were issued before they were stored, so the time of storage can be enough for
 * a fail.
 */
function judge({ keys, now, settings, connectionId }: Facts): Judgement {
  const days = settings.thresholds?.keysOverdueDays ?? OVERDUE_DAYS;
  const thresholds = { keysOverdueDays: days };
  if (!keys) {
    const reason = 'No keys are in use.';
    const action = `"rotate ${connectionId}", or connect it anew.`;
    return judged({ verdict: 'unknown', code: 'unreadable', reason, action, basis: [], thresholds }, now);
  }

  const knownSince = since(keys);
  const overdueAt = after(knownSince, days * DAY_MS);
  const basis = [{ source: 'keys', observedAt: knownSince.toISOString() }];
  const shared = { basis, thresholds, reevaluateAt: [overdueAt, believableFrom(keys)] };
  const name = `Keys v${keys.version}`;
  if (now >= overdueAt) {
    const reason = `${name} are in use since ${dayOf(knownSince)} or longer; you require less than ${days} days.`;
    const action = `Request new keys at Mimecast, then "rotate ${connectionId}".`;
    return judged({ ...shared, verdict: 'fail', code: 'overdue', reason, action }, now);
  }
  if (!isIssueDateKnown(keys, now)) {
    const reason = `When Mimecast issued ${name.toLowerCase()} is not known; they are stored since ${dayOf(knownSince)}.`;
    const action = `Rotate and say it: "rotate ${connectionId} --issued-at DATE".`;
    return judged({ ...shared, verdict: 'unknown', code: 'issue-date-unknown', reason, action }, now);
  }
  const reason = `${name} were issued on ${dayOf(keys.issuedAt)}, less than ${days} days ago.`;
  return judged({ ...shared, verdict: 'pass', code: 'young', reason }, now);
}

/** Earliest time at which the keys are known to have existed. */
const since = ({ issuedAt, storedAt = issuedAt }: KeysFact): Date => (storedAt < issuedAt ? storedAt : issuedAt);

/** Returns false for an issue date after the time of storage, or in the future. */
function isIssueDateKnown(keys: KeysFact, now: Date): boolean {
  const { issuedAt, issueDateKnown, storedAt = now } = keys;
  return issueDateKnown && issuedAt <= after(storedAt, CLOCK_TOLERANCE_MS);
}

/** Time from which the issue date is no longer in the future, for keys whose time of storage is unknown. */
const believableFrom = ({ issuedAt, storedAt }: KeysFact): Date | undefined =>
  storedAt ? undefined : after(issuedAt, -CLOCK_TOLERANCE_MS);
