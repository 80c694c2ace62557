import type { ControlId, Evaluation, StoredEvaluation, Verdict } from '../../model/verdicts.js';

/** The stored records of verdicts, as exports and reports read them. */
export interface EvaluationReader {
  latest(connectionId: string): Promise<StoredEvaluation | undefined>;
  /** The record that stood at a moment: the newest that is not after it. */
  at(connectionId: string, moment: Date): Promise<StoredEvaluation | undefined>;
  /** In order; `from` is the first moment, `to` the one before which it ends. */
  list(connectionId: string, range: { readonly from?: Date; readonly to?: Date }): AsyncIterable<StoredEvaluation>;
}

/** What came before a control's verdict. Moments are ISO, UTC. */
export interface VerdictPast {
  /** The verdict has been this one since then. */
  readonly since: string;
  /** What it was before; none when it has been this one from the first record on. */
  readonly before?: Verdict;
  readonly firstSeenAt: string;
  /** Records that hold the control, this one included. */
  readonly records: number;
}

/** Follows records in order and remembers of each control only how its verdict came about, however many records there are. */
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

  /** @throws Error for a control that no followed record holds */
  of(id: ControlId): VerdictPast {
    const past = this.#pasts.get(id);
    if (past === undefined) throw new Error(`No record of ${id} was followed`);
    return past;
  }
}

/** A record with everything that happened to its verdicts until then. */
export interface TracedEvaluation {
  readonly evaluation: StoredEvaluation;
  /** Holds until the next record is asked for. */
  readonly history: VerdictHistory;
}

/** Which records an export is about: one, or all of a range. */
export type RecordChoice =
  { readonly record: StoredEvaluation } | { readonly from?: Date | undefined; readonly to?: Date | undefined };

/** Reads the records that are asked for, and those before them for their history. Holds one record at a time. */
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
  // One millisecond, the grain of a record's moment, so that the record itself is read.
  if ('record' in choice) return { to: new Date(Date.parse(choice.record.at) + 1) };
  return choice.to === undefined ? {} : { to: choice.to };
}

function isChosen({ sequence, at }: StoredEvaluation, choice: RecordChoice): boolean {
  if ('record' in choice) return sequence === choice.record.sequence;
  return choice.from === undefined || new Date(at) >= choice.from;
}
