import { ACTION_PLAN_COLUMNS, actionPlan } from '../../reports/exports/action-plan.js';
import { csv } from '../../reports/exports/csv.js';
import { EVENT_COLUMNS, eventRow, OBSERVATION_COLUMNS } from '../../reports/exports/evidence-columns.js';
import { ocsfFindings } from '../../reports/exports/ocsf.js';
import { oscalAssessmentResults } from '../../reports/exports/oscal.js';
import type { Rendering } from '../../reports/exports/rendering.js';
import {
  traceEvaluations,
  type EvaluationReader,
  type RecordChoice,
  type TracedEvaluation,
} from '../../reports/exports/verdict-history.js';
import { VERDICT_COLUMNS, verdictLine, verdictRows, type VerdictRow } from '../../reports/exports/verdict-rows.js';
import { EXIT } from '../console/exit-codes.js';
import { CliError } from '../console/failures.js';
import { arrayOf } from '../console/streaming.js';
import type { ExportPlan } from './plan.js';
import type { ExportedEvent, ExportRecord } from '../../evidence/export.js';

type VerdictPlan = Extract<ExportPlan, { about: 'verdicts' }>;

/** Yields the output of an export of verdicts. @throws {CliError} when there is no record */
export async function verdictTexts(
  reader: EvaluationReader,
  connectionId: string,
  plan: VerdictPlan,
  options: { readonly rendering: Rendering; readonly json: boolean },
): Promise<AsyncIterable<string>> {
  const choice = await chosen(reader, connectionId, plan);
  const traced = traceEvaluations(reader, connectionId, choice);
  const rows = () => flat(traced, (one) => verdictRows(one, options.rendering));
  switch (plan.format) {
    case 'jsonl':
      return lines(
        flat(rows(), (row) => [verdictLine(row)]),
        options,
      );
    case 'ocsf':
      return lines(
        flat(traced, (one) => ocsfFindings(one, options.rendering).map((finding) => JSON.stringify(finding))),
        options,
      );
    case 'csv':
      return csv(VERDICT_COLUMNS, rows());
    case 'action-plan':
      // For spreadsheets, which recognise UTF-8 only by the byte order mark.
      return csv(ACTION_PLAN_COLUMNS, planned(traced, options.rendering), { mark: true });
    case 'oscal':
      return flat(traced, ({ evaluation }) => [
        `${JSON.stringify(oscalAssessmentResults(evaluation, options.rendering), undefined, 2)}\n`,
      ]);
  }
}

async function chosen(reader: EvaluationReader, connectionId: string, { records }: VerdictPlan): Promise<RecordChoice> {
  if ('range' in records) return records.range;
  const { at } = records;
  const record = await (at === undefined ? reader.latest(connectionId) : reader.at(connectionId, at));
  if (record !== undefined) return { record };
  throw nothingEvaluated(connectionId, at);
}

function nothingEvaluated(connectionId: string, at: Date | undefined): CliError {
  const by = at === undefined ? 'yet' : `by ${at.toISOString()}`;
  return new CliError(
    'no-verdicts',
    `Nothing has been evaluated for ${connectionId} ${by}.`,
    `Verdicts are recorded after each poll: temporal-mimecast poll ${connectionId}.`,
    EXIT.badAnswer,
  );
}

/** Yields the rows of the chosen record that need action. */
async function* planned(traced: AsyncIterable<TracedEvaluation>, rendering: Rendering): AsyncGenerator<VerdictRow> {
  for await (const one of traced) yield* actionPlan(verdictRows(one, rendering));
}

/** Yields one JSON text per line, or one array. */
function lines(texts: AsyncIterable<string>, { json }: { readonly json: boolean }): AsyncIterable<string> {
  return json ? arrayOf(texts) : flat(texts, (text) => [`${text}\n`]);
}

async function* flat<Item, Result>(
  items: AsyncIterable<Item>,
  change: (item: Item) => readonly Result[],
): AsyncGenerator<Result> {
  for await (const item of items) yield* change(item);
}

/** Formats events or observations as CSV. */
export function evidenceCsv(
  records: AsyncIterable<ExportRecord>,
  what: 'events' | 'observations',
): AsyncIterable<string> {
  return what === 'events'
    ? csv(
        EVENT_COLUMNS,
        flat(records, (record) => (isEvent(record) ? [eventRow(record)] : [])),
      )
    : csv(
        OBSERVATION_COLUMNS,
        flat(records, (record) => (isEvent(record) ? [] : [record])),
      );
}

const isEvent = (record: ExportRecord): record is ExportedEvent => record.type === 'event';
