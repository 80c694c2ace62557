import type { CountedRow } from '../mimecast/protection-rows.js';
import type { Database } from './database.js';
import type { LogFact } from '../model/facts.js';
import { noteLog, readLogs } from './log-states.js';
import { readDaily } from './read-statistics.js';
import type { DailyStatistics, Protection } from '../model/statistics.js';
import type { Refused, StoredPage, TakenWindow } from './store.js';
import { storeStatisticsPage } from './store-statistics-page.js';
import type { Provenance } from '../model/provenance.js';

/** What the protection logs came to, day by day. Rows are counted and forgotten, unless a connection's settings keep them. */
export interface Statistics {
  /**
   * Counts the rows of a page that were not counted before, in one transaction with the window's new checkpoint and the page's
   * entry in the log. The guarded checkpoint comes first: when another attempt is ahead nothing at all is stored. Nor is a page
   * whose next token this window has used before.
   */
  storePage(page: StatisticsPage): Promise<StoredPage | Refused | 'repeated-token'>;
  /** Keeps what a log said when it was read last. The newest word stays, whatever order they come in. */
  note(saying: LogSaying): Promise<void>;
  /** What happened on the UTC days from that of `from` to that of `to`, both included; in order of protection and day. */
  daily(connectionId: string, days: { readonly from: Date; readonly to: Date }): Promise<DailyStatistics[]>;
  /** What each log said last, and how far it is held. */
  logs(connectionId: string): Promise<Partial<Record<Protection, LogFact>>>;
}

/** One page of a protection log. */
export interface StatisticsPage {
  readonly window: TakenWindow;
  readonly protection: Protection;
  /** Pages that the window must have before this one. */
  readonly pagesBefore: number;
  readonly rows: readonly CountedRow[];
  /** Token of the page after this one, or none when this is the window's last. */
  readonly nextToken?: string;
  readonly provenance: Provenance;
  /** Keep the new rows too. */
  readonly keepRows: boolean;
}

export interface LogSaying extends Omit<LogFact, 'watermark'> {
  readonly connectionId: string;
  readonly generation: number;
  readonly protection: Protection;
}

export function createStatistics(db: Database): Statistics {
  return {
    storePage: (page) => storeStatisticsPage(db, page),
    note: (saying) => db.transaction((client) => noteLog(client, saying)),
    daily: (connectionId, { from, to }) => readDaily(db, connectionId, from, to),
    logs: (connectionId) => readLogs(db, connectionId),
  };
}
