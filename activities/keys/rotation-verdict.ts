import type { ConnectionRow } from '../../model/connection.js';
import type { ConnectionTest } from '../../contract/reports.js';
import { accountProblem } from './account-identity.js';
import type { RotationProof } from '../../contract/activities.js';

/** Returns true when the vendor has accepted or rejected the keys. */
export function isJudged({ authentication }: ConnectionTest): boolean {
  return authentication !== 'unreachable';
}

/**
 * Decides whether new keys replace those in use.
 *
 * - Not reached: unproved; they stay pending and are tried again.
 * - Not accepted by Mimecast: rejected.
 * - Keys of another account than the connection's: rejected, because evidence of two tenants must never mix.
 * - Keys that may not read the account: rejected, because the tenant is unknown, unless those in use may not read it
 *   either; then they are accepted and the account stays unconfirmed.
 */
export function rotationVerdict(
  row: ConnectionRow,
  report: ConnectionTest,
  account: 'neither-reads-account' | 'unknown',
): RotationProof {
  const { authentication, action = 'Mimecast did not accept the keys.' } = report;
  if (!isJudged(report)) {
    const reason = `Nobody has judged these keys yet: ${action} They stay pending and are tried again; those before stay in use.`;
    return { report, verdict: 'unjudged', reason };
  }
  if (authentication !== 'accepted') return { report, verdict: 'refused', reason: action };

  const problem = report.account && accountProblem(row, report.account.code);
  if (problem !== undefined) return { report, verdict: 'refused', reason: problem };
  if (report.account || row.accountCode === undefined || account === 'neither-reads-account') {
    return { report, verdict: 'accepted' };
  }
  const reason =
    `These keys may not read the account, so it cannot be known whether they open ${row.accountCode}. Nothing was changed. ` +
    `Grant "Account | Dashboard | Read" to their role, then rotate again.`;
  return { report, verdict: 'refused', reason };
}
