import { CliError } from '../console/failures.js';
import { defined } from '../../model/json.js';

export const FORMATS = ['jsonl', 'csv', 'action-plan', 'ocsf', 'oscal'] as const;
export const SUBJECTS = ['events', 'observations', 'evidence', 'all', 'bundle', 'verdicts'] as const;

export type Format = (typeof FORMATS)[number];

/** Options of the command line, without defaults. */
export interface ExportChoice {
  readonly format: Format;
  readonly what?: (typeof SUBJECTS)[number];
  readonly from?: Date;
  readonly to?: Date;
  readonly at?: Date;
  readonly names?: boolean;
}

interface Range {
  readonly from?: Date;
  readonly to?: Date;
}

type Evidence = 'events' | 'observations';

/** Planned output. */
export type ExportPlan =
  | { readonly about: 'evidence'; readonly format: 'jsonl'; readonly what: readonly Evidence[]; readonly range: Range }
  | { readonly about: 'evidence'; readonly format: 'csv'; readonly what: Evidence; readonly range: Range }
  | { readonly about: 'bundle' }
  | { readonly about: 'verdicts'; readonly format: Format; readonly records: Records; readonly names: boolean };

/** One record (the latest, or at a time), or all of a range. */
export type Records = { readonly at?: Date } | { readonly range: Range };

/** Plans an export. @throws {CliError} for options that cannot be combined, with an alternative */
export function planExport(choice: ExportChoice, json: boolean): ExportPlan {
  const { from, to, at, format } = choice;
  if (from !== undefined && to !== undefined && from >= to) {
    throw new CliError('invalid-range', 'The range is empty: --from is not before --to.', 'Exchange or correct them.');
  }
  if (at !== undefined && (from ?? to) !== undefined) {
    throw impossible('--at names one record, --from and --to name many.', 'Use one or the other.');
  }
  if (json && (format === 'csv' || format === 'action-plan')) {
    throw impossible(`--format ${format} is CSV, and --json asks for JSON.`, 'Leave out one of the two.');
  }
  // By default, JSON Lines contain evidence; options that exist for verdicts only select verdicts.
  const what = choice.what ?? (format === 'jsonl' && at === undefined ? 'all' : 'verdicts');
  if (what === 'bundle') return planBundle(choice, json);
  return what === 'verdicts' ? planVerdicts(choice) : planEvidence(choice, what);
}

/** Plans a bundle: a part of a log proves nothing. */
function planBundle({ format, from, to, at, names = false }: ExportChoice, json: boolean): ExportPlan {
  if (format === 'jsonl' && (from ?? to ?? at) === undefined && !names && !json) return { about: 'bundle' };
  throw impossible(
    'A bundle is whole, and one record a line.',
    'Leave out --format, --from, --to, --at, --names and --json.',
  );
}

function planVerdicts({ format, from, to, at, names = false }: ExportChoice): ExportPlan {
  const range = rangeOf({ from, to });
  const about = { about: 'verdicts', format, names } as const;
  if ((from ?? to) === undefined) return { ...about, records: at === undefined ? {} : { at } };
  if (format === 'action-plan' || format === 'oscal') {
    throw impossible(
      `--format ${format} describes one record, not a range.`,
      'Choose the record with --at; jsonl, csv and ocsf take --from and --to.',
    );
  }
  return { ...about, records: { range } };
}

function planEvidence(
  { format, from, to, at, names }: ExportChoice,
  what: Exclude<ExportChoice['what'], 'bundle' | 'verdicts' | undefined>,
): ExportPlan {
  if (format !== 'jsonl' && format !== 'csv') {
    throw impossible(
      `--format ${format} is about verdicts, not about ${what}.`,
      'Use --what verdicts, or --format jsonl or csv for evidence.',
    );
  }
  if (at !== undefined) {
    throw impossible('--at is about verdicts.', 'Use --what verdicts, or --from and --to for evidence.');
  }
  if (names === true) {
    throw impossible(
      '--names is about verdicts: evidence is written as it was collected, names included.',
      'Leave it out.',
    );
  }
  const range = rangeOf({ from, to });
  const isBoth = what === 'all' || what === 'evidence';
  if (format === 'jsonl') {
    return { about: 'evidence', format, what: isBoth ? ['events', 'observations'] : [what], range };
  }
  if (isBoth) {
    throw impossible(
      'Events and observations have other columns, so that they do not fit into one CSV file.',
      'Use --what events or --what observations; jsonl takes both.',
    );
  }
  return { about: 'evidence', format, what, range };
}

const rangeOf = ({ from, to }: { from: Date | undefined; to: Date | undefined }): Range => defined({ from, to });

const impossible = (message: string, nextStep: string): CliError =>
  new CliError('impossible-export', message, nextStep);
