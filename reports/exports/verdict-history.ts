import type { ControlId, Evaluation, StoredEvaluation, Verdict } from '../../model/verdicts.js';

/** Reader of stored evaluations, for exports and reports. */
export interface EvaluationReader {
  latest(connectionId: string): Promise<StoredEvaluation | undefined>;
  /** Returns the newest record that is not later than `moment`. */
  at(connectionId: string, moment: Date): Promise<StoredEvaluation | undefined>;
  /** Lists records in order. `from` is inclusive, `to` exclusive. */
  list(connectionId: string, range: { readonly from?: Date; readonly to?: Date }): AsyncIterable<StoredEvaluation>;
}

/** History of a control's verdict. Times are ISO, UTC. */
export interface VerdictPast {
  /** Start of the current verdict. */
  readonly since: string;
  /** Previous verdict; absent when it never changed. */
  readonly before?: Verdict;
  readonly firstSeenAt: string;
  /** Number of records with this control, including this one. */
  readonly records: number;
}

/** Follows records in order, and keeps one entry per control, for any number of records. */
export class VerdictHistory {
  readonly #pasts = new Map<ControlId, VerdictPast & { readonly verdict: Verdict }>();

  follow({ at, controls }: Pick<Evaluation, 'at' | 'controls'>): void {
    for (const { id, verdict } of controls) {
      const past = this.#pasts.get(id);
      if (past === undefined) {
        this.#pasts.set(id, { verdict, since: at, firstSeenAt: at, records: 1 });
      } else if (past.verdict === verdict) {
        this.#pasts.set(id, { ...past, records: past.records + 1 });
      } else {
        const { firstSeenAt, records, verdict: before } = past;
        this.#pasts.set(id, { verdict, since: at, before, firstSeenAt, records: records + 1 });
      }
    }
  }

  /** Returns the history of a control. @throws Error for a control that is in no followed record */
  of(id: ControlId): VerdictPast {
    const past = this.#pasts.get(id);
    if (past === undefined) throw new Error(`No record of ${id} was followed`);
    return past;
  }
}

/** A record with the history of its verdicts up to it. */
export interface TracedEvaluation {
  readonly evaluation: StoredEvaluation;
  /** Valid until the next record is requested. */
  readonly history: VerdictHistory;
}

/** Records of an export: one, or all of a range. */
export type RecordChoice =
  { readonly record: StoredEvaluation } | { readonly from?: Date | undefined; readonly to?: Date | undefined };

/** Yields the chosen records. Earlier records are read too, for the history. Keeps one record in memory at a time. */
export async function* traceEvaluations(
  reader: Pick<EvaluationReader, 'list'>,
  connectionId: string,
  choice: RecordChoice,
): AsyncGenerator<TracedEvaluation> {
  const history = new VerdictHistory();
  for await (const evaluation of reader.list(connectionId, endOf(choice))) {
    history.follow(evaluation);
    if (isChosen(evaluation, choice)) yield { evaluation, history };
  }
}

function endOf(choice: RecordChoice): { readonly to?: Date } {
  // Record times have a resolution of one millisecond; one more includes the record itself.
  if ('record' in choice) return { to: new Date(Date.parse(choice.record.at) + 1) };
  return choice.to === undefined ? {} : { to: choice.to };
}

function isChosen({ sequence, at }: StoredEvaluation, choice: RecordChoice): boolean {
  if ('record' in choice) return sequence === choice.record.sequence;
  return choice.from === undefined || new Date(at) >= choice.from;
}
