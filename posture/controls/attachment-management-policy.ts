import { ATTACHMENT_MANAGEMENT } from '../policies/lists.js';
import { MOST_SPECIFIC_WINS, forRoute, policyControl } from '../rules/policy-control.js';
import { CIS, ISO, NIST } from '../rules/requirements.js';
import { licenceContext } from '../rules/verdict-context.js';

/** `Attachment Management [1004]`. */
const PACKAGES = [1004];

export const attachmentManagementPolicy = policyControl({
  id: 'attachment-management-policy',
  title: 'An attachment policy covers inbound mail',
  rationale:
    'Programs, scripts and macros that arrive as attachments run with the rights of whoever opens them. Most of these file types are never needed in mail.',
  remediation:
    'Administration Console: Gateway → Policies → Attachment Management. Have an enabled, perpetual policy from External Addresses to Internal Addresses, and take Policy Override off those that disable it.',
  rule: MOST_SPECIFIC_WINS,
  limits:
    'Attachment Management blocks, links or holds file types. The sandbox is Attachment Protection, another policy type that no known endpoint serves; which file types a definition names cannot be read.',
  severity: 'medium',
  subject: 'tenant',
  version: 1,
  mappings: { nist: [NIST.maliciousCode], iso: [ISO.malware], cis: [CIS.fileTypes] },
  list: ATTACHMENT_MANAGEMENT,
  ...forRoute('inbound'),
  context: (facts) => licenceContext(facts, PACKAGES),
});
