import type { SimulatedLog } from './tenant.js';

const DAY_MS = 86_400_000;

/** How a log of the vendor's is asked for, and how it answers. */
export interface LogForm {
  /** Field of a row that says when it happened. */
  readonly timeField: string;
  /** Fields of the request that hold the range. Both are wanted here, though the vendor has defaults for the protection logs. */
  readonly start: string;
  readonly end: string;
  readonly lookBackMs: number;
  /** Where in the one item of `data` the rows are; the rows are the items where there is none. */
  readonly listKey?: string;
  /** Filters that must be sent with this value: others, and the vendor's defaults that leave rows out, are not played. */
  readonly filters: Readonly<Record<string, string>>;
  /** Takes `oldestFirst`. */
  readonly ordered: boolean;
}

const AUDIT_EVENTS: LogForm = {
  timeField: 'eventTime',
  start: 'startDateTime',
  end: 'endDateTime',
  lookBackMs: 60 * DAY_MS,
  filters: {},
  ordered: false,
};

const protection = (listKey: string, timeField: string, filters: LogForm['filters'] = {}): LogForm => ({
  timeField,
  start: 'from',
  end: 'to',
  lookBackMs: 30 * DAY_MS,
  listKey,
  filters,
  ordered: true,
});

/** The vendor's logs, by the endpoint that they are read from. */
export const LOG_FORMS: Readonly<Record<SimulatedLog, LogForm>> = {
  'audit-events': AUDIT_EVENTS,
  'ttp-url-logs': protection('clickLogs', 'date', { route: 'all', scanResult: 'all' }),
  'ttp-attachment-logs': protection('attachmentLogs', 'date', { route: 'all', result: 'all' }),
  'ttp-impersonation-logs': protection('impersonationLogs', 'eventTime'),
  'dlp-logs': protection('dlpLogs', 'eventTime'),
};
