import { isJsonObject, type JsonObject } from '../model/json.js';

/** Page to request. */
export interface PageRequest {
  /** Rows per page, 1 to 500. Must be the same for all pages of a range, because page tokens depend on it. */
  readonly size: number;
  /** Absent for the first page. */
  readonly token?: string;
  /** Place of the token in the request: in `meta.pagination`, as documented, or in the first item of `data`. */
  readonly tokenIn: 'meta' | 'data';
}

/**
 * Builds the body of a request. Filters are repeated with every page token, because the endpoint requires them on each
 * page.
 */
export function requestBody(filters: readonly JsonObject[], page: PageRequest | undefined): JsonObject {
  if (page === undefined) return { data: filters };

  const { size: pageSize, token, tokenIn } = page;
  if (token === undefined) return { meta: { pagination: { pageSize } }, data: filters };
  if (tokenIn === 'meta') return { meta: { pagination: { pageSize, pageToken: token } }, data: filters };

  const [first = {}, ...others] = filters;
  return { meta: { pagination: { pageSize } }, data: [{ ...first, pageToken: token }, ...others] };
}

/** Rows of a response, and the token of the next page. */
export interface Page {
  readonly rows: readonly unknown[];
  readonly nextToken?: string;
  /** Number of rows on all pages. Only some endpoints return it. */
  readonly totalCount?: number;
}

/** The page token is not text that can be stored and sent back. Treating it as the last page would lose the remaining rows. */
export class UnreadableToken extends Error {
  override readonly name = 'UnreadableToken';
}

/**
 * Splits a response into rows and next token. The token is `meta.pagination.next`; when absent, a `pageToken` of the
 * body or of an item. An item that contains only a token is not a row, and tokens are removed from rows.
 *
 * @throws {UnreadableToken}
 */
export function readPage(body: JsonObject, data: readonly unknown[]): Page {
  const meta = body['meta'];
  const pagination = isJsonObject(meta) && isJsonObject(meta['pagination']) ? meta['pagination'] : {};
  const totalCount = countIn(pagination['totalCount']);
  return { ...splitRows(body, data, pagination), ...(totalCount === undefined ? {} : { totalCount }) };
}

/** The largest count that the ledger can store. */
const MOST_COUNTED = 2 ** 31 - 1;

/** Reads a count, and ignores any other value: the count is for comparison only. */
function countIn(value: unknown): number | undefined {
  const isCount = typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MOST_COUNTED;
  return isCount ? value : undefined;
}

function splitRows(body: JsonObject, data: readonly unknown[], pagination: JsonObject): Page {
  const fromMeta = tokenOf(pagination['next']);
  if (fromMeta !== undefined) return { rows: data, nextToken: fromMeta };

  const fromBody = tokenOf(body['pageToken']);
  if (fromBody === undefined && !data.some(holdsToken)) return { rows: data };

  const fromItem = data
    .filter(holdsToken)
    .map((item) => tokenOf(item['pageToken']))
    .find(isText);
  const rows = data.flatMap((item) => (holdsToken(item) ? withoutToken(item) : [item]));
  const nextToken = fromBody ?? fromItem;
  return nextToken === undefined ? { rows } : { rows, nextToken };
}

/** Known tokens have some hundred characters. */
const LONGEST_TOKEN = 8_192;

const isText = (token: string | undefined): token is string => token !== undefined;

const holdsToken = (item: unknown): item is JsonObject => isJsonObject(item) && Object.hasOwn(item, 'pageToken');

function withoutToken(item: JsonObject): JsonObject[] {
  const row = Object.entries(item).filter(([name]) => name !== 'pageToken');
  return row.length > 0 ? [Object.fromEntries(row)] : [];
}

function tokenOf(value: unknown): string | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value !== 'string' || value.length > LONGEST_TOKEN) throw new UnreadableToken();
  if (/\p{Cs}|\0/u.test(value)) throw new UnreadableToken();
  return value;
}
