import type { DailyStatistics } from '../../model/statistics.js';
import type { Control } from '../rules/control.js';
import { judgeOperation } from '../rules/protection-log.js';
import { CIS, ISO, NIST } from '../rules/requirements.js';

/**
 * Results of examined files; `timeout` and `error` are those of files that were not examined. Source: Mimecast, "Get
 * TTP Attachment Protection Logs".
 */
const EXAMINED = ['malicious', 'safe', 'unsafe'];

function examined({ byResult }: DailyStatistics): number {
  const results = Object.entries(byResult).filter(([result]) => EXAMINED.includes(result.trim().toLowerCase()));
  return results.reduce((sum, [, rows]) => sum + rows, 0);
}

export const attachmentSandboxOperating: Control = {
  id: 'attachment-sandbox-operating',
  title: 'Attachments are examined in the sandbox, seen within 7 days',
  rationale:
    'New malware is in no list of signatures; opening a file in a sandbox shows what it does. No endpoint serves the policy, so its log is the evidence.',
  remediation:
    'Administration Console: Gateway → Policies → Attachment Protection. Have an enabled policy from External Addresses to Internal Addresses whose definition examines files, and look at Monitoring → Attachment Protection.',
  rule: {
    pass: 'The log has at least one inbound file with the result safe, malicious or unsafe that names its definition, and is held without holes for 7 days.',
    unknown:
      'There are no rows, only such that ended in a timeout or an error, or a day is not held to its end. Silence is never a fail.',
  },
  limits:
    'Attachment Protection is a policy type that no known endpoint serves: that the sandbox acts can be seen, for whom it is on cannot.',
  severity: 'high',
  subject: 'tenant',
  version: 1,
  mappings: { nist: [NIST.detonation, NIST.maliciousCode], iso: [ISO.malware], cis: [CIS.antiMalware] },
  judge: (facts) =>
    judgeOperation(facts, {
      protection: 'attachment',
      rows: 'files examined',
      acts: examined,
      onlyOthers: {
        code: 'only-errors',
        reason: 'All inbound files within 7 days ended in a timeout or an error, or in a result that is not known.',
      },
    }),
};
