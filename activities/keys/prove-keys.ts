import type { ConnectionRow } from '../../model/connection.js';
import { defined } from '../../model/json.js';
import type { MimecastApi } from '../../mimecast/api.js';
import type { ConnectionTest } from '../../contract/reports.js';
import { accountProblem } from './account-identity.js';
import { connectionReport } from '../probe/connection-report.js';
import { probeEndpoint } from '../probe/probe-endpoint.js';
import { probeUntilAnswer, proofGoesOn, testSignal } from '../probe/probing.js';
import { placesToTest } from '../stream-endpoints.js';
import type { AcceptedProof } from '../../evidence/connections/promote.js';

/**
 * Proves keys with a real answer: reads the account, because that also says whose keys they are. Where the account may
 * not be read, other endpoints are tried until one answers; the report then names no account.
 *
 * Never throws for what the vendor says: a refusal is what the caller wants to know. Only `rejected` and `expired` speak
 * about the keys; `unreachable` leaves them unjudged, and its action says why.
 *
 * @param outer ends the proof at once; its reason is thrown
 */
export async function proveKeys(api: MimecastApi, row: ConnectionRow, outer?: AbortSignal): Promise<ConnectionTest> {
  const signal = testSignal(outer);
  const probes = await probeUntilAnswer(
    placesToTest(row.settings),
    (place) => probeEndpoint(api, row, place, signal),
    proofGoesOn,
  );
  return connectionReport(row, probes);
}

/** Whether the proof lets the connection use the keys: accepted, and not those of another account. */
export function mayUse(report: ConnectionTest, row: ConnectionRow): boolean {
  const { account } = report;
  return report.authentication === 'accepted' && (!account || accountProblem(row, account.code) === undefined);
}

/** What the store keeps of a proof that accepts keys. */
export function acceptedProof({ account }: ConnectionTest, acceptedAt: Date): AcceptedProof {
  return defined({ acceptedAt, accountCode: account?.code, accountName: account?.name });
}

/** What the schedules of refused keys say to whoever finds them paused. */
export function refusalNote(connectionId: string, version: number, { authentication, action }: ConnectionTest): string {
  const what = authentication === 'unreachable' ? 'could not be tried' : `are ${authentication}`;
  return `keys v${version} ${what}: ${action ?? `rotate ${connectionId}`}`;
}
