/** The protections that leave a log of what they did. */
export type Protection = 'url' | 'attachment' | 'impersonation' | 'dlp';

export const PROTECTIONS: readonly Protection[] = ['url', 'attachment', 'impersonation', 'dlp'];

/** Unit of a row of each log. API 1.0 has no total of scanned items: the counts are of the rows that Mimecast logged, and nothing else. */
export const UNITS: Readonly<Record<Protection, string>> = {
  url: 'clicks',
  attachment: 'files examined',
  impersonation: 'messages flagged',
  dlp: 'policy hits',
};

/**
 * The counts of one protection on one day, for one route and one definition. Cells are disjoint and can be added. The
 * vendor's own totals are kept separately and never added to them.
 */
export interface DailyStatistics {
  /** UTC day: `2026-11-23`. */
  readonly day: string;
  readonly protection: Protection;
  /** In the vendor's words: `inbound`, `outbound`, `internal`. Empty when the row has none. */
  readonly route: string;
  /** Name of the definition or policy that acted; empty when the row names none. */
  readonly definition: string;
  readonly rows: number;
  /** Rows by the vendor's words for result and action. */
  readonly byResult: Readonly<Record<string, number>>;
  readonly byAction: Readonly<Record<string, number>>;
  /** Rows that the vendor calls malicious and whose action let them through. */
  readonly maliciousAllowed: number;
  readonly userOverrides: number;
  readonly adminOverrides: number;
  /** Rows that appeared after the day was first read to its end. */
  readonly lateRows: number;
  /** The day is held to its end. */
  readonly complete: boolean;
  /** Raised when late rows change a day that was complete. */
  readonly revision: number;
}
