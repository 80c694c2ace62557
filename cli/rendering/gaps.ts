import type { MissingCause } from '../../evidence/completeness.js';
import type { GapReport, MissingReport } from '../gap-report.js';
import type { Colours } from '../terminal.js';
import { table } from './table.js';

const CAUSES: Readonly<Record<MissingCause, string>> = {
  'look-back': 'Mimecast no longer kept it when it was asked for',
  behind: 'polls have not come that far yet',
  'not-polled': 'nobody polled',
  'window-failed': 'Mimecast could not be paged to its end',
};

/** What is missing, for people: what is owed, then each range with what to do about it, then what is worth knowing. */
export function gapLines(report: GapReport, colours: Colours): string[] {
  const { connectionId, owed, heldUntil } = report;
  if (!owed) return [`${connectionId}: nothing is owed yet: Mimecast has not accepted its keys.`];
  const until = heldUntil === undefined ? 'nothing was polled yet' : `held until ${minute(heldUntil)}`;
  return [
    `${connectionId}: ${verdict(report, colours)}`,
    `owed  ${minute(owed.from)} to ${minute(owed.to)} UTC, ${until}`,
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
    minute(start),
    minute(end),
    lasts(Date.parse(end) - Date.parse(start)),
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
      `${colours.yellow('total')} Mimecast said ${told} events for ${minute(start)} to ${minute(end)}, its pages held ${read} (window ${windowId})`,
  );
}

function lateLine({ lateEvents: { count, largestLatenessHours = 0, since } }: GapReport): string {
  if (count === 0) return `late  no event was found late since ${minute(since)}`;
  const events = count === 1 ? '1 event was' : `${count} events were`;
  return `late  ${events} found late since ${minute(since)}, at most ${largestLatenessHours} h after it happened`;
}

const minute = (iso: string): string => iso.slice(0, 16).replace('T', ' ');

/** In the two largest units: `6 d 4 h`, `35 min`. */
function lasts(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const parts: [number, string][] = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ];
  const told = parts.filter(([amount]) => amount > 0).slice(0, 2);
  return told.map(([amount, unit]) => `${amount} ${unit}`).join(' ');
}
