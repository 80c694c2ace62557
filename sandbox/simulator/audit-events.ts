import { gzipSync } from 'node:zlib';
import { refusal, vendorError, type Answer } from './answers.js';
import { parseVendorTime, type AuditLog } from './audit-log.js';
import type { PageFilters, PagePlace, PageTokens } from './page-token.js';
import { PageCache } from './page-cache.js';
import type { SimulatorSettings } from './settings.js';

const LOOK_BACK_MS = 60 * 86_400_000;
/** A caller that asks for exactly 60 days is some seconds late when its call arrives. */
const LOOK_BACK_GRACE_MS = 60_000;
const MAX_PAGE_SIZE = 500;
const DEFAULT_PAGE_SIZE = 25;
const FASTEST_GZIP = { level: 1 };

export interface AuditCall {
  /** Of the tenant: tokens belong to it. */
  readonly identity: string;
  readonly log: AuditLog;
  readonly body: Readonly<Record<string, unknown>>;
  readonly settings: SimulatorSettings;
  readonly nowMs: number;
  readonly repeatToken: boolean;
}

/**
 * `POST /api/audit/get-audit-events`. Exactly one item of `data`, with both dates; at most 60 days back and 500 rows a
 * page. What the vendor answers to a bad token, to an old date and to a large page is not publicly known: `fail` with a
 * validation code is the nearest that is. The optional filters `query` and `categories` are not played, and refused.
 */
export class AuditEventsEndpoint {
  private readonly tokens: PageTokens;
  private readonly cache = new PageCache();

  constructor(tokens: PageTokens) {
    this.tokens = tokens;
  }

  answer(call: AuditCall): Answer {
    const asked = this.placeAsked(call);
    if ('status' in asked) return asked;

    const page = this.rowsOf(asked, call);
    const { startMs, endMs, pageSize, offset } = asked;
    const form = `${call.settings.order} ${call.settings.tokenForm} ${call.settings.lastPage} ${call.settings.gzip}`;
    const key = [call.identity, call.log.version, page.total, startMs, endMs, pageSize, offset, form].join(' ');
    if (call.repeatToken) return this.compose(asked, page, call);
    return this.cache.get(key, () => this.compose(asked, page, call));
  }

  private placeAsked(call: AuditCall): PagePlace | Answer {
    const filters = readFilters(call);
    if ('status' in filters) return filters;

    const token = tokenOf(call.body, call.settings.tokenForm);
    if (token === undefined) return 'startMs' in filters ? { ...filters, offset: 0 } : missingDates();
    const place = this.tokens.read(token, call.identity);
    if (place === undefined || !belongsTo(place, filters)) {
      return refusal([vendorError('err_validation_invalid_page_token', 'pageToken')]);
    }
    return place;
  }

  private rowsOf({ startMs, endMs, pageSize, offset }: PagePlace, { log, nowMs, settings }: AuditCall): Rows {
    const first = log.countUntil(startMs - 1);
    const total = Math.max(log.countUntil(Math.min(endMs, nowMs)) - first, 0);
    const count = Math.max(Math.min(pageSize, total - offset), 0);
    const at = (row: number): number =>
      settings.order === 'oldest-first' ? first + offset + row : first + total - 1 - offset - row;
    return { total, count, at };
  }

  private compose(place: PagePlace, { total, count, at }: Rows, call: AuditCall): Answer {
    const { settings, log, identity } = call;
    const more = place.offset + count < total || (settings.lastPage === 'empty-with-token' && total > 0);
    const following = { ...place, offset: place.offset + Math.max(count, 1) };
    const sent = call.repeatToken ? tokenOf(call.body, settings.tokenForm) : undefined;
    const next = sent ?? (more ? this.tokens.issue(following, identity) : undefined);

    const pagination = { pageSize: count, ...(next !== undefined && settings.tokenForm === 'meta' ? { next } : {}) };
    const token = next !== undefined && settings.tokenForm === 'data' ? `"pageToken":${JSON.stringify(next)},` : '';
    const rows = Array.from({ length: count }, (_, row) => log.json(at(row))).join(',');
    const meta = JSON.stringify({ status: 200, pagination });
    const body = Buffer.from(`{"meta":${meta},${token}"data":[${rows}],"fail":[]}`);
    return settings.gzip ? { status: 200, body, gzipped: gzipSync(body, FASTEST_GZIP) } : { status: 200, body };
  }
}

interface Rows {
  readonly total: number;
  readonly count: number;
  /** Place in the log of a row of the page. */
  readonly at: (row: number) => number;
}

interface FiltersInToken {
  readonly inToken: true;
}

/** Filters of a request; without dates only where a token may stand for them. */
function readFilters({ body, settings, nowMs }: AuditCall): PageFilters | FiltersInToken | Answer {
  const items = Array.isArray(body['data']) ? (body['data'] as unknown[]) : [];
  if (items.length > 1) return refusal([vendorError('err_validation_invalid_size', 'data')]);
  const item = asObject(items[0]);
  const pageSize = Number(paginationOf(body)['pageSize'] ?? DEFAULT_PAGE_SIZE);
  if (!Number.isInteger(pageSize) || pageSize < 1 || pageSize > MAX_PAGE_SIZE) {
    return refusal([vendorError('err_validation_invalid_size', 'pageSize')]);
  }
  for (const field of ['query', 'categories']) {
    if (Object.hasOwn(item, field)) return refusal([vendorError('err_simulator_not_played', field)]);
  }

  const dates = [item['startDateTime'], item['endDateTime']];
  if (dates.includes(undefined)) {
    const inToken = settings.tokenForm === 'data' && tokenOf(body, 'data') !== undefined;
    return inToken ? { inToken } : missingDates(item);
  }
  const [startMs, endMs] = dates.map(parseVendorTime);
  if (startMs === undefined) return refusal([vendorError('err_validation_invalid_date', 'startDateTime')]);
  if (endMs === undefined) return refusal([vendorError('err_validation_invalid_date', 'endDateTime')]);
  if (startMs < nowMs - LOOK_BACK_MS - LOOK_BACK_GRACE_MS || startMs > endMs) {
    return refusal([vendorError('err_validation_invalid_date_range', 'startDateTime')]);
  }
  return { startMs, endMs, pageSize };
}

function missingDates(item: Record<string, unknown> = {}): Answer {
  const missing = ['startDateTime', 'endDateTime'].filter((field) => item[field] === undefined);
  return refusal(missing.map((field) => vendorError('err_validation_null', field)));
}

function belongsTo(place: PagePlace, filters: PageFilters | FiltersInToken): boolean {
  if (!('startMs' in filters)) return true;
  return place.pageSize === filters.pageSize && place.startMs === filters.startMs && place.endMs === filters.endMs;
}

/** The page token of a request, from where this form has it. */
export function tokenOf(
  body: Readonly<Record<string, unknown>>,
  form: SimulatorSettings['tokenForm'],
): string | undefined {
  const items = Array.isArray(body['data']) ? (body['data'] as unknown[]) : [];
  const holder = form === 'meta' ? paginationOf(body) : asObject(items[0]);
  const token = holder['pageToken'];
  return typeof token === 'string' ? token : undefined;
}

const paginationOf = (body: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  asObject(asObject(body['meta'])['pagination']);

function asObject(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}
