import type { ConnectRequest, PollNowRequest } from './messages.js';
import { isPolledStream, MAX_PAGE_SIZE } from './streams.js';

/**
 * Whether messages have the form that they should have. Validators run inside the workflow sandbox, where nothing can
 * be opened or looked up, so they say what is malformed and leave every judgement to the command that follows.
 * Each answers with one sentence for the sender, or with nothing when the form is right.
 */

/** Five base64url parts: header, encrypted key, initialisation vector, ciphertext, tag (RFC 7516, section 7.1). */
const COMPACT_JWE = /^[\w-]+\.[\w-]*\.[\w-]+\.[\w-]+\.[\w-]+$/;

export function connectRequestFault(request: ConnectRequest | undefined): string | undefined {
  const settings = request?.settings;
  if (!request || !settings) return 'A connect request needs settings and sealed credentials.';
  if (typeof request.sealed !== 'string' || !COMPACT_JWE.test(request.sealed)) {
    return 'The sealed credentials are not a compact JWE: seal them with the ring that the workers hold.';
  }
  const issued = issuedAtFault(request.issuedAt);
  if (issued !== undefined) return issued;
  if (typeof settings.baseUrl !== 'string' || !URL.canParse(settings.baseUrl)) return 'The base URL is not a URL.';
  if (!isPageSize(settings.pagination.pageSize))
    return `The page size must be a whole number from 1 to ${MAX_PAGE_SIZE}.`;
  const unknown = Object.keys(settings.streams).find((stream) => !isPolledStream(stream));
  return unknown === undefined ? undefined : `There is no stream "${unknown}".`;
}

/** Clocks differ a little between whoever issues keys and the server. */
const CLOCK_TOLERANCE_MS = 5 * 60_000;

function issuedAtFault(issuedAt: string | undefined): string | undefined {
  if (issuedAt === undefined) return undefined;
  const issuedMs = Date.parse(issuedAt);
  if (Number.isNaN(issuedMs)) return 'issuedAt is not a date: give ISO 8601, such as 2026-09-12T00:00:00Z.';
  if (issuedMs > Date.now() + CLOCK_TOLERANCE_MS)
    return 'issuedAt lies in the future: give the day on which the keys were made.';
  return undefined;
}

export function pollNowFault(request: PollNowRequest | undefined): string | undefined {
  const streams: unknown = request?.streams ?? [];
  if (!Array.isArray(streams)) return 'streams must be a list.';
  const unknown: unknown = streams.find((stream) => typeof stream !== 'string' || !isPolledStream(stream));
  return unknown === undefined ? undefined : `There is no stream ${JSON.stringify(unknown)}.`;
}

const isPageSize = (size: unknown): boolean =>
  typeof size === 'number' && Number.isInteger(size) && size >= 1 && size <= MAX_PAGE_SIZE;
