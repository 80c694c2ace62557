import type { ConnectionRow } from '../../model/connection.js';
import type { ConnectionTest } from '../../contract/reports.js';
import { accountProblem } from './account-identity.js';
import type { RotationProof } from '../../contract/activities.js';

/** Whether the vendor said anything about the keys. */
export function isJudged({ authentication }: ConnectionTest): boolean {
  return authentication !== 'unreachable';
}

/**
 * Whether new keys may replace those in use.
 *
 * - Not reached: nobody has judged them; they stay pending and are tried again.
 * - Not accepted by Mimecast: refused.
 * - They open another account than the connection's: refused, because evidence of two tenants must never mix.
 * - They may not read the account, so that it cannot be known whose they are: refused, unless those in use may not read it
 *   either; then they are taken and the account stays unconfirmed.
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
