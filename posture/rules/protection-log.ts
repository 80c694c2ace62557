import type { Facts, LogFact } from '../../model/facts.js';
import type { DailyStatistics, Protection } from '../../model/statistics.js';
import type { Basis, Judgement } from '../../model/verdicts.js';
import { judged, type Finding } from './judged.js';
import { after, DAY_MS, dayOf, earliest, LOOK_BACK_DAYS, minuteOf } from './moments.js';
import { grant, pollAgain, type Problem } from './read-endpoint.js';

/** How often a protection's log is polled unless its connection says otherwise. Source: the same as that of policies. */
const USUAL_INTERVAL_MS = DAY_MS;

/** What a control asks of a protection's log. */
export interface OperationRule {
  readonly protection: Protection;
  /** Rows of a day, route and definition that show that it acted. */
  acts(cell: DailyStatistics): number;
  /** What a row is: `clicks`. */
  readonly rows: string;
  /** Why rows that are there show nothing; its code and its sentence. */
  readonly onlyOthers: Pick<Finding, 'code' | 'reason'>;
}

/**
 * Whether a protection acted on inbound mail within 7 days: by one row at least, on a day that is held to its end, that names the
 * definition it went by. Silence is no evidence of anything: the rule never fails.
 *
 * The window is today and the 7 UTC days before it. It is complete when the log is held to within a day of when it was read, and
 * no day before that has an end that is missing.
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
    const turns = [leavesWindow(earliest(holes.map(startOf)))];
    const reason = `The log is not held to the end of every day of the last ${LOOK_BACK_DAYS}.`;
    const action = pollAgain(facts, 'threat-statistics');
    return judged({ ...shared, verdict: 'unknown', code: 'window-incomplete', reason, action, turns }, now);
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
  return judged({ ...shared, verdict: 'pass', code: 'acted', reason, turns: [leavesWindow(newest)] }, now);
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
  /** The UTC day up to whose start, at least, everything is held. */
  readonly heldTo: string;
  /** It is not held to the start of the day before the one on which it was read. */
  readonly lags: boolean;
}

/** A log as it was read, in the order that holds for all evidence: readable, then fresh. */
function readLog(facts: Facts, protection: Protection): LogReading {
  const log = facts.statistics.logs[protection];
  const source = `statistics/${protection}`;
  const basis: Basis = { source, ...(log && { observedAt: log.observedAt.toISOString() }) };
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
    const asked = minuteOf(log.observedAt);
    return unknown(
      'unreadable',
      `The log of this protection could not be read yet; it was asked for last at ${asked}.`,
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

/** A poll that failed does not replace what was read before it: that reaches to the watermark. */
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

/** A day is looked at until 7 whole days after it are over. */
const leavesWindow = (day: Date | undefined): Date | undefined => day && after(day, (LOOK_BACK_DAYS + 1) * DAY_MS);

/** What a protection did within the window; on all routes, when none is named. */
function window({ statistics, now }: Facts, protection: Protection, route?: string): DailyStatistics[] {
  const [first, last] = [dayOf(after(now, -LOOK_BACK_DAYS * DAY_MS)), dayOf(now)];
  return statistics.days
    .filter((cell) => cell.protection === protection && cell.day >= first && cell.day <= last)
    .filter((cell) => route === undefined || cell.route.trim().toLowerCase() === route);
}

/** The logs write `N/A` and `None` where they have nothing to say. */
const namesDefinition = ({ definition }: DailyStatistics): boolean => !/^\s*(?:n\/a|none)?\s*$/i.test(definition);

function detailsOf(cells: readonly DailyStatistics[], rule: OperationRule): NonNullable<Judgement['details']> {
  const definitions = [...new Set(cells.filter(namesDefinition).map(({ definition }) => definition))].sort();
  return {
    rows: cells.reduce((sum, { rows }) => sum + rows, 0),
    acted: cells.filter(namesDefinition).reduce((sum, cell) => sum + rule.acts(cell), 0),
    ...(definitions.length > 0 && { definitions }),
  };
}

/** Rows of a log within the window, for what is shown and not judged. */
export function loggedRows(facts: Facts, protection: Protection, route: string): number {
  return window(facts, protection, route).reduce((sum, { rows }) => sum + rows, 0);
}
