import { DAY_MS } from '../../model/time.js';
import type { SimulatedLog } from './tenant.js';

/** Request and response format of a log. */
export interface LogForm {
  /** Field of a row with its time. */
  readonly timeField: string;
  /** Request fields of the range. Both are required here, although the vendor has defaults for the protection logs. */
  readonly start: string;
  readonly end: string;
  readonly lookBackMs: number;
  /** Field of the only item of `data` that contains the rows; when absent, the items are the rows. */
  readonly listKey?: string;
  /** Filters that must be sent with this value. Other values, and the vendor's defaults that omit rows, are not simulated. */
  readonly filters: Readonly<Record<string, string>>;
  /** True when the log supports `oldestFirst`. */
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

/** Logs of the vendor, by endpoint. */
export const LOG_FORMS: Readonly<Record<SimulatedLog, LogForm>> = {
  'audit-events': AUDIT_EVENTS,
  'ttp-url-logs': protection('clickLogs', 'date', { route: 'all', scanResult: 'all' }),
  'ttp-attachment-logs': protection('attachmentLogs', 'date', { route: 'all', result: 'all' }),
  'ttp-impersonation-logs': protection('impersonationLogs', 'eventTime'),
  'dlp-logs': protection('dlpLogs', 'eventTime'),
};
