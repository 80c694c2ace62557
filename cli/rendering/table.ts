import Table from 'cli-table3';
import type { Colours } from '../console/terminal.js';

const NO_LINES = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
} as const;

/** A row is one line, so that no text in a cell looks like another row. */
const LINE_BREAKS = /\s*[\r\n]+\s*/g;

/** Formats a table without lines, like `ps` and `kubectl`: easy to read, and to process with other tools. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[], colours: Colours): string[] {
  const printed = new Table({
    chars: NO_LINES,
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
  });
  printed.push(
    headings.map((heading) => colours.dim(heading)),
    ...rows.map((row) => row.map((cell) => cell.replaceAll(LINE_BREAKS, ' '))),
  );
  return printed
    .toString()
    .split('\n')
    .map((line) => line.trimEnd());
}
