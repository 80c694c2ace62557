import { callEndpoint, type EndpointAnswer, type EndpointCall, type MimecastApi } from './api.js';
import { shapeError } from './envelope.js';
import type { CallPlace } from './mimecast-error.js';
import type { TimeRange } from './audit-windows.js';
import { MimecastRequestError } from './errors.js';
import { readPage, UnreadableToken, type Page, type PageRequest } from './pagination.js';

/** Request for one page of a log. The range is in whole seconds and within the vendor's look-back. */
export interface RangePageRequest extends TimeRange {
  readonly pageToken?: string | undefined;
  readonly pageSize: number;
  readonly tokenIn: PageRequest['tokenIn'];
  /** Replaces the endpoint's own path. */
  readonly path?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onWait?: ((waitMs: number) => void) | undefined;
}

/** Calls an endpoint and splits its response into rows and next token. @throws {MimecastError} as `callEndpoint` does */
export async function callForPage(api: MimecastApi, call: EndpointCall): Promise<EndpointAnswer & Page> {
  const answer = await callEndpoint(api, call);
  try {
    const page = readPage(answer.body, answer.data);
    refuseTooMany(page.rows, answer);
    return { ...answer, ...page };
  } catch (error) {
    if (!(error instanceof UnreadableToken)) throw error;
    throw shapeError({ place: placeOf(answer) }, 'the page token is not usable text');
  }
}

/** Rows of one page. Mimecast's largest page has 500; some endpoints ignore the page size. */
const MOST_ROWS = 20_000;

/** @throws {MimecastRequestError} `too-large` for more rows than one page may have */
export function refuseTooMany(rows: readonly unknown[], answer: EndpointAnswer): void {
  if (rows.length <= MOST_ROWS) return;
  throw new MimecastRequestError(placeOf(answer), 'too-large', { detail: `more than ${MOST_ROWS} rows` });
}

/** Returns the origin of a response in the form that errors use. */
export function placeOf({ provenance, rateLimit, clockSkewMs }: EndpointAnswer): CallPlace {
  const { host, path, requestId, httpStatus, vendorDate, filters, receivedAt: at } = provenance;
  const skew = clockSkewMs === undefined ? {} : { clockSkewMs };
  const dated = vendorDate === undefined ? {} : { vendorDate };
  return { host, path, requestId, httpStatus, at, filters, rateLimit, ...dated, ...skew };
}
