import {
  MimecastAuthenticationError,
  MimecastBindingExpiredError,
  MimecastClockError,
  MimecastRateLimitError,
  MimecastRegionError,
  MimecastRequestError,
  MimecastTransportError,
} from '../../mimecast/errors.js';
import { isAnswer } from './connection-report.js';
import type { Probe } from './probe-endpoint.js';
import type { EndpointPlace } from '../stream-endpoints.js';

/** For everything that one test calls. Below the time limit of its activity, so that there is a report to give. */
const TEST_LIMIT_MS = 50_000;

/** Ends a test when its time is over, or with the signal of its caller. */
export function testSignal(outer: AbortSignal | undefined, limitMs = TEST_LIMIT_MS): AbortSignal {
  const limit = AbortSignal.timeout(limitMs);
  return outer ? AbortSignal.any([outer, limit]) : limit;
}

/** Tries endpoints one after the other until one answers, or one says that the next need not be tried. */
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

/** Whether a failure would be the same at every other endpoint. Refused keys are not tried again: some tenants lock accounts. */
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
    MimecastRegionError,
  ].some((kind) => error instanceof kind);
}

const FOR_ALL: readonly MimecastTransportError['fault'][] = ['timeout', 'connection', 'tls', 'token-unverified'];

/**
 * Whether the proof of keys goes on after an endpoint that gave no answer. An account that may not be read is passed
 * over; one that failed is not, since it may say tomorrow that the keys are those of another tenant.
 */
export function proofGoesOn(probe: Probe): boolean {
  if (probe.outcome !== 'failed') return true;
  return probe.endpoint !== 'account' && !concernsAll(probe);
}
