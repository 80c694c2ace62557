import { randomUUID } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { request, type Dispatcher } from 'undici';
import { prepareEvents, type PreparedEvents } from '../evidence/events/prepare-events.js';
import type { AuditEvent } from '../mimecast/audit-events.js';
import type { TimeRange } from '../mimecast/audit-windows.js';
import type { ApiV1Credentials } from '../mimecast/credentials.js';
import { ENDPOINTS } from '../mimecast/endpoints.js';
import { mimecastDate, signatureOf } from '../mimecast/signature.js';
import { formatTimestamp, parseTimestamp } from '../mimecast/timestamps.js';
import { PAGE_SIZE } from './workload.js';
import type { Provenance } from '../model/provenance.js';
import { defined } from '../model/json.js';
import type { TakenWindow } from '../evidence/ledger/window.js';
import type { EvidenceStore } from '../evidence/store.js';

const { path } = ENDPOINTS['audit-events'];

/** Base URL, keys and window of the loop. */
export interface RawSource {
  readonly baseUrl: string;
  readonly keys: ApiV1Credentials;
  readonly window: TimeRange;
}

interface RawPage {
  readonly events: PreparedEvents;
  readonly nextToken?: string;
  readonly provenance: Provenance;
}

/** The parts of the vendor's response that an unchecked loop reads. */
interface RawAnswer {
  readonly meta: { readonly pagination: { readonly next?: string } };
  readonly data: readonly (Readonly<Record<'id' | 'eventTime' | 'auditType' | 'category' | 'user', string>> & object)[];
}

/**
 * Reads a window into the evidence with the least possible work: signs, fetches, unpacks, parses and stores one page
 * after the other, with the same statement as the product. No validation, no retries, no limits, no workflow engine.
 * @returns the number of pages
 */
export async function storeAllPages(
  source: RawSource,
  dispatcher: Dispatcher,
  store: EvidenceStore,
  window: TakenWindow,
): Promise<number> {
  let pagesBefore = 0;
  for (let token: string | undefined; ; pagesBefore += 1) {
    const page = await fetchPage(source, dispatcher, token);
    const stored = await store.events.storePage({ window, pagesBefore, ...page });
    if (typeof stored === 'string') throw new Error(`The raw loop could not store page ${pagesBefore + 1}: ${stored}`);
    token = page.nextToken;
    if (token === undefined) return pagesBefore + 1;
  }
}

/** Makes the simulator compose every page once, so that later calls only send cached pages. @returns the number of pages */
export async function readAllPages(source: RawSource, dispatcher: Dispatcher): Promise<number> {
  let token: string | undefined;
  let pages = 0;
  do {
    token = (await fetchAnswer(source, dispatcher, token)).answer.meta.pagination.next;
    pages += 1;
  } while (token !== undefined);
  return pages;
}

async function fetchPage(source: RawSource, dispatcher: Dispatcher, token: string | undefined): Promise<RawPage> {
  const { answer, provenance } = await fetchAnswer(source, dispatcher, token);
  const { next } = answer.meta.pagination;
  return defined({ events: prepareEvents(answer.data.map(toEvent)), provenance, nextToken: next });
}

function toEvent(raw: RawAnswer['data'][number]): AuditEvent {
  const { id, eventTime, auditType, category, user } = raw;
  return { id, eventTime: parseTimestamp(eventTime) ?? new Date(NaN), auditType, category, user, raw };
}

async function fetchAnswer(
  { baseUrl, keys, window }: RawSource,
  dispatcher: Dispatcher,
  pageToken: string | undefined,
): Promise<{ answer: RawAnswer; provenance: Provenance }> {
  const { applicationId, applicationKey, accessKey, secretKey } = keys;
  const date = mimecastDate(new Date());
  const requestId = randomUUID();
  const signature = signatureOf({ date, requestId, path, applicationKey, secretKey });
  const { statusCode, headers, body } = await request(`${baseUrl}${path}`, {
    dispatcher,
    method: 'POST',
    headers: {
      authorization: `MC ${accessKey}:${signature}`,
      'x-mc-app-id': applicationId,
      'x-mc-date': date,
      'x-mc-req-id': requestId,
      'content-type': 'application/json',
      'accept-encoding': 'gzip',
    },
    body: JSON.stringify({
      meta: { pagination: defined({ pageSize: PAGE_SIZE, pageToken }) },
      data: [{ startDateTime: formatTimestamp(window.start), endDateTime: formatTimestamp(window.end) }],
    }),
  });
  const answer = JSON.parse(gunzipSync(await body.bytes()).toString()) as RawAnswer;
  const { host } = new URL(baseUrl);
  const vendorDate = String(headers['date']);
  const receivedAt = new Date().toISOString();
  return { answer, provenance: { host, path, requestId, httpStatus: statusCode, vendorDate, receivedAt } };
}
