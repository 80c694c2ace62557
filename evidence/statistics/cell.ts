import type { CountedRow } from '../../mimecast/protection-rows.js';
import type { DailyStatistics } from '../../model/statistics.js';
import { storable } from '../../model/text.js';
import { DAY_MS, dayOf } from '../../model/time.js';

/** Identifies a cell in the statistics of one protection. */
export type CellKey = Pick<DailyStatistics, 'day' | 'route' | 'definition'>;

/** The counts of a cell. Rows without a result or action are in `rows` only. */
export type CellCounts = Pick<
  DailyStatistics,
  'rows' | 'byResult' | 'byAction' | 'maliciousAllowed' | 'userOverrides' | 'adminOverrides' | 'lateRows'
>;

/** The amount that one page adds to one cell. */
export type CellIncrement = CellKey & CellCounts;

/** A stored cell. */
export interface Cell extends CellIncrement {
  readonly revision: number;
  /** The window that raised the revision last. */
  readonly revisedBy?: string;
}

/** Returns the end of a UTC day. */
export const endOfDay = (day: string): Date => new Date(Date.parse(day) + DAY_MS);

/** Identifies a cell among those of one protection. */
export const keyOf = ({ day, route, definition }: CellKey): string => JSON.stringify([day, route, definition]);

/**
 * Counts rows into cells, in the order of the cells.
 *
 * @param heldTo everything before it was held when these rows arrived: rows of days that ended before it are late
 */
export function countRows(rows: readonly CountedRow[], heldTo: Date | undefined): CellIncrement[] {
  const cells = new Map<string, CellIncrement>();
  for (const row of rows) {
    const one = incrementOf(row, heldTo);
    const key = keyOf(one);
    const before = cells.get(key);
    cells.set(key, before ? { ...one, ...sum(before, one) } : one);
  }
  return [...cells].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, cell]) => cell);
}

/**
 * Adds a page to a cell. Each window with late rows makes one new revision, however many pages it has: a reader of
 * the completed day has seen other counts than the new ones.
 */
export function addToCell(before: Cell | undefined, added: CellIncrement, windowId: string): Cell {
  const { day, route, definition } = added;
  const counts = before ? sum(before, added) : added;
  const { revision = 1, revisedBy } = before ?? {};
  const revises = added.lateRows > 0 && revisedBy !== windowId;
  const by = added.lateRows > 0 ? windowId : revisedBy;
  return {
    ...counts,
    day,
    route,
    definition,
    revision: revises ? revision + 1 : revision,
    ...(by !== undefined && { revisedBy: by }),
  };
}

function incrementOf(row: CountedRow, heldTo: Date | undefined): CellIncrement {
  const day = dayOf(row.time);
  return {
    day,
    route: storable(row.route),
    definition: storable(row.definition),
    rows: 1,
    byResult: once(row.result),
    byAction: once(row.action),
    maliciousAllowed: Number(row.maliciousAllowed),
    userOverrides: Number(row.userOverride),
    adminOverrides: Number(row.adminOverride),
    lateRows: Number(heldTo !== undefined && endOfDay(day) <= heldTo),
  };
}

function sum(a: CellCounts, b: CellCounts): CellCounts {
  return {
    rows: a.rows + b.rows,
    byResult: sumWords(a.byResult, b.byResult),
    byAction: sumWords(a.byAction, b.byAction),
    maliciousAllowed: a.maliciousAllowed + b.maliciousAllowed,
    userOverrides: a.userOverrides + b.userOverrides,
    adminOverrides: a.adminOverrides + b.adminOverrides,
    lateRows: a.lateRows + b.lateRows,
  };
}

type Words = Readonly<Record<string, number>>;

const once = (word: string): Words => (word === '' ? {} : { [storable(word)]: 1 });

/** Adds up in a map, because a word may be `__proto__`. */
function sumWords(a: Words, b: Words): Words {
  const words = new Map(Object.entries(a));
  for (const [word, count] of Object.entries(b)) words.set(word, (words.get(word) ?? 0) + count);
  return Object.fromEntries([...words].sort(([one], [other]) => (one < other ? -1 : 1)));
}
