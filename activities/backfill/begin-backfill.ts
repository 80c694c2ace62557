import { ApplicationFailure } from '@temporalio/common';
import type { LoadedConnection } from '../../evidence/database/connection-row.js';
import { common, type TimeRange } from '../../model/time-ranges.js';
import { backfillRange } from '../../mimecast/audit-windows.js';
import type { BackfillInput, TimeSpan } from '../../contract/backfill.js';
import { lostFrom, planBackfill } from './backfill-plan.js';
import type { ActivityDependencies } from '../dependencies.js';
import type { BegunBackfill } from '../../contract/activities.js';

const STREAM = 'audit-events';

/**
 * Examines the range of a backfill: which part Mimecast can still return, how many windows are missing, and what is
 * lost. Lost ranges of the owed time are recorded as gaps, because nothing will request them again.
 *
 * @throws ApplicationFailure `MimecastInvalidRequest`
 */
export async function beginBackfill(
  { store }: Pick<ActivityDependencies, 'store'>,
  { row, now }: LoadedConnection,
  input: BackfillInput,
  runId: string,
): Promise<BegunBackfill> {
  const { connectionId, generation } = row;
  const asked = readRange(input);
  const at = now();
  const { range, beyondLookBack, cutAt } = backfillRange({ from: asked.start, to: asked.end, now: at });
  const coverage = await store.ledger.coverage(connectionId, STREAM);
  const recorded = await store.ledger.gaps(connectionId, STREAM);
  const { lost, toRecord } = beyondLookBack ? lostFrom(beyondLookBack, coverage, recorded) : { lost: [], toRecord: [] };

  const completeness = await store.completeness.of(connectionId, STREAM, at);
  const owed = completeness ? [{ start: completeness.from, end: completeness.due }] : [];
  const gaps = common(toRecord, owed).map((gap) => ({ ...gap, cause: 'look-back' as const }));
  const isLive = await store.ledger.recordGaps(connectionId, generation, STREAM, gaps);
  return {
    generation,
    disconnected: !isLive,
    ...(range && { range: span(range), windows: planBackfill(range, coverage, runId).length }),
    lost: lost.map(span),
    ...(cutAt && { cutAt: cutAt.toISOString() }),
  };
}

function readRange({ from, to }: BackfillInput): TimeRange {
  const [start, end] = [new Date(from), new Date(to)];
  if (start < end) return { start, end };
  throw ApplicationFailure.nonRetryable(
    'A backfill needs a moment from which and a later one up to which it reads, both in ISO form.',
    'MimecastInvalidRequest',
  );
}

const span = ({ start, end }: TimeRange): TimeSpan => ({ start: start.toISOString(), end: end.toISOString() });
