import type { ApiVersion } from './credentials.js';
import {
  MimecastAuthenticationError,
  MimecastBindingExpiredError,
  MimecastClockError,
  MimecastPermissionError,
  MimecastRateLimitError,
  MimecastRegionError,
  MimecastRequestError,
  MimecastTransportError,
  MimecastUnavailableError,
} from './errors.js';
import { isJsonObject, type JsonObject } from './json.js';
import type { CallPlace, MimecastError } from './mimecast-error.js';
import { baseUrlOf, REGIONS } from './regions.js';

/** What must be known about a call to say why it failed. */
export interface FailedCall {
  readonly place: CallPlace;
  readonly apiVersion: ApiVersion;
  /** What the endpoint reads: a plural noun. */
  readonly reads: string;
  readonly permission: string;
  /** The request carried a page token. */
  readonly tokenSent: boolean;
  /** How long nothing may be sent, after a 429. */
  readonly retryAfterMs: number;
}

/** What an answer said about its failure. */
export interface Verdict {
  /** The HTTP status or, when that is 2xx, `meta.status`. */
  readonly status: number;
  readonly codes: readonly string[];
  /** Mimecast marked every failure as worth a repetition. */
  readonly retryable: boolean;
  /** There were usable items beside the failed ones. */
  readonly partial: boolean;
  /** The base URL of a region that the failures name. */
  readonly rightBaseUrl?: string | undefined;
}

type FailureKind =
  | 'keys'
  | 'application-id'
  | 'token-unverified'
  | 'expired'
  | 'permission'
  | 'unavailable'
  | 'region'
  | 'rate-limit'
  | 'redirect'
  | 'server-error'
  | 'rejected';

/**
 * Codes that say more than the status that they come with. Source: Mimecast, "Response Codes", and recorded answers. The
 * gateway of API 2.0 says at times of good tokens that it could not verify them, or that a request is unauthorized: its
 * clients take both for faults of the vendor's. `unauthorized` alone is a refusal.
 */
const KINDS_BY_CODE: ReadonlyMap<string, FailureKind> = new Map<string, FailureKind>([
  ['err_xdk_invalid_signature', 'keys'],
  ['err_developer_key', 'application-id'],
  ['err_xdk_binding_expired', 'expired'],
  ['err_xdk_operation_forbidden_for_address', 'permission'],
  ['err_audit_log_incorrect_region', 'region'],
  ['app_forbidden', 'unavailable'],
  ['token_expired', 'keys'],
  ['token_verification_failed', 'token-unverified'],
  ['unauthorized_request', 'token-unverified'],
]);

const KINDS_BY_STATUS: Readonly<Record<number, FailureKind>> = {
  401: 'keys',
  403: 'permission',
  404: 'unavailable',
  408: 'server-error',
  418: 'expired',
  429: 'rate-limit',
};

function kindOf({ status, codes }: Verdict): FailureKind {
  if (status >= 500) return 'server-error';
  if (status >= 300 && status < 400) return 'redirect';
  const byStatus = KINDS_BY_STATUS[status];
  if (byStatus === 'rate-limit' || byStatus === 'server-error') return byStatus;

  for (const code of codes) {
    const byCode = KINDS_BY_CODE.get(code);
    if (byCode !== undefined) return byCode;
  }
  return byStatus ?? 'rejected';
}

/** Answers carry their date to the second, and take time to travel. */
const CLOCK_TOLERANCE_MS = 60_000;

/** The error that a failed answer is thrown as. */
export function failureOf(call: FailedCall, verdict: Verdict): MimecastError {
  const place = { ...call.place, codes: verdict.codes };
  const kind = kindOf(verdict);
  switch (kind) {
    case 'keys': {
      // A token holds no date of ours: no clock can be to blame.
      if (call.apiVersion === '2.0') return new MimecastAuthenticationError(place, 'token');
      const skewMs = place.clockSkewMs ?? 0;
      if (Math.abs(skewMs) > CLOCK_TOLERANCE_MS) return new MimecastClockError(place, skewMs);
      return new MimecastAuthenticationError(place, 'keys');
    }
    case 'application-id':
      return new MimecastAuthenticationError(place, 'application-id');
    case 'token-unverified':
      return new MimecastTransportError(place, 'token-unverified');
    case 'expired':
      return new MimecastBindingExpiredError(place);
    case 'permission':
      return new MimecastPermissionError(place, call);
    case 'unavailable':
      return new MimecastUnavailableError(place, call);
    case 'region':
      return new MimecastRegionError(place, verdict.rightBaseUrl);
    case 'rate-limit':
      return new MimecastRateLimitError(place, call.retryAfterMs);
    case 'redirect':
      return new MimecastRequestError(place, 'redirect');
    case 'server-error':
      return new MimecastTransportError(place, 'server-error', `status ${verdict.status}`);
    case 'rejected':
      return rejection(call, place, verdict);
  }
}

function rejection(call: FailedCall, place: CallPlace, verdict: Verdict): MimecastRequestError {
  const options = {
    ...(verdict.codes[0] === undefined ? {} : { detail: verdict.codes[0] }),
    retryable: verdict.retryable,
  };
  if (verdict.partial) return new MimecastRequestError(place, 'partial', options);
  return new MimecastRequestError(
    place,
    call.tokenSent && blamesToken(verdict) ? 'token-refused' : 'rejected',
    options,
  );
}

const blamesToken = ({ status, codes }: Verdict): boolean =>
  status === 400 || codes.some((code) => code.startsWith('err_validation_') || code.includes('token'));

/** What a vendor's code looks like. Anything else in its place may repeat what was sent. */
const CODE = /^[a-z][a-z0-9_.-]{0,63}$/;

/** The one code that is known to be written in words. */
const UNAUTHORIZED_REQUEST = /^unauthorized request$/i;

function codeOf({ code }: JsonObject): string[] {
  if (typeof code !== 'string') return [];
  if (UNAUTHORIZED_REQUEST.test(code)) return ['unauthorized_request'];
  return CODE.test(code) ? [code] : [];
}

/** Entries of `fail`, in both forms: with a list of errors (API 1.0), or with the code itself (the gateway of 2.0). */
export function readFailures(fail: readonly unknown[]): Pick<Verdict, 'codes' | 'retryable' | 'rightBaseUrl'> {
  const errors = fail.flatMap(errorsOf);
  const codes = errors.flatMap(codeOf);
  const retryable = errors.length > 0 && errors.every((error) => error['retryable'] === true);
  return { codes: [...new Set(codes)], retryable, rightBaseUrl: regionNamedIn(errors) };
}

/**
 * The region that errors name in any of their texts. Of those texts nothing else is used: the result is one of our own
 * list, because keys are sent there next.
 */
function regionNamedIn(errors: readonly JsonObject[]): string | undefined {
  const texts = errors.flatMap((error) => Object.values(error)).filter((value) => typeof value === 'string');
  const hosts = texts.flatMap((text) => text.toLowerCase().match(/[a-z0-9-]+(?:\.[a-z0-9-]+)+/g) ?? []);
  const region = REGIONS.find(({ host }) => hosts.includes(host));
  return region && baseUrlOf(region);
}

function errorsOf(entry: unknown): JsonObject[] {
  if (!isJsonObject(entry)) return [];
  const errors: unknown = entry['errors'];
  return Array.isArray(errors) ? errors.filter(isJsonObject) : [entry];
}
