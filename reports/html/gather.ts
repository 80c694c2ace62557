import type { CitedObservation } from '../../evidence/observations/cited.js';
import type { Completeness } from '../../model/completeness.js';
import type { EvaluationReader } from '../exports/verdict-history.js';
import type { Rendering } from '../exports/rendering.js';
import type { LogEntry, LogRange } from '../../evidence/log/entries.js';
import type { DailyStatistics } from '../../model/statistics.js';
import type { ControlId, StoredEvaluation, Verdict } from '../../model/verdicts.js';
import { DAY_MS } from '../../model/time.js';
import { defined } from '../../model/json.js';
import { CHANGE_KINDS } from './changes.js';
import type { CitedBody, ControlStates, DriftEntry, ReportedConnection, ReportInput, StateSpan } from './input.js';
import type { LogHead } from '../../evidence/log/append.js';

/** Sources of a report. Missing sources are shown as not examined. */
export interface ReportSources {
  readonly evaluations: EvaluationReader;
  readonly log: {
    link(connectionId: string, sequence: number): Promise<LogHead | undefined>;
    entries(connectionId: string, range: LogRange): AsyncIterable<LogEntry>;
  };
  readonly observations: {
    cited(connectionId: string, digests: readonly string[], before: Date): Promise<readonly CitedObservation[]>;
  };
  /** Returns the completeness of the audit log at a time; undefined when nothing is due yet. */
  readonly completeness?: (connectionId: string, at: Date) => Promise<Completeness | undefined>;
  readonly drift?: (connectionId: string, period: Period) => Promise<readonly DriftEntry[]>;
  readonly statistics?: (connectionId: string, period: Period) => Promise<readonly DailyStatistics[]>;
}

interface Period {
  readonly from: Date;
  /** End, exclusive. */
  readonly to: Date;
}

export interface ReportRequest extends Rendering {
  readonly connection: ReportedConnection;
  readonly from?: Date;
  readonly to?: Date;
  /** Renders the newest record that is not later than this, instead of the latest. */
  readonly at?: Date;
}

const USUAL_PERIOD_MS = 30 * DAY_MS;

/** Reads everything that a report shows. All times come from the request and the stored records, not from the clock. */
export async function gatherReport(sources: ReportSources, request: ReportRequest): Promise<ReportInput> {
  const { connection, product, names } = request;
  const { connectionId } = connection;
  const evaluation = await recordOf(sources.evaluations, request);
  const period = periodOf(request, evaluation);
  const [states, looked, changes, provenance, link] = await Promise.all([
    statesOf(sources.evaluations, connectionId, period, evaluation),
    lookAt(sources, connectionId, period, evaluation),
    collect(sources.log.entries(connectionId, { kinds: CHANGE_KINDS, ...period })),
    evaluation ? citedBodies(sources, evaluation) : [],
    evaluation && sources.log.link(connectionId, evaluation.sequence),
  ]);
  return {
    connection,
    product,
    names,
    period: { from: period.from.toISOString(), to: period.to.toISOString() },
    ...(evaluation && { evaluation }),
    states,
    ...looked,
    changes,
    provenance,
    ...(link && { link }),
  };
}

/** Returns the record at the requested time, at the end of the period, or the latest. */
async function recordOf(
  evaluations: EvaluationReader,
  { connection: { connectionId }, at, to }: ReportRequest,
): Promise<StoredEvaluation | undefined> {
  const moment = at ?? (to && new Date(to.getTime() - 1));
  return moment ? evaluations.at(connectionId, moment) : evaluations.latest(connectionId);
}

/** Returns the period. Without a record it ends at the last change of the connection. */
function periodOf({ from, to, at, connection }: ReportRequest, evaluation: StoredEvaluation | undefined): Period {
  const end = to ?? (evaluation ? new Date(evaluation.at) : (at ?? new Date(connection.updatedAt)));
  return { from: from ?? new Date(end.getTime() - USUAL_PERIOD_MS), to: end };
}

/** Reads the optional sources. */
async function lookAt(
  sources: ReportSources,
  connectionId: string,
  period: Period,
  evaluation: StoredEvaluation | undefined,
): Promise<Pick<ReportInput, 'completeness' | 'drift' | 'statistics'>> {
  const at = evaluation ? new Date(evaluation.at) : period.to;
  const [completeness, drift, statistics] = await Promise.all([
    sources.completeness && (async () => (await sources.completeness?.(connectionId, at)) ?? 'nothing-owed')(),
    sources.drift?.(connectionId, period),
    sources.statistics?.(connectionId, period),
  ]);
  return defined({ completeness, drift, statistics });
}

/**
 * Returns the verdicts of each control over the period, from its start to the rendered record. Keeps one span per
 * change of verdict, for any number of records.
 */
async function statesOf(
  evaluations: EvaluationReader,
  connectionId: string,
  period: Period,
  last: StoredEvaluation | undefined,
): Promise<ControlStates[]> {
  if (last === undefined) return [];
  const spans = new Map<ControlId, { verdict: Verdict; from: string; to: string }[]>();
  const follow = (evaluation: StoredEvaluation, from: string): void => {
    for (const { id, verdict } of evaluation.controls) extend(spans, id, verdict, from);
  };

  const first = await evaluations.at(connectionId, period.from);
  if (first) follow(first, period.from.toISOString());
  const to = new Date(Date.parse(last.at) + 1);
  for await (const evaluation of evaluations.list(connectionId, { from: period.from, to })) {
    follow(evaluation, evaluation.at);
  }
  return last.controls.map(({ id }) => ({ id, spans: endedAt(spans.get(id) ?? [], last.at) }));
}

function extend(
  spans: Map<ControlId, { verdict: Verdict; from: string; to: string }[]>,
  id: ControlId,
  verdict: Verdict,
  from: string,
): void {
  const own = spans.get(id) ?? [];
  const current = own.at(-1);
  if (current?.verdict === verdict) return;
  if (current) current.to = from;
  own.push({ verdict, from, to: from });
  spans.set(id, own);
}

/** Ends the last span at the rendered record: later verdicts are unknown. */
const endedAt = (spans: readonly StateSpan[], at: string): StateSpan[] =>
  spans.map((span, index) => (index === spans.length - 1 ? { ...span, to: at } : span));

async function citedBodies(sources: ReportSources, evaluation: StoredEvaluation): Promise<CitedBody[]> {
  const digests = [...new Set(evaluation.controls.flatMap(({ evidence }) => evidence))].sort();
  const before = new Date(Date.parse(evaluation.at) + 1);
  const cited = await sources.observations.cited(evaluation.connectionId, digests, before);
  return cited.map(({ endpoint, digest, observedAt, provenance }) =>
    defined({ source: endpoint, digest, observedAt: observedAt.toISOString(), provenance }),
  );
}

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const collected: Item[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}
