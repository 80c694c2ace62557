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
 * Proves keys with a real answer: reads the account, which also identifies the tenant. Where the account may not be
 * read, other endpoints are tried until one answers; the report then names no account.
 *
 * Never throws for an answer of the vendor: the caller needs to know about a rejection. Only `rejected` and `expired`
 * are about the keys; `unreachable` leaves them unproved, and its action says why.
 *
 * @param outer aborts the proof at once; its reason is thrown
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

/** Returns true when the proof allows the keys to be used: accepted, and of the connection's account. */
export function mayUse(report: ConnectionTest, row: ConnectionRow): boolean {
  const { account } = report;
  return report.authentication === 'accepted' && (!account || accountProblem(row, account.code) === undefined);
}

/** Returns the part of a proof that is stored with accepted keys. */
export function acceptedProof({ account }: ConnectionTest, acceptedAt: Date): AcceptedProof {
  return defined({ acceptedAt, accountCode: account?.code, accountName: account?.name });
}

/** Returns the note on schedules that are paused because of rejected keys. */
export function refusalNote(connectionId: string, version: number, { authentication, action }: ConnectionTest): string {
  const what = authentication === 'unreachable' ? 'could not be tried' : `are ${authentication}`;
  return `keys v${version} ${what}: ${action ?? `rotate ${connectionId}`}`;
}
