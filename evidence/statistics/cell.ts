import type { CountedRow } from '../../mimecast/protection-rows.js';
import type { DailyStatistics } from '../../model/statistics.js';
import { DAY_MS, dayOf } from '../../model/time.js';

/** Which cell of the statistics of one protection a row falls into. */
export type CellKey = Pick<DailyStatistics, 'day' | 'route' | 'definition'>;

/** What is counted in a cell. Rows that name no result or action are in none of the words. */
export type CellCounts = Pick<
  DailyStatistics,
  'rows' | 'byResult' | 'byAction' | 'maliciousAllowed' | 'userOverrides' | 'adminOverrides' | 'lateRows'
>;

/** What one page adds to one cell. */
export type CellIncrement = CellKey & CellCounts;

/** A cell as it is kept. */
export interface Cell extends CellIncrement {
  readonly revision: number;
  /** Window that raised the revision last. */
  readonly revisedBy?: string;
}

/** The end of a UTC day. */
export const endOfDay = (day: string): Date => new Date(Date.parse(day) + DAY_MS);

/** Identifies a cell among those of one protection. */
export const keyOf = ({ day, route, definition }: CellKey): string => JSON.stringify([day, route, definition]);

/**
 * Counts rows into cells, in order of the cells.
 *
 * @param heldTo everything before it was held when these rows came: rows of days that ended before it are late
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
 * A cell after one page more. Each window that brings late rows makes one new revision, however many pages it has: whoever read
 * the day when it was complete has read something else than it says now.
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
    route: plain(row.route),
    definition: plain(row.definition),
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

const once = (word: string): Words => (word === '' ? {} : { [plain(word)]: 1 });

/** By way of a map: a word may be `__proto__`. */
function sumWords(a: Words, b: Words): Words {
  const words = new Map(Object.entries(a));
  for (const [word, count] of Object.entries(b)) words.set(word, (words.get(word) ?? 0) + count);
  return Object.fromEntries([...words].sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** NUL and lone surrogates, which Postgres text cannot hold, become U+FFFD. */
const plain = (text: string): string => text.replaceAll(/\p{Cs}/gu, '\uFFFD').replaceAll('\0', '\uFFFD');
