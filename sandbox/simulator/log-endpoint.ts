import { gzipSync } from 'node:zlib';
import { LRUCache } from 'lru-cache';
import { MINUTE_MS } from '../../model/time.js';
import { isJsonObject, type JsonObject } from '../../model/json.js';
import { refusal, vendorError, type Answer } from './answers.js';
import { parseVendorTime, type TimedLog } from './audit-log.js';
import type { LogForm } from './log-forms.js';
import type { PageFilters, PagePlace, PageTokens } from './page-token.js';
import type { SimulatorSettings } from './settings.js';

/** A caller that asks for exactly the look-back is some seconds late when its call arrives. */
const LOOK_BACK_GRACE_MS = MINUTE_MS;
const MAX_PAGE_SIZE = 500;
const DEFAULT_PAGE_SIZE = 25;
const FASTEST_GZIP = { level: 1 };
const MAX_CACHED_BYTES = 96 * 1024 * 1024;

export interface LogCall {
  /** Identifies tenant and endpoint; page tokens are bound to it. */
  readonly identity: string;
  readonly form: LogForm;
  readonly log: TimedLog<object>;
  readonly body: JsonObject;
  readonly settings: SimulatorSettings;
  readonly nowMs: number;
  readonly repeatToken: boolean;
}

/**
 * One log endpoint of the vendor: `POST /api/audit/get-audit-events` and the four protection logs. Requires exactly one item
 * of `data` with both dates, within the look-back, and at most 500 rows a page. The vendor's responses to an invalid token,
 * an old date and a large page are not publicly known: `fail` with a validation code is the closest known one. Filters that
 * would omit rows are not simulated, and refused.
 */
export class LogEndpoint {
  private readonly tokens: PageTokens;
  /** Cache of responses, so that reading a page again is free: a benchmark must not measure the simulator. */
  private readonly pages = new LRUCache<string, Answer>({ maxSize: MAX_CACHED_BYTES, sizeCalculation: bytesOf });

  constructor(tokens: PageTokens) {
    this.tokens = tokens;
  }

  answer(call: LogCall): Answer {
    const requested = this.requestedPlace(call);
    if ('status' in requested) return requested;

    const page = this.rowsOf(requested, call);
    const { startMs, endMs, pageSize, offset } = requested;
    const order = orderOf(call);
    const { tokenForm, lastPage, totalCount, gzip } = call.settings;
    const form = `${order} ${tokenForm} ${lastPage} ${totalCount} ${gzip}`;
    const key = [call.identity, call.log.version, page.total, startMs, endMs, pageSize, offset, form].join(' ');
    if (call.repeatToken) return this.compose(requested, page, call);
    const answer = this.pages.get(key) ?? this.compose(requested, page, call);
    this.pages.set(key, answer);
    return answer;
  }

  private requestedPlace(call: LogCall): PagePlace | Answer {
    const filters = readFilters(call);
    if ('status' in filters) return filters;

    const token = tokenOf(call.body, call.settings.tokenForm);
    if (token === undefined) return 'startMs' in filters ? { ...filters, offset: 0 } : missingDates(call);
    const place = this.tokens.read(token, call.identity);
    if (place === undefined || !belongsTo(place, filters)) {
      return refusal([vendorError('err_validation_invalid_page_token', 'pageToken')]);
    }
    return place;
  }

  private rowsOf({ startMs, endMs, pageSize, offset }: PagePlace, call: LogCall): Rows {
    const { log, nowMs } = call;
    const order = orderOf(call);
    const first = log.countUntil(startMs - 1);
    const total = Math.max(log.countUntil(Math.min(endMs, nowMs)) - first, 0);
    const count = Math.max(Math.min(pageSize, total - offset), 0);
    const at = (row: number): number =>
      order === 'oldest-first' ? first + offset + row : first + total - 1 - offset - row;
    return { total, count, at };
  }

  private compose(place: PagePlace, { total, count, at }: Rows, call: LogCall): Answer {
    const { settings, log, identity } = call;
    const more = place.offset + count < total || (settings.lastPage === 'empty-with-token' && total > 0);
    const following = { ...place, offset: place.offset + Math.max(count, 1) };
    const sent = call.repeatToken ? tokenOf(call.body, settings.tokenForm) : undefined;
    const next = sent ?? (more ? this.tokens.issue(following, identity) : undefined);

    const reportedTotal =
      settings.totalCount === 'untold' ? {} : { totalCount: total + Number(settings.totalCount === 'one-more') };
    const pagination = {
      pageSize: count,
      ...reportedTotal,
      ...(next !== undefined && settings.tokenForm === 'meta' ? { next } : {}),
    };
    const token = next !== undefined && settings.tokenForm === 'data' ? `"pageToken":${JSON.stringify(next)},` : '';
    const rows = Array.from({ length: count }, (_, row) => log.json(at(row))).join(',');
    const meta = JSON.stringify({ status: 200, pagination });
    const { listKey } = call.form;
    const data = listKey === undefined ? rows : `{"${listKey}":[${rows}]}`;
    const body = Buffer.from(`{"meta":${meta},${token}"data":[${data}],"fail":[]}`);
    return settings.gzip ? { status: 200, body, gzipped: gzipSync(body, FASTEST_GZIP) } : { status: 200, body };
  }
}

const bytesOf = ({ body, gzipped }: Answer): number => body.length + (gzipped?.length ?? 0);

interface Rows {
  readonly total: number;
  readonly count: number;
  /** Index in the log of a row of the page. */
  readonly at: (row: number) => number;
}

interface FiltersInToken {
  readonly inToken: true;
}

/** Reads the filters of a request; dates may be missing only when a page token can replace them. */
function readFilters(call: LogCall): PageFilters | FiltersInToken | Answer {
  const { body, form, settings, nowMs } = call;
  const items = Array.isArray(body['data']) ? (body['data'] as unknown[]) : [];
  if (items.length > 1) return refusal([vendorError('err_validation_invalid_size', 'data')]);
  const item = asObject(items[0]);
  const pageSize = Number(paginationOf(body)['pageSize'] ?? DEFAULT_PAGE_SIZE);
  if (!Number.isInteger(pageSize) || pageSize < 1 || pageSize > MAX_PAGE_SIZE) {
    return refusal([vendorError('err_validation_invalid_size', 'pageSize')]);
  }
  const notPlayed = unknownFilter(item, form);
  if (notPlayed !== undefined) return refusal([vendorError('err_simulator_not_played', notPlayed)]);

  const dates = [item[form.start], item[form.end]];
  if (dates.includes(undefined)) {
    const inToken = settings.tokenForm === 'data' && tokenOf(body, 'data') !== undefined;
    return inToken ? { inToken } : missingDates(call, item);
  }
  const [startMs, endMs] = dates.map(parseVendorTime);
  if (startMs === undefined) return refusal([vendorError('err_validation_invalid_date', form.start)]);
  if (endMs === undefined) return refusal([vendorError('err_validation_invalid_date', form.end)]);
  if (startMs < nowMs - form.lookBackMs - LOOK_BACK_GRACE_MS || startMs > endMs) {
    return refusal([vendorError('err_validation_invalid_date_range', form.start)]);
  }
  return { startMs, endMs, pageSize };
}

/** Finds a filter that is unknown here, or that does not have the value for all rows. */
function unknownFilter(item: Record<string, unknown>, form: LogForm): string | undefined {
  const known = [form.start, form.end, 'pageToken', ...(form.ordered ? ['oldestFirst'] : [])];
  const sent = Object.keys(item).filter((field) => !known.includes(field));
  return [...sent, ...Object.keys(form.filters)].find((field) => item[field] !== form.filters[field]);
}

/** Returns the order that the request gives, for logs that support it, else the order of the settings. */
function orderOf({ body, form, settings }: LogCall): SimulatorSettings['order'] {
  if (!form.ordered) return settings.order;
  const items = Array.isArray(body['data']) ? (body['data'] as unknown[]) : [];
  return asObject(items[0])['oldestFirst'] === true ? 'oldest-first' : 'newest-first';
}

function missingDates({ form }: LogCall, item: Record<string, unknown> = {}): Answer {
  const missing = [form.start, form.end].filter((field) => item[field] === undefined);
  return refusal(missing.map((field) => vendorError('err_validation_null', field)));
}

function belongsTo(place: PagePlace, filters: PageFilters | FiltersInToken): boolean {
  if (!('startMs' in filters)) return true;
  return place.pageSize === filters.pageSize && place.startMs === filters.startMs && place.endMs === filters.endMs;
}

/** The page token of a request, from where this form has it. */
export function tokenOf(body: JsonObject, form: SimulatorSettings['tokenForm']): string | undefined {
  const items = Array.isArray(body['data']) ? (body['data'] as unknown[]) : [];
  const holder = form === 'meta' ? paginationOf(body) : asObject(items[0]);
  const token = holder['pageToken'];
  return typeof token === 'string' ? token : undefined;
}

const paginationOf = (body: JsonObject): JsonObject => asObject(asObject(body['meta'])['pagination']);

const asObject = (value: unknown): JsonObject => (isJsonObject(value) ? value : {});
