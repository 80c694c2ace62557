import { isJsonObject, type JsonObject } from './json.js';

/** Which page to ask for. */
export interface PageRequest {
  /** Rows, 1 to 500. The same for every page of a range: tokens count in it. */
  readonly size: number;
  /** None for the first page. */
  readonly token?: string;
  /** Where the token goes: into `meta.pagination`, as Mimecast documents it, or into the first item of `data`. */
  readonly tokenIn: 'meta' | 'data';
}

/** The body of a request. The filters go out again with every token: the endpoint requires them on every page. */
export function requestBody(filters: readonly JsonObject[], page: PageRequest | undefined): JsonObject {
  if (page === undefined) return { data: filters };

  const { size: pageSize, token, tokenIn } = page;
  if (token === undefined) return { meta: { pagination: { pageSize } }, data: filters };
  if (tokenIn === 'meta') return { meta: { pagination: { pageSize, pageToken: token } }, data: filters };

  const [first = {}, ...others] = filters;
  return { meta: { pagination: { pageSize } }, data: [{ ...first, pageToken: token }, ...others] };
}

/** Rows of an answer, and the token of the page after it. */
export interface Page {
  readonly rows: readonly unknown[];
  readonly nextToken?: string;
  /** Rows of all pages together. Mimecast tells it with some endpoints, and not with others. */
  readonly totalCount?: number;
}

/** A token that is not text. To read it as "no more pages" would lose the rest. */
export class UnreadableToken extends Error {
  override readonly name = 'UnreadableToken';
}

/**
 * Splits an answer into rows and next token. The token is `meta.pagination.next`; where that is absent, a `pageToken`
 * of the body or of an item is taken. An item that holds nothing but a token is not a row, and a token is not part of one.
 *
 * @throws {UnreadableToken}
 */
export function readPage(body: JsonObject, data: readonly unknown[]): Page {
  const meta = body['meta'];
  const pagination = isJsonObject(meta) && isJsonObject(meta['pagination']) ? meta['pagination'] : {};
  const totalCount = countIn(pagination['totalCount']);
  return { ...splitRows(body, data, pagination), ...(totalCount === undefined ? {} : { totalCount }) };
}

/** What is no count is none: it is there to be compared with, and nothing depends on it. */
function countIn(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
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

const isText = (token: string | undefined): token is string => token !== undefined;

const holdsToken = (item: unknown): item is JsonObject => isJsonObject(item) && Object.hasOwn(item, 'pageToken');

function withoutToken(item: JsonObject): JsonObject[] {
  const row = Object.entries(item).filter(([name]) => name !== 'pageToken');
  return row.length > 0 ? [Object.fromEntries(row)] : [];
}

function tokenOf(value: unknown): string | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value !== 'string') throw new UnreadableToken();
  return value;
}
