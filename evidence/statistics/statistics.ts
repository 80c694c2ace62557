import type { Database } from '../database/database.js';
import type { LogFact } from '../../model/facts.js';
import { recordProtectionLog, readProtectionLogs, type ProtectionLogState } from './protection-logs.js';
import { readDaily } from './daily.js';
import type { DailyStatistics, Protection } from '../../model/statistics.js';
import { storeStatisticsPage, type StatisticsPage } from './store-page.js';
import type { Refused } from '../database/guard.js';
import type { StoredPage } from '../ledger/window.js';

/** The protection logs, counted by day. Rows are counted and not kept, unless a connection's settings keep them. */
export interface Statistics {
  /**
   * Counts the rows of a page that were not counted before, in one transaction with the window's new checkpoint and
   * the page's log entry. The guarded checkpoint comes first: when another attempt is ahead, nothing is stored.
   * Neither is a page whose next token this window has used before.
   */
  storePage(page: StatisticsPage): Promise<StoredPage | Refused | 'repeated-token'>;
  /** Records what a log last answered. An older answer never replaces a newer one. */
  note(saying: ProtectionLogState): Promise<void>;
  /** Returns the counts of the UTC days from that of `from` to that of `to`, both included, by protection and day. */
  daily(connectionId: string, days: { readonly from: Date; readonly to: Date }): Promise<DailyStatistics[]>;
  /** Returns what each log last answered, and how far it is held. */
  logs(connectionId: string): Promise<Partial<Record<Protection, LogFact>>>;
}

export function createStatistics(db: Database): Statistics {
  return {
    storePage: (page) => storeStatisticsPage(db, page),
    note: (saying) => db.transaction((client) => recordProtectionLog(client, saying)),
    daily: (connectionId, { from, to }) => readDaily(db, connectionId, from, to),
    logs: (connectionId) => readProtectionLogs(db, connectionId),
  };
}
