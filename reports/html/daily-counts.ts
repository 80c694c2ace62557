import { shownCount, shownParts, SMALLEST_SHOWN, type ShownCount, type ShownPart } from '../exports/small-counts.js';
import type { DailyStatistics, Protection } from '../../model/statistics.js';

/** Rows of one protection on one day, all routes and definitions together. */
export interface DayCount {
  readonly day: string;
  readonly shown: ShownCount;
  /** True when the day was read to its end. */
  readonly complete: boolean;
}

/** Counts of one protection over the period, ready for display. */
export interface ProtectionCounts {
  readonly days: readonly DayCount[];
  /** Rows of the displayed days. A day that is too small to show is in no sum, because it could be derived from it. */
  readonly total: ShownCount;
  readonly smallDays: number;
  readonly byResult: readonly ShownPart[];
  readonly byAction: readonly ShownPart[];
  readonly byRoute: readonly ShownPart[];
  readonly byDefinition: readonly ShownPart[];
  /** Count over all days. The counts from here on are not parts of the sums above. */
  readonly maliciousAllowed: ShownCount;
  readonly userOverrides: ShownCount;
  readonly adminOverrides: ShownCount;
  readonly lateRows: ShownCount;
}

export function countsOf(protection: Protection, statistics: readonly DailyStatistics[]): ProtectionCounts | undefined {
  const cells = statistics.filter((cell) => cell.protection === protection);
  if (cells.length === 0) return undefined;

  const rowsByDay = sumBy(cells, ({ day, rows }) => [[day, rows]]);
  const isSmall = (day: string): boolean => {
    const rows = rowsByDay[day] ?? 0;
    return rows > 0 && rows < SMALLEST_SHOWN;
  };
  const summed = cells.filter(({ day }) => !isSmall(day));
  const sum = (over: readonly DailyStatistics[], of: (cell: DailyStatistics) => number): ShownCount =>
    shownCount(over.reduce((total, cell) => total + of(cell), 0));
  const parts = (of: (cell: DailyStatistics) => readonly (readonly [string, number])[]): ShownPart[] =>
    shownParts(sumBy(summed, of));

  return {
    days: Object.entries(rowsByDay)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([day, rows]) => ({
        day,
        shown: shownCount(rows),
        complete: cells.every((cell) => cell.day !== day || cell.complete),
      })),
    total: sum(summed, ({ rows }) => rows),
    smallDays: Object.keys(rowsByDay).filter(isSmall).length,
    byResult: parts(({ byResult }) => Object.entries(byResult)),
    byAction: parts(({ byAction }) => Object.entries(byAction)),
    byRoute: parts(({ route, rows }) => [[route, rows]]),
    byDefinition: parts(({ definition, rows }) => [[definition, rows]]),
    maliciousAllowed: sum(cells, ({ maliciousAllowed }) => maliciousAllowed),
    userOverrides: sum(cells, ({ userOverrides }) => userOverrides),
    adminOverrides: sum(cells, ({ adminOverrides }) => adminOverrides),
    lateRows: sum(cells, ({ lateRows }) => lateRows),
  };
}

function sumBy(
  cells: readonly DailyStatistics[],
  of: (cell: DailyStatistics) => readonly (readonly [string, number])[],
): Record<string, number> {
  const sums = new Map<string, number>();
  for (const [key, count] of cells.flatMap(of)) sums.set(key, (sums.get(key) ?? 0) + count);
  return Object.fromEntries(sums);
}
