import type { BackfillProgress, BackfillReport } from '../../client/index.js';
import { approximateDuration, spanText } from '../../model/time.js';
import type { Colours } from '../console/terminal.js';
import { table } from './table.js';

/** Formats a progress line. */
export function backfillProgressLine({
  state,
  windows,
  pages,
  newEvents,
  pagesPerSecond,
  timeLeftMs,
}: BackfillProgress): string {
  return [
    `${state}: ${windows.done} of ${windows.total} windows`,
    `${pages} pages`,
    `${newEvents} new events`,
    ...(pagesPerSecond === undefined ? [] : [`${pagesPerSecond} pages/s`]),
    ...(timeLeftMs === undefined ? [] : [`about ${approximateDuration(timeLeftMs)} left`]),
  ].join(' · ');
}

const HEADINGS = ['OUTCOME', 'WINDOWS', 'PAGES', 'EVENTS', 'NEW', 'RANGE'] as const;

/** Formats the result of a backfill, with notes and the next step. */
export function backfillLines(report: BackfillReport, colours: Colours): string[] {
  const { connectionId, outcome, joined, windows, pages, events, newEvents, range, asked } = report;
  const paint = outcome === 'complete' ? colours.green : colours.red;
  const failed = windows.failed === 0 ? '' : `, ${windows.failed} given up`;
  const row = [
    paint(outcome) + (joined ? ' (joined)' : ''),
    `${windows.done} of ${windows.total}${failed}`,
    `${pages}`,
    `${events}`,
    `${newEvents}`,
    range ? spanText(range) : 'nothing to read',
  ];
  return [
    ...table(HEADINGS, [row], colours),
    ...(windows.total === 0 && outcome === 'complete' ? ['', `${spanText(asked)} was held already.`] : []),
    ...troubleLines(report, colours).flatMap((line, index) => (index === 0 ? ['', line] : [line])),
    ...(outcome === 'complete' || outcome === 'partial'
      ? []
      : [colours.dim(`go on  temporal-mimecast backfill ${connectionId} --from ${asked.start} --to ${asked.end}`)]),
  ];
}

function troubleLines({ connectionId, notes = [], permission, error }: BackfillReport, colours: Colours): string[] {
  return [
    ...(error === undefined ? [] : [`${colours.red(connectionId)}: ${error}`]),
    ...(permission === undefined ? [] : [`Grant "${permission}" to the role of the API user.`]),
    ...notes,
  ];
}
