import type { FieldChange } from '../../evidence/observations/differences.js';
import type { Drift } from '../../evidence/observations/drift.js';
import type { ReportSources } from './gather.js';
import type { DriftEntry } from './input.js';
import type { EvidenceStore } from '../../evidence/store.js';
import { defined } from '../../model/json.js';

/** Creates the sources of a report from the evidence store. */
export function reportSources(store: EvidenceStore): ReportSources {
  return {
    evaluations: store.evaluations,
    log: store.log,
    observations: store.observations,
    async drift(connectionId, period) {
      const entries: DriftEntry[] = [];
      for await (const drift of store.drift(connectionId, period)) entries.push(driftEntry(drift));
      return entries;
    },
    completeness: (connectionId, at) => store.completeness.of(connectionId, 'audit-events', at),
    statistics: (connectionId, { from, to }) =>
      store.statistics.daily(connectionId, { from, to: new Date(to.getTime() - 1) }),
  };
}

function driftEntry({ endpoint, before, after, differences, candidates }: Drift): DriftEntry {
  const named = (kind: 'added' | 'removed'): string[] =>
    differences.filter((difference) => difference.kind === kind).map(({ what }) => what);
  return {
    endpoint,
    before: side(before),
    after: side(after),
    added: named('added'),
    removed: named('removed'),
    changed: differences.flatMap((difference) =>
      difference.kind === 'changed' ? [`${difference.what}: ${difference.fields.map(fieldWords).join(', ')}`] : [],
    ),
    candidates: candidates.map(({ eventTime, auditType, digest, user }) =>
      defined({ eventTime: eventTime.toISOString(), auditType, sha256: digest, user }),
    ),
  };
}

const side = ({ observedAt, digest }: Drift['before']): DriftEntry['before'] => ({
  digest,
  observedAt: observedAt.toISOString(),
});

const fieldWords = ({ path, from, to }: FieldChange): string => `${path} ${valueWords(from)} → ${valueWords(to)}`;

const valueWords = (value: unknown): string => (value === undefined ? '(none)' : JSON.stringify(value));
