import { stringify, type Options } from 'csv-stringify';
import { Readable } from 'node:stream';

/** One column: its name, what stands in it, and what to write. */
export interface Column<Row> {
  readonly name: string;
  /** For whoever reads the file; documented by the command's help. */
  readonly about: string;
  readonly value: (row: Row) => string | number | undefined;
}

/**
 * What is taken for a formula gets an apostrophe in front: a spreadsheet would compute it, and it may call out. A lone CR or LF
 * is no line end here but is one elsewhere, so that it is quoted as well.
 */
const ESCAPED: Options = { escape_formulas: true, record_delimiter: 'windows', quoted_match: /[\r\n]/ };

/** Characters at which spreadsheets begin to compute, also after blanks and a byte order mark, which they skip. */
const HIDDEN_FORMULA = /^[\s\uFEFF\u200B\u00A0]+[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]/u;

export interface CsvOptions {
  /** A byte order mark, by which spreadsheets know UTF-8; programs take it for a part of the first name. */
  readonly mark?: boolean;
}

/** Rows as CSV (RFC 4180: CRLF, quotes doubled, a header), piece by piece, only as fast as they are taken. */
export function csv<Row>(
  columns: readonly Column<Row>[],
  rows: AsyncIterable<Row>,
  { mark = false }: CsvOptions = {},
): AsyncIterable<string> {
  const stringifier = stringify({ ...ESCAPED, bom: mark });
  stringifier.setEncoding('utf8');
  const source = Readable.from(cells(columns, rows));
  // An error of the rows ends the pieces with that error; a reader that stops early ends the rows.
  source.on('error', (error) => stringifier.destroy(error));
  stringifier.on('close', () => source.destroy());
  return source.pipe(stringifier);
}

async function* cells<Row>(columns: readonly Column<Row>[], rows: AsyncIterable<Row>): AsyncGenerator<string[]> {
  yield columns.map(({ name }) => name);
  for await (const row of rows) yield columns.map(({ value }) => cell(value(row)));
}

function cell(value: string | number | undefined): string {
  if (value === undefined) return '';
  const text = String(value);
  return HIDDEN_FORMULA.test(text) ? `'${text}` : text;
}
