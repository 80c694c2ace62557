import type { ConnectionRow } from '../../model/connection.js';
import { prepareEvents } from '../../evidence/events/prepare-events.js';
import { readAuditPage } from '../../mimecast/audit-events.js';
import { WINDOW_RULES } from '../../mimecast/audit-windows.js';
import type { PagedLog } from './paged-log.js';
import { withProvenance } from './provenance.js';
import type { Events } from '../../evidence/events/store-page.js';

/** The administrative audit log. Every event is stored. */
export function auditLog(evidence: Events, row: ConnectionRow): PagedLog {
  return {
    stream: 'audit-events',
    endpoint: 'audit-events',
    ledgerStream: 'audit-events',
    rules: WINDOW_RULES,
    async fetch(api, request) {
      const { events: read, nextToken, totalCount, ...answer } = await readAuditPage(api, request);
      const provenance = withProvenance(row, answer.provenance);
      const events = prepareEvents(read);
      const next = nextToken === undefined ? {} : { nextToken };
      const total = totalCount === undefined ? {} : { totalCount };
      return {
        ...next,
        store: (window, pagesBefore) =>
          evidence.storePage({ window, pagesBefore, events, provenance, ...next, ...total }),
      };
    },
  };
}
