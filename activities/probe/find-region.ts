import type { ConnectionRow } from '../../model/connection.js';
import type { MimecastApi } from '../../mimecast/api.js';
import { MimecastAuthenticationError, MimecastRegionError } from '../../mimecast/errors.js';
import { createRateBudget } from '../../mimecast/rate-budget.js';
import type { ConnectionTest } from '../../contract/reports.js';
import { accountProblem } from '../keys/account-identity.js';
import { authenticationOf } from './connection-report.js';
import { regionTodo, stepAfter } from './next-steps.js';
import { probeEndpoint, type Probe } from './probe-endpoint.js';
import { probeUntilAnswer, proofGoesOn } from './probing.js';
import { steadyTime } from '../steady-time.js';
import { placesToTest } from '../stream-endpoints.js';

/** Limit of each call. Up to ten hosts are tried within one test, so a region that does not answer soon is skipped. */
const REGION_LIMIT_MS = 4_000;

export interface RegionSearch {
  readonly api: MimecastApi;
  readonly row: ConnectionRow;
  /** The calls at the connection's own base URL. */
  readonly probes: readonly Probe[];
  /** The report on those calls. */
  readonly report: ConnectionTest;
  /** Aborts the search. */
  readonly signal: AbortSignal;
}

/**
 * Tries rejected keys once at each other region, one after the other, and stops at the first that knows them. It
 * calls the endpoint that rejected them, because some regions share their accounts but not their logs.
 *
 * @returns the report, with the result of the search
 */
export async function findRegion(search: RegionSearch, regions: readonly string[]): Promise<ConnectionTest> {
  const others = [...new Set(regions)].filter((baseUrl) => baseUrl !== search.api.baseUrl);
  const refusing: string[] = [];
  const unreached: string[] = [];
  for (const baseUrl of others) {
    if (search.signal.aborted) break;
    const probes = await tryRegion(search, baseUrl);
    const authentication = authenticationOf(probes);
    if (authentication === 'accepted') return found(search, baseUrl, probes);
    if (authentication === 'expired') return foundExpired(search, baseUrl);
    (authentication === 'unreachable' ? unreached : refusing).push(baseUrl);
  }
  return notFound(search, { refusing, unreached, untried: others.slice(refusing.length + unreached.length) });
}

async function tryRegion({ api, row, probes, signal }: RegionSearch, baseUrl: string): Promise<Probe[]> {
  const totalTimeoutMs = Math.min(REGION_LIMIT_MS, api.limits.totalTimeoutMs);
  const budget = createRateBudget({ now: steadyTime });
  // Each other region is called once in a test, and has no account of these keys that it could lock.
  const elsewhere = { ...api, guard: undefined, baseUrl, budget, limits: { ...api.limits, totalTimeoutMs } };
  const refused = refusedAt(probes);
  const places = placesToTest(row.settings).toSorted(
    (a, b) => Number(b.endpoint === refused?.endpoint) - Number(a.endpoint === refused?.endpoint),
  );
  return await probeUntilAnswer(places, (place) => probeEndpoint(elsewhere, row, place, signal), proofGoesOn);
}

const refusedAt = (probes: readonly Probe[]): Probe | undefined =>
  probes.find(({ error }) => error instanceof MimecastRegionError || error instanceof MimecastAuthenticationError);

function found({ row, report }: RegionSearch, baseUrl: string, probes: readonly Probe[]): ConnectionTest {
  const account = probes.find((probe) => probe.account)?.account;
  const problem = account && accountProblem(row, account.code);
  if (problem !== undefined) return withAction(report, `${baseUrl} takes these keys. ${problem}`);
  const action = `${baseUrl} takes these keys. ${regionTodo(row.connectionId, baseUrl)}`;
  return { ...withAction(report, action), authentication: 'wrong-region', suggestedBaseUrl: baseUrl };
}

/** New keys would be rejected at the old base URL, and old keys at the new one: both change in one rotation. */
function foundExpired({ row: { connectionId }, report }: RegionSearch, baseUrl: string): ConnectionTest {
  const action =
    `${baseUrl} knows these keys, but they have expired there. Request new ones, then ` +
    `"rotate ${connectionId} --base-url ${baseUrl}". Evidence so far is kept.`;
  return { ...withAction(report, action), authentication: 'wrong-region', suggestedBaseUrl: baseUrl };
}

interface Tried {
  readonly refusing: readonly string[];
  readonly unreached: readonly string[];
  readonly untried: readonly string[];
}

function notFound({ row: { connectionId, settings }, probes, report }: RegionSearch, tried: Tried): ConnectionTest {
  const refused = refusedAt(probes);
  const { error } = refused ?? {};
  const what = refused === undefined ? '' : stepAfter(error, { connectionId, ...refused }).what;
  const parts = [
    what,
    tried.refusing.length > 0 ? `No other region takes the keys (${tried.refusing.length} tried).` : '',
    tried.unreached.length > 0 ? `Not reached: ${hosts(tried.unreached)}.` : '',
    tried.untried.length > 0 ? `Not tried for lack of time: ${hosts(tried.untried)}.` : '',
    error instanceof MimecastRegionError
      ? `Find the account's region in the Administration Console, then "edit ${connectionId} --base-url …".`
      : `Enter ${settings.apiVersion === '2.0' ? 'both' : 'all four'} keys again: "rotate ${connectionId}". Evidence so far is kept.`,
  ];
  return withAction(report, parts.filter((part) => part !== '').join(' '));
}

const hosts = (baseUrls: readonly string[]): string => baseUrls.map((url) => new URL(url).host).join(', ');

/** Replaces the action, also at the endpoint that it came from. */
function withAction(report: ConnectionTest, action: string): ConnectionTest {
  const endpoints = report.endpoints.map((endpoint) =>
    endpoint.action === report.action ? { ...endpoint, action } : endpoint,
  );
  return { ...report, endpoints, action };
}
