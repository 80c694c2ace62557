import type { Facts, LogFact } from '../../model/facts.js';
import type { DailyStatistics, Protection } from '../../model/statistics.js';
import type { Basis, Judgement } from '../../model/verdicts.js';
import { DAY_MS, dayOf, minuteOf } from '../../model/time.js';
import { defined } from '../../model/json.js';
import { judged, type Finding } from './judged.js';
import { after, earliest, LOOK_BACK_DAYS } from './moments.js';
import { grant, pollAgain, type Problem } from './read-endpoint.js';

/** Default poll interval of a protection log; the same as for policies. */
const USUAL_INTERVAL_MS = DAY_MS;

/** Rule of a control about a protection log. */
export interface OperationRule {
  readonly protection: Protection;
  /** Number of rows in a cell (day, route, definition) that show activity. */
  acts(cell: DailyStatistics): number;
  /** Plural noun for the rows: `clicks`. */
  readonly rows: string;
  /** Code and reason when the log has rows and none of them shows activity. */
  readonly onlyOthers: Pick<Finding, 'code' | 'reason'>;
}

/**
 * Judges whether a protection acted on inbound mail within 7 days: at least one row, on a completely read day, that
 * names its definition. An empty log proves nothing, so the rule never fails.
 *
 * The window is the current UTC day and the 7 days before. It is complete when the log is read to within one day of the
 * last poll, and no earlier day is incomplete.
 */
export function judgeOperation(facts: Facts, rule: OperationRule): Judgement {
  const { now } = facts;
  const reading = readLog(facts, rule.protection);
  if (reading.problem) return judged(reading.problem, now);

  const { basis, freshUntil, heldTo, lags } = reading;
  const cells = window(facts, rule.protection, 'inbound');
  const holes = window(facts, rule.protection).filter(({ day, complete }) => !complete && day < heldTo);
  const shared = { basis: [basis], freshUntil, details: detailsOf(cells, rule) };
  if (lags || holes.length > 0) {
    const reevaluateAt = [leavesWindow(earliest(holes.map(startOf)))];
    const reason = `The log is not held to the end of every day of the last ${LOOK_BACK_DAYS}.`;
    const action = pollAgain(facts, 'threat-statistics');
    return judged({ ...shared, verdict: 'unknown', code: 'window-incomplete', reason, action, reevaluateAt }, now);
  }
  const shows = cells.filter((cell) => cell.complete && namesDefinition(cell) && rule.acts(cell) > 0);
  const newest = shows
    .map(startOf)
    .reduce<Date | undefined>((last, day) => (last && last > day ? last : day), undefined);
  if (newest === undefined) return judged({ ...shared, verdict: 'unknown', ...silence(cells, rule) }, now);

  const total = shows.reduce((sum, cell) => sum + rule.acts(cell), 0);
  const definitions = new Set(shows.map(({ definition }) => definition)).size;
  const by = definitions === 1 ? 'one definition' : `${definitions} definitions`;
  const reason = `${total} ${rule.rows} inbound within ${LOOK_BACK_DAYS} days, by ${by}.`;
  return judged({ ...shared, verdict: 'pass', code: 'acted', reason, reevaluateAt: [leavesWindow(newest)] }, now);
}

function silence(cells: readonly DailyStatistics[], rule: OperationRule): Pick<Finding, 'code' | 'reason'> {
  const rows = cells.filter(({ rows }) => rows > 0);
  if (rows.length === 0) {
    const reason = `The log has no inbound ${rule.rows} within ${LOOK_BACK_DAYS} days, which says nothing of whether it would act.`;
    return { code: 'no-rows', reason };
  }
  if (rows.every(({ complete }) => !complete)) {
    const reason = `There are inbound ${rule.rows} only on a day that is not held to its end yet.`;
    return { code: 'window-incomplete', reason };
  }
  if (rows.some((cell) => rule.acts(cell) > 0)) {
    const reason = `No inbound ${rule.rows} within ${LOOK_BACK_DAYS} days name the definition that acted.`;
    return { code: 'no-definition', reason };
  }
  return rule.onlyOthers;
}

type LogReading = GoodLog | { readonly problem: Problem };

interface GoodLog {
  readonly problem?: never;
  readonly basis: Basis;
  readonly freshUntil: Date;
  /** UTC day up to whose start the log is complete. */
  readonly heldTo: string;
  /** True when the log is not complete to the start of the day before the last poll. */
  readonly lags: boolean;
}

/** Reads a log. As for all evidence, problems are checked in this order: readable, then fresh. */
function readLog(facts: Facts, protection: Protection): LogReading {
  const log = facts.statistics.logs[protection];
  const source = `statistics/${protection}`;
  const basis: Basis = defined({ source, observedAt: log?.observedAt.toISOString() });
  const unknown = (
    code: string,
    reason: string,
    action?: string,
    freshUntil?: Date,
  ): { readonly problem: Problem } => ({
    problem: { verdict: 'unknown', code, reason, action, basis: log ? [basis] : [], freshUntil },
  });
  const again = pollAgain(facts, 'threat-statistics');

  if (!log) return unknown('unreadable', `The log of this protection was not read yet.`, again);
  if (log.outcome === 'forbidden') {
    const action = grant(log.permission, facts, 'threat-statistics');
    return unknown('forbidden', 'The API user may not read the log of this protection.', action);
  }
  if (log.outcome === 'unavailable') {
    return unknown('no-vendor-api', 'Mimecast offers this tenant no log of this protection.');
  }
  const readAt = readUntil(log);
  if (readAt === undefined) {
    const polledAt = `${minuteOf(log.observedAt)} UTC`;
    return unknown(
      'unreadable',
      `The log of this protection could not be read yet; it was asked for last at ${polledAt}.`,
      again,
    );
  }
  const freshUntil = after(readAt, 2 * intervalOf(facts));
  if (facts.now < freshUntil) return { basis, freshUntil, ...extentOf(log, readAt) };
  const since = dayOf(readAt);
  return unknown(
    'stale',
    `The log of this protection was last read on ${since}: twice its interval ago, or more.`,
    again,
    freshUntil,
  );
}

/**
 * Time up to which the log was read. A failed poll does not replace an earlier reading: that one reaches to the
 * watermark.
 */
function readUntil({ outcome, observedAt, watermark }: LogFact): Date | undefined {
  return outcome === 'failed' ? watermark : observedAt;
}

function extentOf({ watermark }: LogFact, readAt: Date): Pick<GoodLog, 'heldTo' | 'lags'> {
  if (watermark === undefined) return { heldTo: '', lags: true };
  return { heldTo: dayOf(watermark), lags: dayOf(watermark) < dayOf(after(readAt, -DAY_MS)) };
}

function intervalOf({ streams, settings }: Facts): number {
  const stream = 'threat-statistics';
  return streams[stream]?.everyMs ?? settings.streams[stream]?.everyMs ?? USUAL_INTERVAL_MS;
}

const startOf = ({ day }: DailyStatistics): Date => new Date(`${day}T00:00:00Z`);

/** Time at which a day leaves the window: after 7 complete days. */
const leavesWindow = (day: Date | undefined): Date | undefined => day && after(day, (LOOK_BACK_DAYS + 1) * DAY_MS);

/** Returns the statistics of a protection within the window; of all routes when none is given. */
function window({ statistics, now }: Facts, protection: Protection, route?: string): DailyStatistics[] {
  const [first, last] = [dayOf(after(now, -LOOK_BACK_DAYS * DAY_MS)), dayOf(now)];
  return statistics.days
    .filter((cell) => cell.protection === protection && cell.day >= first && cell.day <= last)
    .filter((cell) => route === undefined || cell.route.trim().toLowerCase() === route);
}

/** True when the row names a definition. The logs write `N/A` and `None` for none. */
const namesDefinition = ({ definition }: DailyStatistics): boolean => !/^\s*(?:n\/a|none)?\s*$/i.test(definition);

function detailsOf(cells: readonly DailyStatistics[], rule: OperationRule): NonNullable<Judgement['details']> {
  const definitions = [...new Set(cells.filter(namesDefinition).map(({ definition }) => definition))].sort();
  return {
    rows: cells.reduce((sum, { rows }) => sum + rows, 0),
    acted: cells.filter(namesDefinition).reduce((sum, cell) => sum + rule.acts(cell), 0),
    ...(definitions.length > 0 && { definitions }),
  };
}

/** Number of rows of a log within the window; shown, not judged. */
export function loggedRows(facts: Facts, protection: Protection, route: string): number {
  return window(facts, protection, route).reduce((sum, { rows }) => sum + rows, 0);
}
