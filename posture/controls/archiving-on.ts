import type { Facts } from '../../model/facts.js';
import type { Judgement } from '../../model/verdicts.js';
import { firstStale, readArchive } from '../rules/archive-sources.js';
import type { Control } from '../rules/control.js';
import { judged } from '../rules/judged.js';
import { CIS, ISO, NIST } from '../rules/requirements.js';

const remediation =
  'Administration Console: Account → Account Settings. Have archiving switched on for the account; where the package is missing, ask Mimecast.';

export const archivingOn: Control = {
  id: 'archiving-on',
  title: 'Archiving is on',
  rationale:
    'Mail that is not archived can be deleted by whoever owns the mailbox. Records that the law or a contract asks for are then gone.',
  remediation,
  rule: {
    pass: 'Every source that can be read says that archiving is on: the account and, where the endpoint answers, the archive settings.',
    fail: 'Every source that can be read says that it is off.',
    unknown: 'The sources disagree, one of them answers without saying on or off, or none can be read.',
  },
  limits:
    'The API says that archiving is on, not that every message is in the archive: journaling is set up at the mail server.',
  severity: 'high',
  subject: 'tenant',
  version: 1,
  mappings: { nist: [NIST.retention], iso: [ISO.records], cis: [CIS.retention] },
  judge,
};

function judge(facts: Facts): Judgement {
  const archive = readArchive(facts);
  if ('problem' in archive) return judged(archive.problem, facts.now);
  const { sources } = archive;
  const names = sources.map(({ endpoint }) => endpoint).join(' and ');
  const verb = sources.length === 1 ? 'says' : 'say';
  const shared = { basis: sources.map(({ basis }) => basis), freshUntil: firstStale(sources) };
  return sources.every(({ isOn }) => isOn)
    ? judged({ ...shared, verdict: 'pass', code: 'on', reason: `Archiving is on: ${names} ${verb} so.` }, facts.now)
    : judged(
        {
          ...shared,
          verdict: 'fail',
          code: 'off',
          reason: `Archiving is off: ${names} ${verb} so.`,
          action: remediation,
        },
        facts.now,
      );
}
