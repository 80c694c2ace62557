import type { Facts } from '../../model/facts.js';
import type { Judgement } from '../../model/verdicts.js';
import { conflicting, firstStale, readArchive, type ArchiveSources } from '../rules/archive-sources.js';
import type { Control } from '../rules/control.js';
import { judged, type Finding } from '../rules/judged.js';
import { wrongShape, type Problem } from '../rules/read-endpoint.js';
import { CIS, ISO, NIST } from '../rules/requirements.js';

const remediation =
  'Administration Console: Account → Account Settings. Raise Maximum Retention, and have Mimecast confirm it (Maximum Retention Confirmed).';

export const archiveRetention: Control = {
  id: 'archive-retention',
  title: 'Retention is at least N days, confirmed',
  rationale:
    'What is older than the maximum retention is purged from the archive. A retention that is not confirmed can still be changed.',
  remediation,
  rule: {
    pass: 'Archiving is on, the maximum retention is at least the threshold retentionDays, and it is confirmed.',
    fail: 'The maximum retention is shorter, it is not confirmed, or archiving is off.',
    unknown: 'retentionDays is not set, the value is not above zero, or the sources disagree.',
  },
  limits:
    'The value is a ceiling of the whole account: single messages may be kept for less, by retention adjustments that the API does not show.',
  severity: 'high',
  subject: 'tenant',
  version: 1,
  mappings: { nist: [NIST.retention], iso: [ISO.records], cis: [CIS.retention] },
  judge,
};

function judge(facts: Facts): Judgement {
  const archive = readArchive(facts);
  if ('problem' in archive) return judged(archive.problem, facts.now);
  return judged(findingFor(archive.sources, facts), facts.now);
}

function findingFor(sources: ArchiveSources, { settings, connectionId }: Facts): Finding {
  const shared = { basis: sources.map(({ basis }) => basis), freshUntil: firstStale(sources) };
  const retention = retentionIn(sources);
  if ('problem' in retention) return retention.problem;

  const needed = settings.thresholds?.retentionDays;
  if (needed === undefined) {
    const reason = 'Nobody has said how long mail must be kept.';
    const action = `Say how long: "edit ${connectionId} --threshold retentionDays=2555".`;
    return { ...shared, verdict: 'unknown', code: 'threshold-not-set', reason, action };
  }
  const { days, isConfirmed } = retention;
  const limited = { ...shared, thresholds: { retentionDays: needed }, details: { maxRetentionDays: days } };
  if (days <= 0) {
    const reason = `The maximum retention is ${days}, which is no number of days that mail is kept.`;
    return { ...limited, verdict: 'unknown', code: 'no-value', reason };
  }
  const failed = (code: string, reason: string): Finding => {
    return { ...limited, verdict: 'fail', code, reason, action: remediation };
  };
  if (sources.some(({ isOn }) => !isOn)) return failed('archiving-off', 'Archiving is off, so nothing is retained.');
  const confirmed = isConfirmed ? 'confirmed' : 'not confirmed';
  const compared = `${days} days, ${confirmed}; you require ${needed}.`;
  if (days < needed) return failed('too-short', compared);
  if (!isConfirmed) return failed('not-confirmed', compared);
  return { ...limited, verdict: 'pass', code: 'long-enough', reason: compared };
}

interface Retention {
  readonly days: number;
  readonly isConfirmed: boolean;
}

/** Reads the retention from the first source. When a second source states it too, both must agree. */
function retentionIn([first, second]: ArchiveSources): Retention | { readonly problem: Problem } {
  const { maxRetention: days, maxRetentionConfirmed: isConfirmed } = first.item;
  if (typeof days !== 'number' || !Number.isSafeInteger(days) || typeof isConfirmed !== 'boolean') {
    const what = `${first.endpoint} states no maxRetention in whole days with maxRetentionConfirmed`;
    return { problem: wrongShape(first, what) };
  }
  const { maxRetention: otherDays = days, maxRetentionConfirmed: otherConfirmed = isConfirmed } = second?.item ?? {};
  if (otherDays === days && otherConfirmed === isConfirmed) return { days, isConfirmed };
  const reason = 'Two sources disagree about the maximum retention of the archive, or about whether it is confirmed.';
  return { problem: conflicting(second ? [first, second] : [first], reason) };
}
