import { durationText, MINUTE_MS, minuteOf } from '../model/time.js';
import { MimecastError, type CallPlace } from './mimecast-error.js';

/** The part of the keys that Mimecast refused. The last two are of API 2.0. */
export type RefusedPart =
  | 'keys'
  /** Reported with HTTP 200. */
  | 'application-id'
  /** Client ID or Client Secret: the token endpoint refused them. */
  | 'client'
  /** A token that was issued for the keys immediately before. */
  | 'token';

/** Mimecast refused the keys. */
export class MimecastAuthenticationError extends MimecastError {
  override readonly name = 'MimecastAuthenticationError';
  readonly refused: RefusedPart;

  constructor(place: CallPlace, refused: RefusedPart) {
    super(place, { ...REFUSALS[refused], retryable: false });
    this.refused = refused;
  }
}

const REFUSALS: Readonly<Record<RefusedPart, { what: string; nextStep: string }>> = {
  keys: {
    what: 'Mimecast refused the keys: the application key, access key or secret key is wrong, or the region is.',
    nextStep: "Enter all four keys again, and check the base URL against the account's region.",
  },
  'application-id': {
    what: 'Mimecast does not know the Application ID.',
    nextStep:
      'Copy it from Administration → Services → API and Platform Integrations → Your Application Integrations, and enter the keys again.',
  },
  client: {
    what: 'Mimecast refused the Client ID or the Client Secret, or the region is wrong.',
    nextStep: 'Copy both again from Administration → Services → API and Platform Integrations, and check the base URL.',
  },
  token: {
    what: 'Mimecast gave a token for the Client ID and refused it.',
    nextStep:
      'See in Administration → Services → API and Platform Integrations that the application is enabled; check the base URL.',
  },
};

/** 418: the access key has expired. */
export class MimecastBindingExpiredError extends MimecastError {
  override readonly name = 'MimecastBindingExpiredError';

  constructor(place: CallPlace) {
    super(place, {
      what: 'The access key has expired.',
      nextStep:
        "Request new keys for the application, set the service user's Authentication Cache TTL to Never Expires, and enter the new keys.",
      retryable: false,
    });
  }
}

/** 403: the API user's role lacks a permission. */
export class MimecastPermissionError extends MimecastError {
  override readonly name = 'MimecastPermissionError';
  /** As named in the Administration Console. */
  readonly permission: string;

  constructor(place: CallPlace, { reads, permission }: { reads: string; permission: string }) {
    super(place, {
      what: `The API user may not read ${reads}.`,
      nextStep: `Grant "${permission}" to its role, then poll again.`,
      retryable: false,
    });
    this.permission = permission;
  }
}

/** 404 or `app_forbidden`: the endpoint does not exist for this tenant. Recorded as an outcome, not as an error. */
export class MimecastUnavailableError extends MimecastError {
  override readonly name = 'MimecastUnavailableError';

  constructor(place: CallPlace, { reads }: { reads: string }) {
    super(place, {
      what: `Mimecast does not offer this endpoint to this tenant; its ${reads} stay unknown.`,
      nextStep: 'Nothing to do, unless another path was meant.',
      retryable: false,
    });
  }
}

/** 429, or too few calls left to send one now. */
export class MimecastRateLimitError extends MimecastError {
  override readonly name = 'MimecastRateLimitError';
  declare readonly retryAfterMs: number;

  constructor(place: CallPlace, retryAfterMs: number) {
    super(place, {
      what: `Mimecast's rate limit leaves no call for ${Math.ceil(retryAfterMs / 1000)} s.`,
      nextStep: 'Nothing to do: the call is made again after that.',
      retryable: true,
      retryAfterMs,
    });
  }
}

/** The account is in another region. */
export class MimecastRegionError extends MimecastError {
  override readonly name = 'MimecastRegionError';
  /** Base URL of the account's region, when known. */
  declare readonly suggestedBaseUrl?: string;

  constructor(place: CallPlace, suggestedBaseUrl?: string) {
    super(place, {
      what: 'Mimecast says that this account lives in another region.',
      nextStep:
        suggestedBaseUrl === undefined
          ? "Find the account's region in the Administration Console and change the base URL to it."
          : `Change the base URL to ${suggestedBaseUrl}.`,
      retryable: false,
    });
    if (suggestedBaseUrl !== undefined) this.suggestedBaseUrl = suggestedBaseUrl;
  }
}

/** 401 while the clocks differ. Signatures contain the date, so the response says nothing about the keys. */
export class MimecastClockError extends MimecastError {
  override readonly name = 'MimecastClockError';
  declare readonly clockSkewMs: number;
  /** The machine whose clock signed. */
  readonly machine: string;

  constructor(place: CallPlace, clockSkewMs: number) {
    const direction = clockSkewMs > 0 ? 'behind' : 'ahead of';
    const { clock: machine = 'this machine' } = place;
    super(
      { ...place, clockSkewMs },
      {
        what: `Calls are dated by ${machine}, and its clock is ${durationText(Math.abs(clockSkewMs))} ${direction} Mimecast's; the keys were not judged.`,
        nextStep: 'Check NTP there: "temporal-mimecast doctor --test". The call is made again by itself.',
        retryable: true,
      },
    );
    this.machine = machine;
  }
}

const REFUSED_TOO_OFTEN =
  'Mimecast refused keys of this connection too often within 10 minutes, and some tenants lock accounts; no call was made.';

function waitUntil(now: Date, waitMs: number): string {
  return `Wait until ${minuteOf(new Date(now.getTime() + waitMs + MINUTE_MS))} UTC.`;
}

/** Returns why no call is made, and until when. */
export const waitNotice = (now: Date, waitMs: number): string => `${REFUSED_TOO_OFTEN} ${waitUntil(now, waitMs)}`;

/**
 * Keys of the connection were refused too often within a short time. Nothing was sent. Final for a poll, whose keys are the ones
 * that were refused: a person who waits for it learns until when, and the next poll tries again.
 */
export class MimecastRefusalLimitError extends MimecastError {
  override readonly name = 'MimecastRefusalLimitError';
  declare readonly retryAfterMs: number;

  constructor(place: CallPlace, retryAfterMs: number) {
    super(place, {
      what: REFUSED_TOO_OFTEN,
      nextStep: waitUntil(new Date(place.at), retryAfterMs),
      retryable: false,
      retryAfterMs,
    });
  }
}

/** Reason for which a request failed or was not sent. */
export type RequestFailureReason =
  /** Mimecast rejected the request with an error code or HTTP 400. */
  | 'rejected'
  /**
   * Like `rejected`, for a request with a page token: the token is no longer valid, and the range must be read again
   * from its first page.
   */
  | 'token-refused'
  /** The response contains both items and failures. */
  | 'partial'
  /** The token endpoint issued no token, for a reason other than refused keys. */
  | 'no-token'
  /** The response is JSON, but not in the documented form of this endpoint. */
  | 'shape'
  | 'redirect'
  /** Keys must not be sent to this base URL or path. Nothing was sent. */
  | 'address'
  | 'too-large'
  /** Mimecast repeated a page token, or returned more pages than allowed. */
  | 'endless-pages';

/** The response is unusable, and a retry would not help. For `address`, nothing was sent. */
export class MimecastRequestError extends MimecastError {
  override readonly name = 'MimecastRequestError';
  readonly reason: RequestFailureReason;

  /** @param detail short description of the problem, without the vendor's text: a field, a number */
  constructor(place: CallPlace, reason: RequestFailureReason, options: { detail?: string; retryable?: boolean } = {}) {
    const { detail, retryable = false } = options;
    const { what, nextStep } = REQUEST_FAILURES[reason];
    super(place, {
      what: detail === undefined ? `${what}.` : `${what} (${detail}).`,
      nextStep: retryable ? 'The call is made again by itself.' : nextStep,
      retryable,
    });
    this.reason = reason;
  }
}

const REQUEST_FAILURES: Readonly<Record<RequestFailureReason, { what: string; nextStep: string }>> = {
  rejected: {
    what: 'Mimecast rejected the request',
    nextStep: 'Check the path and the page settings of this endpoint; give Mimecast support the request id.',
  },
  'token-refused': {
    what: 'Mimecast no longer takes the page token',
    nextStep: 'Nothing to do: the time range is read again from its first page.',
  },
  partial: {
    what: 'Mimecast answered only in part, so nothing of it was judged',
    nextStep: 'Give Mimecast support the request id and the codes.',
  },
  'no-token': {
    what: 'Mimecast gave no token for the keys, and did not refuse them',
    nextStep: 'Check the base URL; give Mimecast support the request id.',
  },
  shape: {
    what: 'The answer is not in the documented form',
    nextStep:
      'Nothing of it was stored. Check the path of this endpoint, then look for a newer version of this plugin.',
  },
  redirect: {
    what: 'A redirect was refused: keys go to no other address',
    nextStep: 'Check the base URL, and whether a proxy stands between this worker and Mimecast.',
  },
  address: {
    what: 'Nothing was sent: the address is not allowed',
    nextStep: 'Correct it: temporal-mimecast edit, with --base-url or --path.',
  },
  'too-large': {
    what: 'The answer is larger than allowed',
    nextStep: 'Lower the page size of the connection.',
  },
  'endless-pages': {
    what: 'Mimecast pages in a circle',
    nextStep: 'Poll again later; if it stays, give Mimecast support the request id.',
  },
};

/** Cause of a transport failure. */
export type TransportProblem =
  'timeout' | 'connection' | 'tls' | 'server-error' | 'token-unverified' | 'empty' | 'html' | 'not-json' | 'encoding';

/** No response, or not one of Mimecast's API: 5xx, timeouts, resets, HTML, truncated JSON. */
export class MimecastTransportError extends MimecastError {
  override readonly name = 'MimecastTransportError';
  readonly fault: TransportProblem;
  /** Advice for when retries do not help. A clause without a full stop. */
  readonly ifItStays: string;

  /** @param detail short description of the problem, without the vendor's text: an error code of the system, a timeout */
  constructor(place: CallPlace, problem: TransportProblem, detail?: string) {
    const { what, ifItStays = 'see the status page of Mimecast' } = TRANSPORT_PROBLEMS[problem];
    super(place, {
      what: detail === undefined ? `${what}.` : `${what} (${detail}).`,
      nextStep: `The call is made again by itself; if it stays, ${ifItStays}.`,
      retryable: true,
    });
    this.fault = problem;
    this.ifItStays = ifItStays;
  }
}

const TRANSPORT_PROBLEMS: Readonly<Record<TransportProblem, { what: string; ifItStays?: string }>> = {
  timeout: { what: 'Mimecast did not answer in time' },
  connection: {
    what: 'The connection to Mimecast failed',
    ifItStays: 'check DNS, firewall and proxy of this worker',
  },
  tls: {
    what: "Mimecast's certificate could not be verified",
    ifItStays: "give an inspecting proxy's certificate to Node (NODE_EXTRA_CA_CERTS)",
  },
  'server-error': { what: 'Mimecast had a fault of its own' },
  'token-unverified': {
    what: 'Mimecast could not verify a token that it had given itself',
    ifItStays: 'check the base URL',
  },
  empty: { what: 'The answer is empty' },
  html: {
    what: 'A web page came instead of an answer of the API',
    ifItStays: 'look for a proxy or a firewall that answers in its place',
  },
  'not-json': { what: 'The answer broke off or is not JSON' },
  encoding: { what: 'The answer is compressed in a way that cannot be unpacked' },
};
