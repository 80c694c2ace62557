import { CONTENT_EXAMINATION } from '../policies/lists.js';
import { CONTENT_PACKAGES } from './content-examination-outbound.js';
import { ALL_ADD_UP, forRoute, policyControl } from '../rules/policy-control.js';
import { ISO, NIST } from '../rules/requirements.js';
import { dlpContext, licenceContext, joinContexts } from '../rules/verdict-context.js';

export const contentExaminationInbound = policyControl({
  id: 'content-examination-inbound',
  title: 'Content Examination covers all inbound mail',
  rationale:
    'What comes in can carry what must not: unwanted content, or data that nobody here may hold. Only what looks into inbound mail can stop it.',
  remediation:
    'Administration Console: Gateway → Policies → Content Examination. Have an enabled, perpetual policy from External Addresses to Internal Addresses.',
  rule: ALL_ADD_UP,
  limits:
    'Which words and patterns a definition looks for cannot be read. Rows of the DLP log are shown and judge nothing.',
  severity: 'medium',
  subject: 'tenant',
  version: 1,
  mappings: { nist: [NIST.traffic], iso: [ISO.transfer], cis: [] },
  list: CONTENT_EXAMINATION,
  ...forRoute('inbound'),
  context: (facts) => joinContexts(licenceContext(facts, CONTENT_PACKAGES), dlpContext(facts, 'inbound')),
});
