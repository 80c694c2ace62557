import pMap from 'p-map';
import type { ConnectionTest } from '../../contract/reports.js';
import type { Connections } from '../reach/services.js';
import { MINUTE_MS } from '../../model/time.js';
import { judgeSkew } from './clocks.js';
import { findingsOn, type Finding } from './finding.js';
import { look, nextStepOf, type Looked } from './look.js';

/** Each test is several calls to the vendor through the worker. */
const TEST_LIMIT_MS = MINUTE_MS;
const TESTS = { concurrency: 4 };

/** Findings of the tests, and the time by which Mimecast's clock is ahead of the database's where they differ most. */
export interface TestedConnections {
  readonly findings: readonly Finding[];
  readonly vendorAheadMs?: number;
}

/** Tests each connection with calls to Mimecast. */
export async function testConnections(
  open: () => Promise<Pick<Connections, 'test'>>,
  connectionIds: readonly string[],
): Promise<TestedConnections> {
  const test = (connectionId: string) => look(async () => await (await open()).test(connectionId), TEST_LIMIT_MS);
  const tests = await pMap(connectionIds, async (id) => ({ id, tested: await test(id) }), TESTS);
  const vendorAheadMs = vendorSkewMs(tests.map(({ tested }) => tested));
  return {
    findings: [...judgeVendorClock(vendorAheadMs), ...tests.map(({ id, tested }) => judgeTest(id, tested))],
    ...(vendorAheadMs !== undefined && { vendorAheadMs }),
  };
}

export function judgeTest(connectionId: string, tested: Looked<ConnectionTest>): Finding {
  const about = findingsOn('connections', connectionId);
  if ('trouble' in tested) {
    const { trouble } = tested;
    return about.failure('mimecast', trouble.message, nextStepOf(trouble, `temporal-mimecast test ${connectionId}`));
  }
  const { ok, authentication, baseUrl, endpoints, action } = tested.seen;
  const bad = endpoints.filter(({ outcome }) => outcome === 'forbidden' || outcome === 'failed');
  const answers = bad.length === 0 ? '' : `; ${bad.map(({ path, outcome }) => `${path} ${outcome}`).join(', ')}`;
  const found = `${baseUrl}: keys ${authentication}${answers}`;
  return ok
    ? about.ok('mimecast', found)
    : about.failure('mimecast', found, action ?? `temporal-mimecast test ${connectionId}`);
}

const VENDOR_CLOCK = { check: 'mimecast', mine: "Postgres's clock", theirs: "Mimecast's clock" };

/** The vendor's clock against the database's, which signs the calls, by the test in which they differ most. */
function vendorSkewMs(tests: readonly Looked<ConnectionTest>[]): number | undefined {
  const skews = tests.flatMap((tested) => ('seen' in tested ? (tested.seen.clockSkewMs ?? []) : []));
  return skews.sort((a, b) => Math.abs(b) - Math.abs(a))[0];
}

function judgeVendorClock(most: number | undefined): Finding[] {
  if (most === undefined) return [];
  return [judgeSkew(VENDOR_CLOCK, { leastMs: -most, mostMs: -most })];
}
