import type { Database } from '../database/database.js';
import type { LogFact } from '../../model/facts.js';
import { recordProtectionLog, readProtectionLogs, type ProtectionLogState } from './protection-logs.js';
import { readDaily } from './daily.js';
import type { DailyStatistics, Protection } from '../../model/statistics.js';
import { storeStatisticsPage, type StatisticsPage } from './store-page.js';
import type { Refused } from '../database/guard.js';
import type { StoredPage } from '../ledger/window.js';

/** What the protection logs came to, day by day. Rows are counted and forgotten, unless a connection's settings keep them. */
export interface Statistics {
  /**
   * Counts the rows of a page that were not counted before, in one transaction with the window's new checkpoint and the page's
   * entry in the log. The guarded checkpoint comes first: when another attempt is ahead nothing at all is stored. Nor is a page
   * whose next token this window has used before.
   */
  storePage(page: StatisticsPage): Promise<StoredPage | Refused | 'repeated-token'>;
  /** Keeps what a log said when it was read last. The newest word stays, whatever order they come in. */
  note(saying: ProtectionLogState): Promise<void>;
  /** What happened on the UTC days from that of `from` to that of `to`, both included; in order of protection and day. */
  daily(connectionId: string, days: { readonly from: Date; readonly to: Date }): Promise<DailyStatistics[]>;
  /** What each log said last, and how far it is held. */
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
