import { PLAN_DIGEST, scheduleOffsetMs, type PlannedSchedule } from '../../activities/schedules/schedule-plan.js';
import type { SeenSchedule } from '../../client/inspection.js';
import type { ConnectionRow } from '../../model/connection.js';
import type { InspectedStream } from '../../evidence/inspection.js';
import type { PollOutcome } from '../../model/outcomes.js';
import { formatDuration, formatMoment } from '../console/times.js';
import { findingsOn, type Finding, type FindingMaker } from './finding.js';

/** Result of a look-up in Temporal: the object, that it is missing, or that there was no answer in time. */
export type Sighting<Seen> = Seen | 'missing' | 'unknown';

/** One stream of a connection: its row, and the actual state. */
export interface StreamCase {
  readonly row: ConnectionRow;
  readonly plan: PlannedSchedule;
  /** Absent when Temporal is unreachable. */
  readonly schedule?: Sighting<SeenSchedule>;
  readonly polls?: InspectedStream;
}

/** Outcomes that deliver evidence, at least in part. */
export const SUCCESSES: readonly PollOutcome[] = [
  'collected',
  'empty',
  'unavailable',
  'partial',
  'behind',
  'superseded',
];

/** Outcomes of the latest poll that need attention, whatever the polls before it were. */
const TROUBLES: readonly PollOutcome[] = ['partial', 'forbidden', 'failed'];

export function judgeStream(stream: StreamCase, now: Date): Finding[] {
  const { schedule } = stream;
  const about = findingsOn('connections', `${stream.row.connectionId}/${stream.plan.stream}`);
  const isPaused = stream.plan.pause !== undefined || (typeof schedule === 'object' && schedule.paused);
  return [
    ...(schedule === undefined ? [] : [judgeSchedule(about, stream, schedule, now)]),
    // A paused stream has no due polls.
    ...(isPaused ? [] : [judgePolls(about, stream, now), judgeWindow(about, stream, now)]),
  ];
}

function judgeSchedule(
  about: FindingMaker,
  { row, plan }: StreamCase,
  schedule: Sighting<SeenSchedule>,
  now: Date,
): Finding {
  if (schedule === 'unknown') return about.skipped('schedule', 'Temporal did not describe the schedule in time');
  if (schedule === 'missing') return about.failure('schedule', 'there is no schedule', restoring(row, plan));

  const differences = differencesOf(row, plan, schedule);
  if (differences.length > 0) {
    const keepsDigest = schedule.details?.memo[PLAN_DIGEST] === plan.digest;
    const fix = keepsDigest
      ? `temporal schedule delete --schedule-id ${plan.scheduleId}, then: ${restoring(row, plan)}`
      : restoring(row, plan);
    return about.failure('schedule', `not as configured: ${differences.join(', ')}`, fix);
  }
  return judgePause(about, { row, plan }, schedule, now);
}

/** Lists how a schedule differs from the row. Without its description, only the properties in the list are compared. */
function differencesOf(row: ConnectionRow, { stream, digest, options }: PlannedSchedule, seen: SeenSchedule): string[] {
  const { workflowType, taskQueue } = options.action;
  const { details } = seen;
  const everyMs = row.settings.streams[stream]?.everyMs ?? 0;
  const offsetMs = scheduleOffsetMs(row.connectionId, stream, everyMs);
  const [interval, ...others] = seen.intervals;
  const found = [
    (others.length > 0 || interval?.everyMs !== everyMs) &&
      `every ${intervalWords(seen)} instead of ${formatDuration(everyMs)}`,
    interval?.everyMs === everyMs && interval.offsetMs !== offsetMs && 'at another time of its interval',
    seen.workflowType !== workflowType && `starts ${seen.workflowType || 'nothing'} instead of ${String(workflowType)}`,
    details && details.taskQueue !== taskQueue && `on task queue "${details.taskQueue}" instead of "${taskQueue}"`,
    details && details.overlap !== options.policies?.overlap && `overlap ${details.overlap}`,
  ].filter((difference) => typeof difference === 'string');
  if (found.length > 0 || !details || details.memo[PLAN_DIGEST] === digest) return found;
  return [details.memo[PLAN_DIGEST] === undefined ? 'replaced by hand' : 'made for other settings'];
}

const intervalWords = ({ intervals }: SeenSchedule): string =>
  intervals.map(({ everyMs }) => formatDuration(everyMs)).join(' and ') || 'no interval';

function judgePause(
  about: FindingMaker,
  { row, plan }: Pick<StreamCase, 'row' | 'plan'>,
  schedule: SeenSchedule,
  now: Date,
): Finding {
  const { connectionId } = row;
  const { stream, pause } = plan;
  const resume = `temporal-mimecast resume ${connectionId} ${stream}`;
  const every = formatDuration(row.settings.streams[stream]?.everyMs ?? 0);
  if (!pause && !schedule.paused) {
    const next = schedule.nextPollAt ? `, next ${formatMoment(schedule.nextPollAt, now)} UTC` : '';
    return about.ok('schedule', `every ${every}${next}`);
  }
  if (!pause) return about.warning('schedule', `paused in Temporal: ${schedule.note || 'without a note'}`, resume);

  const since = `since ${formatMoment(new Date(pause.since), now)} UTC: ${pause.note}`;
  if (!schedule.paused) {
    const fix = pause.by === 'operator' ? `pause ${connectionId} ${stream} --note …` : `resume ${connectionId}`;
    return about.warning('schedule', `runs although it is to be paused ${since}`, `temporal-mimecast ${fix}`);
  }
  // The connection's own finding has the next step for refused keys.
  if (pause.by === 'refused-keys') return about.ok('schedule', `paused, because the keys are refused`);
  return about.warning('schedule', `paused by the operator ${since}`, resume);
}

/** Returns a command that makes the connection restore its schedules, without lifting an operator's pause. */
function restoring(row: ConnectionRow, { stream, pause }: PlannedSchedule): string {
  const { connectionId, settings } = row;
  if (pause?.by !== 'operator') return `temporal-mimecast resume ${connectionId} ${stream}`;
  return `temporal-mimecast edit ${connectionId} --every ${stream}=${formatDuration(settings.streams[stream]?.everyMs ?? 0)}`;
}

/** A poll that is missed once may be late or retrying; after two, evidence becomes stale. */
const INTERVALS_ALLOWED = 2;

function judgePolls(about: FindingMaker, { row, plan, schedule, polls }: StreamCase, now: Date): Finding {
  const { connectionId, settings } = row;
  const everyMs = settings.streams[plan.stream]?.everyMs ?? 0;
  const { newest, succeededAt } = polls ?? {};
  const poll = `temporal-mimecast poll ${connectionId} ${plan.stream}`;
  const last = succeededAt ? `last success ${formatMoment(succeededAt, now)} UTC` : 'no success yet';
  const ended = newest && `the newest ended ${newest.outcome} ${formatMoment(newest.finishedAt, now)} UTC`;
  const trouble =
    newest && TROUBLES.includes(newest.outcome) ? `; ${ended}${newest.error ? `: ${newest.error}` : ''}` : '';

  const details = typeof schedule === 'object' ? schedule.details : undefined;
  const scheduledAt = details?.createdAt ?? row.createdAt;
  const countsFrom = Math.max(succeededAt?.getTime() ?? 0, scheduledAt.getTime());
  if (now.getTime() - countsFrom > INTERVALS_ALLOWED * everyMs) {
    return about.failure('polls', `${last}, longer ago than twice ${formatDuration(everyMs)}${trouble}`, poll);
  }
  return trouble === '' ? about.ok('polls', last) : about.warning('polls', `${last}${trouble}`, poll);
}

function judgeWindow(about: FindingMaker, { row, plan, polls }: StreamCase, now: Date): Finding {
  const window = polls?.openWindow;
  if (!window) return about.ok('window', 'no window is open');
  const everyMs = row.settings.streams[plan.stream]?.everyMs ?? 0;
  const { openedAt, start, end, pages, restarts } = window;
  const range = `${formatMoment(start, now)} to ${formatMoment(end, now)} UTC`;
  const found = `${range}, open since ${formatMoment(openedAt, now)} UTC with ${pages} pages, ${restarts} restarts`;
  const isStuck = now.getTime() - openedAt.getTime() > INTERVALS_ALLOWED * everyMs;
  if (!isStuck) return about.ok('window', found);
  return about.warning('window', `stuck: ${found}`, `temporal-mimecast poll ${row.connectionId} ${plan.stream}`);
}
