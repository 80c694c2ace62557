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

/** Tests each connection with calls to Mimecast. */
export async function testConnections(
  open: () => Promise<Pick<Connections, 'test'>>,
  connectionIds: readonly string[],
): Promise<Finding[]> {
  const test = (connectionId: string) => look(async () => await (await open()).test(connectionId), TEST_LIMIT_MS);
  const tests = await pMap(connectionIds, async (id) => ({ id, tested: await test(id) }), TESTS);
  return [
    ...judgeVendorClock(tests.map(({ tested }) => tested)),
    ...tests.map(({ id, tested }) => judgeTest(id, tested)),
  ];
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

const VENDOR_CLOCK = { check: 'mimecast', mine: "the worker's clock", theirs: "Mimecast's clock" };

/** The vendor's clock against the worker's, by the test in which they differ most. */
function judgeVendorClock(tests: readonly Looked<ConnectionTest>[]): Finding[] {
  const skews = tests.flatMap((tested) => ('seen' in tested ? (tested.seen.clockSkewMs ?? []) : []));
  const [most] = skews.sort((a, b) => Math.abs(b) - Math.abs(a));
  if (most === undefined) return [];
  return [judgeSkew(VENDOR_CLOCK, { leastMs: -most, mostMs: -most })];
}
