/** Rows of a log in order of time, made or read one by one, so that a tenant may have any number of them. */
export interface EventSource {
  /** How many rows there are at or before a moment. */
  countUntil(timeMs: number): number;
  /** JSON of one row, by its place in order of time. */
  json(index: number): string;
}

const NO_ROWS: EventSource = {
  countUntil: () => 0,
  json: (index) => {
    throw new RangeError(`there is no row ${index}`);
  },
};

interface AddedRow {
  readonly timeMs: number;
  readonly json: string;
}

/** A tenant's log: what its source holds, and rows that were added, which may lie in the past. */
export class TimedLog<Row extends object> implements EventSource {
  private readonly source: EventSource;
  private readonly timeField: string;
  private added: AddedRow[] = [];
  /** Place in the whole log of each added row. */
  private places: number[] = [];
  /** Grows with every addition; pages of an older version are out of date. */
  version = 0;

  /** @param timeField of a row, that says when it happened */
  constructor(rows: readonly Row[] | EventSource, timeField: string) {
    const given = isSource(rows);
    this.source = given ? rows : NO_ROWS;
    this.timeField = timeField;
    if (!given) this.add(rows);
  }

  /** Adds rows, which may lie in the past. */
  add(rows: readonly Row[]): void {
    const more = rows.map((row) => ({ timeMs: timeOf(row, this.timeField), json: JSON.stringify(row) }));
    this.added = [...this.added, ...more].sort((a, b) => a.timeMs - b.timeMs);
    this.places = this.added.map(({ timeMs }, rank) => this.source.countUntil(timeMs) + rank);
    this.version++;
  }

  countUntil(timeMs: number): number {
    const added = countWhile(this.added.length, (rank) => (this.added[rank]?.timeMs ?? Infinity) <= timeMs);
    return this.source.countUntil(timeMs) + added;
  }

  json(index: number): string {
    const before = countWhile(this.places.length, (rank) => (this.places[rank] ?? Infinity) < index);
    const own = this.places[before] === index ? this.added[before] : undefined;
    return own?.json ?? this.source.json(index - before);
  }
}

/** Milliseconds of a time in the vendor's form, or undefined when it is in another. */
export function parseVendorTime(text: unknown): number | undefined {
  if (typeof text !== 'string' || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d{4}$/.test(text)) return undefined;
  const timeMs = Date.parse(`${text.slice(0, -2)}:${text.slice(-2)}`);
  return Number.isNaN(timeMs) ? undefined : timeMs;
}

/** `2026-01-05T09:00:07+0000`. */
export const vendorTime = (timeMs: number): string => `${new Date(timeMs).toISOString().slice(0, 19)}+0000`;

function timeOf(row: object, timeField: string): number {
  const time = (row as Readonly<Record<string, unknown>>)[timeField];
  const timeMs = parseVendorTime(time);
  if (timeMs === undefined) throw new TypeError(`${timeField} ${String(time)} is not of the form ${vendorTime(0)}`);
  return timeMs;
}

const isSource = (rows: readonly object[] | EventSource): rows is EventSource => 'countUntil' in rows;

/** How many of the first items a rule holds for, when it holds for none after the first for which it does not. */
function countWhile(length: number, holds: (index: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
