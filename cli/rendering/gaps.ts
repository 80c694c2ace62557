import type { MissingCause } from '../../model/completeness.js';
import { minuteOf, durationText } from '../../model/time.js';
import type { GapReport, MissingReport } from '../exports/gap-report.js';
import type { Colours } from '../console/terminal.js';
import { table } from './table.js';

const CAUSES: Readonly<Record<MissingCause, string>> = {
  'look-back': 'Mimecast no longer kept it when it was asked for',
  behind: 'polls have not come that far yet',
  'not-polled': 'nobody polled',
  'window-failed': 'Mimecast could not be paged to its end',
};

/** Formats missing ranges: first the range that is due, then each missing range with its command, then notes. */
export function gapLines(report: GapReport, colours: Colours): string[] {
  const { connectionId, owed, heldUntil } = report;
  if (!owed) return [`${connectionId}: nothing is owed yet: Mimecast has not accepted its keys.`];
  const until = heldUntil === undefined ? 'nothing was polled yet' : `held until ${minuteOf(heldUntil)}`;
  return [
    `${connectionId}: ${verdict(report, colours)}`,
    `owed  ${minuteOf(owed.from)} to ${minuteOf(owed.to)} UTC, ${until}`,
    ...missingLines(report.missing, colours),
    ...totalLines(report, colours),
    lateLine(report),
  ];
}

function verdict({ missing }: GapReport, colours: Colours): string {
  if (missing.length === 0) return colours.green('nothing is missing');
  const lost = missing.filter(({ fillable }) => !fillable).length;
  const ranges = `${missing.length} ${missing.length === 1 ? 'range is' : 'ranges are'} missing`;
  if (lost === 0) return colours.yellow(ranges);
  return colours.red(`${ranges}, ${lost === missing.length ? 'lost for good' : `${lost} lost for good`}`);
}

const HEADINGS = ['FROM', 'TO', 'LASTS', 'CAN BE FILLED', 'CAUSE'] as const;

function missingLines(missing: readonly MissingReport[], colours: Colours): string[] {
  if (missing.length === 0) return [];
  const rows = missing.map(({ start, end, cause, fillable }) => [
    minuteOf(start),
    minuteOf(end),
    durationText(Date.parse(end) - Date.parse(start)),
    fillable ? colours.yellow('yes') : colours.red('no'),
    CAUSES[cause],
  ]);
  const commands = missing
    .filter(({ fillable }) => fillable)
    .map(({ command }) => `${colours.dim('fill')}    ${command}`);
  const lost = missing.find(({ fillable }) => !fillable);
  const record = lost && `${colours.dim('record')}  ${lost.command}`;
  return ['', ...table(HEADINGS, rows, colours), '', ...commands, ...(record === undefined ? [] : [record]), ''];
}

function totalLines({ totals }: GapReport, colours: Colours): string[] {
  return totals.map(
    ({ start, end, told, read, windowId }) =>
      `${colours.yellow('total')} Mimecast said ${told} events for ${minuteOf(start)} to ${minuteOf(end)}, its pages held ${read} (window ${windowId})`,
  );
}

function lateLine({ lateEvents: { count, largestLatenessHours = 0, since } }: GapReport): string {
  if (count === 0) return `late  no event was found late since ${minuteOf(since)}`;
  const events = count === 1 ? '1 event was' : `${count} events were`;
  return `late  ${events} found late since ${minuteOf(since)}, at most ${largestLatenessHours} h after it happened`;
}
