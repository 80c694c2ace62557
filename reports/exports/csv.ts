import { stringify, type Options } from 'csv-stringify';
import { Readable } from 'node:stream';
import { csvText } from '../../model/text.js';

/** A CSV column: its name, description and value. */
export interface Column<Row> {
  readonly name: string;
  /** Description for readers; printed by the command's help. */
  readonly about: string;
  readonly value: (row: Row) => string | number | undefined;
  /** Unchanged: its SHA-256 is known, and readers compute it again. */
  readonly exact?: true;
}

/**
 * Prefixes formulas with an apostrophe: a spreadsheet would evaluate them, and a formula can send data elsewhere. A
 * lone CR or LF does not end a line in this format but does in others, so it is quoted.
 */
const ESCAPED: Options = { escape_formulas: true, record_delimiter: 'windows', quoted_match: /[\r\n]/ };

/** Start of a formula after characters that spreadsheets skip, such as blanks and a byte order mark. */
const HIDDEN_FORMULA = /^[\s\uFEFF\u200B\u00A0]+[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]/u;

export interface CsvOptions {
  /**
   * Writes a byte order mark, from which spreadsheets recognise UTF-8. Other programs read it as part of the first
   * name.
   */
  readonly mark?: boolean;
}

/** Streams rows as CSV (RFC 4180: CRLF, doubled quotes, a header), at the speed of the reader. */
export function csv<Row>(
  columns: readonly Column<Row>[],
  rows: AsyncIterable<Row>,
  { mark = false }: CsvOptions = {},
): AsyncIterable<string> {
  const stringifier = stringify({ ...ESCAPED, bom: mark });
  stringifier.setEncoding('utf8');
  const source = Readable.from(cells(columns, rows));
  // An error of the rows fails the output; a reader that stops early closes the rows.
  source.on('error', (error) => stringifier.destroy(error));
  stringifier.on('close', () => source.destroy());
  return source.pipe(stringifier);
}

async function* cells<Row>(columns: readonly Column<Row>[], rows: AsyncIterable<Row>): AsyncGenerator<string[]> {
  yield columns.map(({ name }) => name);
  for await (const row of rows) yield columns.map(({ value, exact = false }) => cell(value(row), exact));
}

function cell(value: string | number | undefined, exact: boolean): string {
  if (value === undefined) return '';
  const text = exact ? String(value) : csvText(String(value));
  return HIDDEN_FORMULA.test(text) ? `'${text}` : text;
}
