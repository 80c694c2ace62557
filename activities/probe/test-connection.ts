import type { ConnectionRow } from '../../model/connection.js';
import type { MimecastApi } from '../../mimecast/api.js';
import type { ConnectionTest } from '../../contract/reports.js';
import { accountProblem } from '../keys/account-identity.js';
import { connectionReport, isAnswer } from './connection-report.js';
import { findRegion } from './find-region.js';
import { probeEndpoint, type Probe } from './probe-endpoint.js';
import { concernsAll, probeUntilAnswer, testSignal } from './probing.js';
import { placesToTest, type EndpointPlace } from '../stream-endpoints.js';

export interface TestOptions {
  readonly signal?: AbortSignal;
  /** Base URLs at which rejected keys are tried once each. Without them, no region is searched for. */
  readonly regions?: readonly string[];
  /** Limit of the whole test. */
  readonly limitMs?: number;
}

/**
 * Calls every endpoint of the enabled streams and reports each answer. Stores and changes nothing.
 *
 * The account is called first, and the others one by one until the keys are proved; the rest is called concurrently.
 * When the keys are rejected, or are those of another account, nothing more is called.
 *
 * Never throws for an answer of the vendor.
 *
 * @throws the signal's reason when it is aborted
 */
export async function testConnection(
  api: MimecastApi,
  row: ConnectionRow,
  options: TestOptions = {},
): Promise<ConnectionTest> {
  const { regions, limitMs } = options;
  const signal = testSignal(options.signal, limitMs);
  const probes = await probeAll(row, (place) => probeEndpoint(api, row, place, signal));
  const report = connectionReport(row, probes);
  const search = { api, row, probes, report, signal };
  return regions && mayLiveElsewhere(report) ? await findRegion(search, regions) : report;
}

async function probeAll(row: ConnectionRow, probe: (place: EndpointPlace) => Promise<Probe>): Promise<Probe[]> {
  const places = placesToTest(row.settings);
  const first = await probeUntilAnswer(places, probe, (latest) => !concernsAll(latest));
  const proved = first.some((latest) => isAnswer(latest) && !isOfOtherAccount(row, latest));
  const rest = proved ? places.slice(first.length) : [];
  return [...first, ...(await Promise.all(rest.map(probe)))];
}

const isOfOtherAccount = (row: ConnectionRow, { account }: Probe): boolean =>
  account !== undefined && accountProblem(row, account.code) !== undefined;

/** Rejected keys may belong to another region. If Mimecast has named the region, there is nothing to search for. */
const mayLiveElsewhere = ({ authentication, suggestedBaseUrl }: ConnectionTest): boolean =>
  suggestedBaseUrl === undefined && (authentication === 'rejected' || authentication === 'wrong-region');
