import type { ConnectionRow } from '../../model/connection.js';
import type { EndpointOutcome } from '../../model/outcomes.js';
import { DAY_MS } from '../../model/time.js';
import { defined } from '../../model/json.js';
import type { MimecastApi, Provenance } from '../../mimecast/api.js';
import { readAuditPage } from '../../mimecast/audit-events.js';
import { MimecastPermissionError, MimecastUnavailableError } from '../../mimecast/errors.js';
import { MimecastError } from '../../mimecast/mimecast-error.js';
import type { RateLimit } from '../../mimecast/rate-limit.js';
import { readProtectionPage } from '../../mimecast/protection-page.js';
import { readEndpoint } from '../../mimecast/read-endpoint.js';
import { accountIdentity, type AccountIdentity } from '../keys/account-identity.js';
import { isProtectionLog, protectionOf, type EndpointPlace } from '../stream-endpoints.js';

/** Result of trying one endpoint. It is not stored. */
export interface Probe extends EndpointPlace {
  readonly outcome: EndpointOutcome;
  readonly items?: number;
  /** There are more items than were requested. */
  readonly more?: true;
  /** Account of the keys; the account endpoint only. */
  readonly account?: AccountIdentity;
  /** The reason for no usable answer; undefined when the time for the whole test ran out first. */
  readonly error?: MimecastError;
  /** Time of the answer or failure: ISO, UTC. */
  readonly at: string;
  /** The vendor's clock minus the database's, in milliseconds, where there was an answer with a date. */
  readonly clockSkewMs?: number;
  readonly rateLimit?: RateLimit;
}

/** One small page of the last day proves the permission to read, and is quick for long logs. */
const LOG_RANGE_MS = DAY_MS;
const LOG_ROWS = 10;

/**
 * Tries one endpoint: logs with a short range and one small page, the others completely.
 *
 * @param signal a timeout makes the endpoint `failed`; any other abort is thrown, with its reason
 */
export async function probeEndpoint(
  api: MimecastApi,
  row: ConnectionRow,
  place: EndpointPlace,
  signal: AbortSignal,
): Promise<Probe> {
  try {
    return { ...place, ...(await read(api, row, place, signal)) };
  } catch (error) {
    const at = api.now().toISOString();
    if (isTimeout(error)) return { ...place, outcome: 'failed', at };
    if (!(error instanceof MimecastError)) throw error;
    return { ...place, outcome: outcomeOf(error), error, at: error.at, ...beside(error) };
  }
}

type Answered = Omit<Probe, keyof EndpointPlace>;

async function read(
  api: MimecastApi,
  { settings }: ConnectionRow,
  { endpoint, path }: EndpointPlace,
  signal: AbortSignal,
): Promise<Answered> {
  const { pageSize, tokenIn } = settings.pagination;
  const end = api.now();
  const start = new Date(end.getTime() - LOG_RANGE_MS);
  const firstRows = { start, end, pageSize: LOG_ROWS, tokenIn, path, signal };
  if (endpoint === 'audit-events') {
    const page = await readAuditPage(api, firstRows);
    return { ...answered(page.events.length, page), ...moreIn(page) };
  }
  if (isProtectionLog(endpoint)) {
    const page = await readProtectionPage(api, protectionOf(endpoint), firstRows);
    return { ...answered(page.rows.length, page), ...moreIn(page) };
  }
  const reading = await readEndpoint(api, endpoint, { path, signal, pageSize, tokenIn });
  const account = endpoint === 'account' ? { account: accountIdentity(reading.items) } : {};
  return { ...answered(reading.items.length, reading), ...account };
}

const moreIn = ({ nextToken }: { readonly nextToken?: string }): { more?: true } =>
  nextToken === undefined ? {} : { more: true };

interface AnswerHeaders {
  readonly clockSkewMs?: number;
  readonly rateLimit?: RateLimit;
}

function answered(items: number, said: AnswerHeaders & { readonly provenance: Provenance }): Answered {
  return { outcome: items === 0 ? 'empty' : 'collected', items, at: said.provenance.receivedAt, ...beside(said) };
}

function beside({ clockSkewMs, rateLimit }: AnswerHeaders): AnswerHeaders {
  return defined({ clockSkewMs, rateLimit });
}

/** Returns the outcome of an endpoint whose call failed. */
export function outcomeOf(error: MimecastError): 'forbidden' | 'unavailable' | 'failed' {
  if (error instanceof MimecastPermissionError) return 'forbidden';
  return error instanceof MimecastUnavailableError ? 'unavailable' : 'failed';
}

/** Matches errors of `AbortSignal.timeout`; undici and the limits of this package throw other errors. */
const isTimeout = (error: unknown): boolean => error instanceof DOMException && error.name === 'TimeoutError';
