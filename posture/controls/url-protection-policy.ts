import { URL_PROTECT } from '../policies/lists.js';
import { MOST_SPECIFIC_WINS, forRoute, policyControl } from '../rules/policy-control.js';
import { CIS, ISO, NIST } from '../rules/requirements.js';
import { licenceContext, siblingContext, joinContexts } from '../rules/verdict-context.js';
import { urlProtectionOperating } from './url-protection-operating.js';

/** `URL Protection (Site) [1043]`. */
const PACKAGES = [1043];

export const urlProtectionPolicy = policyControl({
  id: 'url-protection-policy',
  title: 'A URL Protection policy is in force for all inbound mail',
  rationale:
    'Links in mail are the most common way to steal passwords. A link that nobody rewrote is opened without a look at where it leads.',
  remediation:
    'Administration Console: Gateway → Policies → URL Protection. Have an enabled, perpetual policy from External Addresses to Internal Addresses, and take Policy Override off those that disable it.',
  rule: MOST_SPECIFIC_WINS,
  limits:
    'What the definition behind a policy does cannot be read, and bypass policies are another type without an endpoint: they are not seen.',
  severity: 'high',
  subject: 'tenant',
  version: 1,
  mappings: { nist: [NIST.maliciousCode], iso: [ISO.webFiltering], cis: [CIS.urlFilters] },
  list: URL_PROTECT,
  ...forRoute('inbound'),
  context: (facts) =>
    joinContexts(
      licenceContext(facts, PACKAGES),
      siblingContext('url-protection-operating', urlProtectionOperating.judge(facts)),
    ),
});
