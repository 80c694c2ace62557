import {
  VerdictHistory,
  type EvaluationReader,
  type TracedEvaluation,
} from '../../../reports/exports/verdict-history.js';
import type { StoredEvaluation } from '../../../model/verdicts.js';

/** The last of these records, with what the others make of its past. */
export function traced(...evaluations: readonly [StoredEvaluation, ...StoredEvaluation[]]): TracedEvaluation {
  const history = new VerdictHistory();
  for (const evaluation of evaluations) history.follow(evaluation);
  return { evaluation: evaluations.at(-1) ?? evaluations[0], history };
}

/** Records as the store reads them; counts how many were read. */
export function readerOf(evaluations: readonly StoredEvaluation[]): EvaluationReader & { read: number } {
  const until = (moment: Date): StoredEvaluation | undefined =>
    evaluations.filter(({ at }) => new Date(at) <= moment).at(-1);
  const reader: EvaluationReader & { read: number } = {
    read: 0,
    latest: () => Promise.resolve(evaluations.at(-1)),
    at: (_, moment) => Promise.resolve(until(moment)),
    async *list(_, { from, to }) {
      for (const evaluation of evaluations) {
        const at = new Date(evaluation.at);
        if ((from !== undefined && at < from) || (to !== undefined && at >= to)) continue;
        reader.read += 1;
        yield await Promise.resolve(evaluation);
      }
    },
  };
  return reader;
}

export async function textOf(texts: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const piece of texts) text += piece;
  return text;
}
