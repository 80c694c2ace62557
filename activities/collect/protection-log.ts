import { ApplicationFailure } from '@temporalio/common';
import type { ConnectionRow } from '../../model/connection.js';
import type { Protection } from '../../model/statistics.js';
import { defined } from '../../model/json.js';
import { dailyWindowRules } from '../../mimecast/audit-windows.js';
import { MimecastError } from '../../mimecast/mimecast-error.js';
import { PROTECTION_LOGS } from '../../mimecast/protection-logs.js';
import { readProtectionPage } from '../../mimecast/protection-page.js';
import { collectPages } from './collect-pages.js';
import type { ActivityDependencies } from '../dependencies.js';
import type { PagedLog } from './paged-log.js';
import type { Sessions } from '../session.js';
import type { LoadedConnection } from '../../evidence/database/connection-row.js';
import type { ProtectionBatch, ProtectionProgress } from '../../contract/activities.js';
import { withProvenance } from './provenance.js';
import type { ProtectionLogState } from '../../evidence/statistics/protection-logs.js';
import type { Statistics } from '../../evidence/statistics/statistics.js';

/** Runs one batch of one protection log. The outcome is noted when the batch ends, whether it succeeded or not. */
export async function collectProtectionLog(
  dependencies: ActivityDependencies,
  sessions: Sessions,
  connection: LoadedConnection,
  batch: ProtectionBatch,
): Promise<ProtectionProgress> {
  const { store } = dependencies;
  const { row, now } = connection;
  const { connectionId, generation, protection } = batch;
  const note = async (saying: Pick<ProtectionLogState, 'outcome' | 'permission'>): Promise<void> => {
    await store.statistics.note({ connectionId, generation, protection, observedAt: now(), ...saying });
  };

  const log = protectionLog(store.statistics, row, protection);
  try {
    const progress = await collectPages(dependencies, sessions, connection, batch, log);
    const { state, events, permission } = progress;
    if (state === 'complete') await note({ outcome: events > 0 ? 'collected' : 'empty' });
    if (state === 'forbidden' || state === 'unavailable') {
      await note(defined({ outcome: state, permission }));
    }
    return progress;
  } catch (error) {
    if (isFinal(error)) await note({ outcome: 'failed' });
    throw error;
  }
}

/** A protection log. Its rows are counted, and stored only if the connection's settings say so. */
function protectionLog(statistics: Statistics, row: ConnectionRow, protection: Protection): PagedLog {
  const { endpoint, lookBackMs } = PROTECTION_LOGS[protection];
  const keepRows = row.settings.statistics?.keepRows ?? false;
  return {
    stream: 'threat-statistics',
    endpoint,
    ledgerStream: `threat-statistics/${protection}`,
    rules: dailyWindowRules(lookBackMs),
    async fetch(api, request) {
      const { rows, nextToken, ...answer } = await readProtectionPage(api, protection, request);
      const provenance = withProvenance(row, answer.provenance);
      const page = defined({ protection, keepRows, rows, provenance, nextToken });
      return {
        ...(nextToken !== undefined && { nextToken }),
        store: (window, pagesBefore) => statistics.storePage({ ...page, window, pagesBefore }),
      };
    },
  };
}

/** Returns true for errors that Temporal does not retry. */
function isFinal(error: unknown): boolean {
  if (error instanceof MimecastError) return !error.retryable;
  return error instanceof ApplicationFailure && error.nonRetryable === true;
}
