import type { ConnectionRow } from '../../model/connection.js';
import { defined } from '../../model/json.js';
import { ENDPOINTS } from '../../mimecast/endpoints.js';
import {
  MimecastAuthenticationError,
  MimecastBindingExpiredError,
  MimecastPermissionError,
  MimecastRefusalLimitError,
  MimecastRegionError,
} from '../../mimecast/errors.js';
import type { ConnectionTest, EndpointReport } from '../../contract/reports.js';
import { accountProblem } from '../keys/account-identity.js';
import { noneSetUp, refusedHereOnly, sentences, stepAfter } from './next-steps.js';
import type { Probe } from './probe-endpoint.js';
import { listsEvents } from '../stream-endpoints.js';

type Authentication = ConnectionTest['authentication'];

/** Returns true for a real answer, which only accepted keys get. An empty answer counts. */
export const isAnswer = ({ outcome }: Probe): boolean => outcome === 'collected' || outcome === 'empty';

/**
 * Returns what probes show about the keys.
 *
 * `accepted` requires a real answer: gateways may report a missing permission or endpoint before they check a
 * signature. `unreachable` is everything that does not concern the keys: no connection, a wrong clock, no call left,
 * web pages, errors of the vendor.
 */
export function authenticationOf(probes: readonly Probe[]): Authentication {
  const said = probes.map(({ error }) => error);
  if (said.some((error) => error instanceof MimecastRegionError)) return 'wrong-region';
  if (probes.some(isAnswer)) return 'accepted';
  if (said.some((error) => error instanceof MimecastAuthenticationError)) return 'rejected';
  if (said.some((error) => error instanceof MimecastBindingExpiredError)) return 'expired';
  return 'unreachable';
}

/** @param probes in the order in which the endpoints were called; at least one */
export function connectionReport(row: ConnectionRow, probes: readonly Probe[]): ConnectionTest {
  const { connectionId, settings } = row;
  const authentication = authenticationOf(probes);
  const accepted = probes.some(isAnswer);
  const account = probes.find((probe) => probe.account)?.account;
  const otherAccount = account && accountProblem(row, account.code);
  const endpoints = probes.map((probe) => endpointReport(connectionId, probe, accepted));
  const bad = endpoints.some(({ outcome }) => outcome === 'forbidden' || outcome === 'failed');
  const ok = authentication === 'accepted' && otherAccount === undefined && !bad;
  const suggestedBaseUrl = probes.map(({ error }) => suggestionOf(error)).find((url) => url !== undefined);
  return {
    connectionId,
    ok,
    authentication,
    apiVersion: settings.apiVersion,
    baseUrl: settings.baseUrl,
    ...defined({ suggestedBaseUrl, account }),
    ...newestHeaders(probes),
    ...waitOf(probes),
    endpoints,
    ...(!ok && { action: otherAccount ?? mostImportant(authentication, probes, endpoints) }),
  };
}

function endpointReport(connectionId: string, probe: Probe, accepted: boolean): EndpointReport {
  const { stream, endpoint, path, outcome, items, more, error } = probe;
  const action = actionOf(connectionId, probe, accepted);
  return {
    stream,
    endpoint,
    path,
    outcome,
    ...(error instanceof MimecastPermissionError && { permission: error.permission }),
    ...(items !== undefined && { items }),
    ...(more && { more }),
    ...(action !== undefined && { action }),
  };
}

function actionOf(connectionId: string, probe: Probe, accepted: boolean): string | undefined {
  const { outcome, endpoint, error } = probe;
  if (outcome === 'collected') return undefined;
  if (outcome === 'empty') return listsEvents(endpoint) ? undefined : noneSetUp(ENDPOINTS[endpoint].reads);
  if (accepted && (error instanceof MimecastAuthenticationError || error instanceof MimecastBindingExpiredError)) {
    return sentences(refusedHereOnly(connectionId));
  }
  return sentences(stepAfter(error, { connectionId, ...probe }));
}

/**
 * Returns the most important action: first for rejected keys, then for permissions, then for failures. If nothing at
 * all could be read, it says so.
 */
function mostImportant(
  authentication: Authentication,
  probes: readonly Probe[],
  endpoints: readonly EndpointReport[],
): string {
  const at = (wanted: (probe: Probe) => boolean): string | undefined => endpoints[probes.findIndex(wanted)]?.action;
  const failed = at(({ outcome }) => outcome === 'failed');
  const forbidden = at(({ outcome }) => outcome === 'forbidden');
  if (authentication === 'accepted') return forbidden ?? failed ?? '';
  if (authentication !== 'unreachable') return at(({ error }) => judges(error)) ?? '';
  // The failure that ended the test is more specific than those before it.
  const last = endpoints[probes.findLastIndex(({ outcome }) => outcome === 'failed')]?.action;
  if (last !== undefined) return last;
  return `Nothing can be read with these keys, so they are not proved. ${forbidden ?? endpoints[0]?.action ?? ''}`.trim();
}

const judges = (error: Probe['error']): boolean =>
  error instanceof MimecastAuthenticationError ||
  error instanceof MimecastBindingExpiredError ||
  error instanceof MimecastRegionError;

/** Time in which no call may be made, when calls with these keys were refused too often. */
function waitOf(probes: readonly Probe[]): Pick<ConnectionTest, 'waitMs'> {
  const limit = probes.map(({ error }) => error).find((error) => error instanceof MimecastRefusalLimitError);
  return limit ? { waitMs: limit.retryAfterMs } : {};
}

const suggestionOf = (error: Probe['error']): string | undefined =>
  error instanceof MimecastRegionError ? error.suggestedBaseUrl : undefined;

/**
 * Returns the clock skew and the rate limit of the newest answer. Calls are concurrent, so the order of arrival
 * counts.
 */
function newestHeaders(probes: readonly Probe[]): Pick<ConnectionTest, 'clockSkewMs' | 'rateLimit'> {
  const latestFirst = probes.toSorted((a, b) => b.at.localeCompare(a.at));
  const clockSkewMs = latestFirst.map((probe) => probe.clockSkewMs).find((skewMs) => skewMs !== undefined);
  const rateLimit = latestFirst.map((probe) => probe.rateLimit).find((said) => said !== undefined);
  return defined({ clockSkewMs, rateLimit });
}
