import {
  MimecastAuthenticationError,
  MimecastBindingExpiredError,
  MimecastClockError,
  MimecastRateLimitError,
  MimecastRefusalLimitError,
  MimecastRegionError,
  MimecastRequestError,
  MimecastTransportError,
} from '../../mimecast/errors.js';
import { isAnswer } from './connection-report.js';
import type { Probe } from './probe-endpoint.js';
import type { EndpointPlace } from '../stream-endpoints.js';

/** Limit of all calls of one test. Below the timeout of its activity, so that there is time to report. */
const TEST_LIMIT_MS = 50_000;

/** Aborts a test after its time limit, or with the caller's signal. */
export function testSignal(outer: AbortSignal | undefined, limitMs = TEST_LIMIT_MS): AbortSignal {
  const limit = AbortSignal.timeout(limitMs);
  return outer ? AbortSignal.any([outer, limit]) : limit;
}

/** Tries endpoints one after the other until one answers, or one shows that the next need not be tried. */
export async function probeUntilAnswer(
  places: readonly EndpointPlace[],
  probe: (place: EndpointPlace) => Promise<Probe>,
  mayGoOn: (probe: Probe) => boolean,
): Promise<Probe[]> {
  const probes: Probe[] = [];
  for (const place of places) {
    const latest = await probe(place);
    probes.push(latest);
    if (isAnswer(latest) || !mayGoOn(latest)) break;
  }
  return probes;
}

/**
 * Returns true for failures that would be the same at every other endpoint. Rejected keys are not tried again: some
 * tenants lock accounts.
 */
export function concernsAll({ outcome, error }: Probe): boolean {
  if (outcome !== 'failed') return false;
  if (error === undefined) return true;
  if (error instanceof MimecastTransportError) return FOR_ALL.includes(error.fault);
  if (error instanceof MimecastRequestError) return error.reason === 'no-token';
  return [
    MimecastAuthenticationError,
    MimecastBindingExpiredError,
    MimecastClockError,
    MimecastRateLimitError,
    MimecastRefusalLimitError,
    MimecastRegionError,
  ].some((kind) => error instanceof kind);
}

const FOR_ALL: readonly MimecastTransportError['fault'][] = ['timeout', 'connection', 'tls', 'token-unverified'];

/**
 * Returns true when the proof of keys continues after an endpoint without an answer. An account that may not be read
 * is skipped. An account that failed is not: a later answer may show that the keys are those of another tenant.
 */
export function proofGoesOn(probe: Probe): boolean {
  if (probe.outcome !== 'failed') return true;
  return probe.endpoint !== 'account' && !concernsAll(probe);
}
