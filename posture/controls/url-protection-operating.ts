import type { Control } from '../rules/control.js';
import { judgeOperation } from '../rules/protection-log.js';
import { CIS, ISO, NIST } from '../rules/requirements.js';

export const urlProtectionOperating: Control = {
  id: 'url-protection-operating',
  title: 'URL Protection acted on inbound clicks within 7 days',
  rationale:
    'A policy shows what is meant to happen; the log of clicks shows that it did. It is also the only evidence where the policies cannot be read.',
  remediation:
    'Administration Console: Monitoring → URL Protection. Send a link to an internal address from outside, follow it, and look for the click in the log.',
  rule: {
    pass: 'The log has at least one inbound click that names the definition it was judged by, and is held without holes for 7 days.',
    unknown: 'There are no such clicks, or a day is not held to its end. Silence is never a fail.',
  },
  limits:
    'API 1.0 counts logged clicks, not what was scanned. One click shows that it acts, not that it acts on everything.',
  severity: 'medium',
  subject: 'tenant',
  version: 1,
  mappings: { nist: [NIST.maliciousCode], iso: [ISO.malware], cis: [CIS.urlFilters] },
  judge: (facts) =>
    judgeOperation(facts, {
      protection: 'url',
      rows: 'clicks',
      acts: ({ rows }) => rows,
      onlyOthers: { code: 'no-rows', reason: 'The log has no inbound clicks that were judged within 7 days.' },
    }),
};
