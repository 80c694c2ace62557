import { MINUTE_MS } from '../model/time.js';
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
import { isJsonObject, type JsonObject } from '../model/json.js';
import type { CallPlace, MimecastError } from './mimecast-error.js';
import { baseUrlOf, REGIONS } from './regions.js';

/** Details of a call that are needed to describe its failure. */
export interface FailedCall {
  readonly place: CallPlace;
  readonly apiVersion: ApiVersion;
  /** Plural noun for the items. */
  readonly reads: string;
  readonly permission: string;
  /** True when the request carried a page token. */
  readonly tokenSent: boolean;
  /** Time without calls after a 429, in milliseconds. */
  readonly retryAfterMs: number;
}

/** Content of a failed response. */
export interface Verdict {
  /** The HTTP status or, when that is 2xx, `meta.status`. */
  readonly status: number;
  readonly codes: readonly string[];
  /** True when Mimecast marked every failure as retryable. */
  readonly retryable: boolean;
  /** True when the response also contains items. */
  readonly partial: boolean;
  /** Base URL of the region that the failures name. */
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
 * Error codes that are more specific than the HTTP status. Source: Mimecast, "Response Codes", and recorded responses.
 * The gateway of API 2.0 occasionally answers valid tokens with `token_verification_failed` or `unauthorized request`.
 * Published clients treat both as errors of the vendor and retry. Only `unauthorized` is a refusal.
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
const CLOCK_TOLERANCE_MS = MINUTE_MS;

/** Returns the error for a failed response. */
export function failureOf(call: FailedCall, verdict: Verdict): MimecastError {
  const place = { ...call.place, codes: verdict.codes };
  const kind = kindOf(verdict);
  switch (kind) {
    case 'keys': {
      // Tokens contain no date of this machine, so clock skew cannot be the cause.
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

/** Form of an error code. Other text in its place may repeat parts of the request. */
const CODE = /^[a-z][a-z0-9_.-]{0,63}$/;

/** The only known code that is written as words. */
const UNAUTHORIZED_REQUEST = /^unauthorized request$/i;

function codeOf({ code }: JsonObject): string[] {
  if (typeof code !== 'string') return [];
  if (UNAUTHORIZED_REQUEST.test(code)) return ['unauthorized_request'];
  return CODE.test(code) ? [code] : [];
}

/** Errors of one response that are read. Codes become part of failures, which have to fit into a message. */
const MOST_ERRORS = 20;

/** Texts of one error in which a region is searched, and the part of each. */
const MOST_TEXTS = 20;
const LONGEST_TEXT = 500;

/**
 * Reads the entries of `fail` in both forms: with a list of errors (API 1.0), or with the code itself (gateway of API
 * 2.0).
 */
export function readFailures(fail: readonly unknown[]): Pick<Verdict, 'codes' | 'retryable' | 'rightBaseUrl'> {
  const all = fail.flatMap(errorsOf);
  const errors = all.slice(0, MOST_ERRORS);
  const codes = errors.flatMap(codeOf);
  const retryable = all.length > 0 && all.every((error) => error['retryable'] === true);
  return { codes: [...new Set(codes)], retryable, rightBaseUrl: regionNamedIn(errors) };
}

/**
 * Finds the region that the errors name in any of their texts. The result always comes from `REGIONS`, because keys are
 * sent to it next.
 */
function regionNamedIn(errors: readonly JsonObject[]): string | undefined {
  const texts = errors.flatMap((error) => Object.values(error).slice(0, MOST_TEXTS));
  const hosts = texts
    .filter((value) => typeof value === 'string')
    .flatMap(
      (text) =>
        text
          .slice(0, LONGEST_TEXT)
          .toLowerCase()
          .match(/[a-z0-9-]+(?:\.[a-z0-9-]+)+/g) ?? [],
    );
  const region = REGIONS.find(({ host }) => hosts.includes(host));
  return region && baseUrlOf(region);
}

function errorsOf(entry: unknown): JsonObject[] {
  if (!isJsonObject(entry)) return [];
  const errors: unknown = entry['errors'];
  return Array.isArray(errors) ? errors.filter(isJsonObject) : [entry];
}
