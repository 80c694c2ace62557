/** Rows of a log in order of time, generated or read one by one, so that a tenant can have any number of them. */
export interface EventSource {
  /** Number of rows at or before a time. */
  countUntil(timeMs: number): number;
  /** JSON of one row, by its index in order of time. */
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

/** Log of a tenant: the rows of its source, and rows added later, which can be in the past. */
export class TimedLog<Row extends object> implements EventSource {
  private readonly source: EventSource;
  private readonly timeField: string;
  private added: AddedRow[] = [];
  /** Index of each added row in the whole log. */
  private places: number[] = [];
  /** Incremented by every addition; cached pages of older versions are stale. */
  version = 0;

  /** @param timeField field of a row with its time */
  constructor(rows: readonly Row[] | EventSource, timeField: string) {
    const hasSource = isSource(rows);
    this.source = hasSource ? rows : NO_ROWS;
    this.timeField = timeField;
    if (!hasSource) this.add(rows);
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

/** Parses a time in the vendor's format; undefined for any other text. */
export function parseVendorTime(text: unknown): number | undefined {
  if (typeof text !== 'string' || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d{4}$/.test(text)) return undefined;
  const timeMs = Date.parse(`${text.slice(0, -2)}:${text.slice(-2)}`);
  return Number.isNaN(timeMs) ? undefined : timeMs;
}

/** Formats a time: `2026-01-05T09:00:07+0000`. */
export const vendorTime = (timeMs: number): string => `${new Date(timeMs).toISOString().slice(0, 19)}+0000`;

function timeOf(row: object, timeField: string): number {
  const time = (row as Readonly<Record<string, unknown>>)[timeField];
  const timeMs = parseVendorTime(time);
  if (timeMs === undefined) throw new TypeError(`${timeField} ${String(time)} is not of the form ${vendorTime(0)}`);
  return timeMs;
}

const isSource = (rows: readonly object[] | EventSource): rows is EventSource => 'countUntil' in rows;

/** Counts the leading items that satisfy a monotonic predicate, by binary search. */
function countWhile(length: number, satisfies: (index: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (satisfies(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
