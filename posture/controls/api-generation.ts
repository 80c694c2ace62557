import type { Facts } from '../../model/facts.js';
import type { Judgement } from '../../model/verdicts.js';
import type { Control } from '../rules/control.js';
import { judged } from '../rules/judged.js';

const remediation =
  'Administration Console: Administration → Services → API and Platform Integrations. Make an application of API 2.0, then move the connection with its Client ID and Client Secret: "temporal-mimecast rotate" with --base-url. Its evidence stays.';

export const apiGeneration: Control = {
  id: 'api-generation',
  title: 'Connected by a generation that takes new applications',
  rationale:
    'Mimecast takes no new applications of API 1.0 since mid 2025. Keys that are lost or expire may then have no successor.',
  remediation,
  rule: {
    pass: 'The connection uses API 2.0.',
    fail: 'It uses API 1.0. This is told, and never makes a command fail.',
    unknown: 'It was never connected.',
  },
  limits: 'When Mimecast will switch API 1.0 off is not announced.',
  severity: 'info',
  subject: 'collector',
  version: 1,
  mappings: { nist: [], iso: [], cis: [] },
  advisory: true,
  judge,
};

/** Without stored keys, the API version comes from the settings. */
function judge({ connectedAt, keys, settings, now }: Facts): Judgement {
  if (!connectedAt) {
    const reason = 'Keys of this connection were never accepted.';
    return judged({ verdict: 'unknown', code: 'never-connected', reason, basis: [] }, now);
  }
  const generation = keys?.apiVersion ?? settings.apiVersion;
  const basis = [{ source: keys ? 'keys' : 'settings' }];
  const reason = `Connected by API ${generation}.`;
  return generation === '2.0'
    ? judged({ verdict: 'pass', code: 'current', reason, basis }, now)
    : judged({ verdict: 'fail', code: 'no-new-applications', reason, action: remediation, basis }, now);
}
