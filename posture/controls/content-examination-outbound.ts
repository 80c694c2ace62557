import { CONTENT_EXAMINATION } from '../policies/lists.js';
import { ALL_ADD_UP, forRoute, policyControl } from '../rules/policy-control.js';
import { CIS, ISO, NIST } from '../rules/requirements.js';
import { dlpContext, licenceContext, joinContexts } from '../rules/verdict-context.js';

/** `Content Control and Data Leak Prevention [1013]`, and `[1015]`. */
export const CONTENT_PACKAGES = [1013, 1015];

export const contentExaminationOutbound = policyControl({
  id: 'content-examination-outbound',
  title: 'Content Examination covers all outbound mail',
  rationale:
    'Confidential data leaves by mail more often by mistake than by theft, and cannot be called back. Only what looks into outbound mail can stop it.',
  remediation:
    'Administration Console: Gateway → Policies → Content Examination. Have an enabled, perpetual policy from Internal Addresses to External Addresses.',
  rule: ALL_ADD_UP,
  limits:
    'Which words and patterns a definition looks for cannot be read. Rows of the DLP log are shown and judge nothing.',
  severity: 'high',
  subject: 'tenant',
  version: 1,
  mappings: { nist: [NIST.exfiltration, NIST.informationFlow], iso: [ISO.leakage], cis: [CIS.lossPrevention] },
  list: CONTENT_EXAMINATION,
  ...forRoute('outbound'),
  context: (facts) => joinContexts(licenceContext(facts, CONTENT_PACKAGES), dlpContext(facts, 'outbound')),
});
