import type { MissingRange } from '../../model/completeness.js';
import type { Facts } from '../../model/facts.js';
import { DAY_MS, HOUR_MS, minuteOf } from '../../model/time.js';
import { defined } from '../../model/json.js';
import { count } from '../policies/assess.js';
import type { Control } from '../rules/control.js';
import { judged, type Finding } from '../rules/judged.js';
import { after, LOOK_BACK_DAYS } from '../rules/moments.js';
import { CIS, ISO, NIST } from '../rules/requirements.js';

/** Days for which Mimecast keeps audit events. Source: Mimecast, "Get Audit Events". */
const KEPT_DAYS = 60;

const USUAL_INTERVAL_MS = 6 * HOUR_MS;

/**
 * Shortest grace period of a poll that is due. The grace period is a quarter of the interval and at least this long, so
 * that a poll can settle and run before the log counts as behind; otherwise each running poll would make the verdict
 * unknown.
 */
const SHORTEST_GRACE_MS = HOUR_MS / 2;

export const auditEvidence: Control = {
  id: 'audit-evidence',
  title: 'Administrative events since connect are held without gaps',
  rationale:
    'Who changed which policy stands in the audit log alone, and Mimecast keeps it for 60 days. What was not fetched by then can never be shown again.',
  remediation:
    'Bring what is missing while Mimecast still keeps it: "temporal-mimecast backfill". What can no longer be brought is recorded: "temporal-mimecast annotate".',
  rule: {
    pass: 'Complete windows follow each other up to what is due, and an event of the last 7 days is held.',
    fail: 'There is a gap that Mimecast can no longer fill.',
    unknown: 'There is a gap that can still be filled, no event in 7 days, or the first interval is not over.',
  },
  limits: 'That all events that Mimecast gave are held can be shown; whether it gives all that happened cannot.',
  severity: 'high',
  subject: 'collector',
  version: 1,
  mappings: {
    nist: [NIST.auditGeneration, NIST.auditRetention],
    iso: [ISO.logging],
    cis: [CIS.providerLogs],
  },
  judge: (facts) => judged(findingFor(facts), facts.now),
};

type UncitedFinding = Pick<Finding, 'verdict' | 'code' | 'reason' | 'action' | 'details'>;

function findingFor(facts: Facts): Finding {
  const { completeness, connectedAt, newestEventAt, futureEventAt, now } = facts;
  if (!connectedAt) {
    return {
      verdict: 'unknown',
      code: 'unreadable',
      reason: 'Keys were never accepted: no events are owed.',
      basis: [],
    };
  }
  const log = logOf(facts);
  const open = completeness?.gaps.filter((gap) => !isLost(gap, now)) ?? [];
  const firstIntervalOver = after(connectedAt, log.everyMs);
  const finding = findingWithoutBasis(facts, log, { open, firstIntervalOver });
  return {
    ...finding,
    ...(futureEventAt && { details: { ...finding.details, futureEventAt: futureEventAt.toISOString() } }),
    basis: completeness ? [defined({ source: 'ledger', observedAt: log.heldTo?.toISOString() })] : [],
    freshUntil: log.freshUntil,
    reevaluateAt: [
      ...open.map(lostAt),
      firstIntervalOver,
      log.behindAt,
      newestEventAt && silentAt(newestEventAt),
      futureEventAt,
    ],
  };
}

interface Outlook {
  /** Gaps that Mimecast can still fill. */
  readonly open: readonly MissingRange[];
  readonly firstIntervalOver: Date;
}

/** Returns the finding without its basis. Permanent gaps come first: no poll can change them. */
function findingWithoutBasis(
  facts: Facts,
  { heldTo, freshUntil, behindAt }: AuditLog,
  { open, firstIntervalOver }: Outlook,
): UncitedFinding {
  const { connectionId, completeness, now, newestEventAt, futureEventAt } = facts;
  const lost = completeness?.gaps.filter((gap) => isLost(gap, now)) ?? [];
  if (lost[0]) return lostForGood(lost[0], lost.length, connectionId);

  const again = `Look why: "status ${connectionId}"; then "poll ${connectionId} audit-events".`;
  if (!heldTo || !freshUntil || !behindAt) {
    return now < firstIntervalOver
      ? unknown('first-interval', 'The first interval is not over, and no window is complete yet.')
      : unknown('unreadable', 'No window of the audit log is complete yet.', again);
  }
  const held = `The audit log is held up to ${minuteOf(heldTo)} UTC`;
  if (now >= freshUntil) return unknown('stale', `${held}, and was last read twice its interval ago, or more.`, again);

  // A range that was only not read yet is not a gap before `behindAt`.
  const gap = open.find(({ start, cause }) => start < heldTo || cause !== 'behind');
  if (gap) return stillFillable(gap, open.length, connectionId);
  if (now >= behindAt) return unknown('behind', `${held}, and more is due.`, again);
  if (!newestEventAt || now >= silentAt(newestEventAt)) {
    const reason = `No administrative event within ${LOOK_BACK_DAYS} days: a quiet tenant looks the same as a log that stopped.`;
    const future = futureEventAt
      ? ` An event that Mimecast dates ${minuteOf(futureEventAt)} UTC is in the future and does not count.`
      : '';
    return unknown('no-events', reason + future);
  }
  return { verdict: 'pass', code: 'contiguous', reason: `Held without gaps up to ${minuteOf(heldTo)} UTC.` };
}

function unknown(code: string, reason: string, action?: string): UncitedFinding {
  return { verdict: 'unknown', code, reason, action };
}

function lostForGood(first: MissingRange, gaps: number, connectionId: string): UncitedFinding {
  const which = count(gaps, 'range', 'ranges');
  return {
    verdict: 'fail',
    code: 'gap',
    reason: `${which} of the audit log can no longer be fetched, the first ${rangeOf(first)}.`,
    action: `Record it: "annotate ${connectionId} audit-evidence --reason …".`,
    details: { gaps },
  };
}

function stillFillable(gap: MissingRange, gaps: number, connectionId: string): UncitedFinding {
  const reason = `A gap of the audit log can be filled until ${minuteOf(lostAt(gap))} UTC: ${rangeOf(gap)}.`;
  return { ...unknown('gap-open', reason, `Fill it: "backfill ${connectionId}".`), details: { gaps } };
}

const silentAt = (newestEventAt: Date): Date => after(newestEventAt, LOOK_BACK_DAYS * DAY_MS);

/** True when the gap is lost: it is marked so, or Mimecast no longer keeps its first event. */
const isLost = (gap: MissingRange, now: Date): boolean => !gap.fillable || now >= lostAt(gap);

const lostAt = ({ start }: MissingRange): Date => after(start, KEPT_DAYS * DAY_MS);

const rangeOf = ({ start, end }: MissingRange): string => `from ${minuteOf(start)} UTC to ${minuteOf(end)} UTC`;

/** End of the stored log, and the times until which it is recent enough. */
interface AuditLog {
  readonly everyMs: number;
  readonly heldTo: Date | undefined;
  /** Twice the interval, as for all evidence. */
  readonly freshUntil: Date | undefined;
  /** Time from which more is missing than the poll that is due will read. */
  readonly behindAt: Date | undefined;
}

function logOf({ completeness, streams, settings }: Facts): AuditLog {
  const stream = streams['audit-events'];
  const everyMs = stream?.everyMs ?? settings.streams['audit-events']?.everyMs ?? USUAL_INTERVAL_MS;
  const heldTo = completeness?.watermark;
  const readAt = latest(stream?.lastGoodAt, heldTo);
  return {
    everyMs,
    heldTo,
    freshUntil: readAt && after(readAt, 2 * everyMs),
    behindAt: heldTo && after(heldTo, everyMs + Math.max(SHORTEST_GRACE_MS, everyMs / 4)),
  };
}

const latest = (one: Date | undefined, other: Date | undefined): Date | undefined =>
  one && other ? (one > other ? one : other) : (one ?? other);
