import type { Facts } from '../model/facts.js';
import type {
  Annotation,
  AnnotationKind,
  ControlId,
  Evaluation,
  StoredEvaluation,
  EvaluationHeadline,
} from '../model/verdicts.js';
import type { MomentRange } from '../model/time-ranges.js';

/** The records of what was said about connections. */
export interface Evaluations {
  /** Everything that controls look at, as the store held it at one moment. None when there is no such connection. */
  facts(connectionId: string, now: Date): Promise<Facts | undefined>;
  /** Keeps a record. The same evaluation again changes nothing: it is the same attempt, told twice. */
  record(evaluation: Evaluation): Promise<StoredEvaluation>;
  latest(connectionId: string): Promise<StoredEvaluation | undefined>;
  /** The record that was in force at a moment. */
  at(connectionId: string, moment: Date): Promise<StoredEvaluation | undefined>;
  /** In the order in which they were made, with flat memory. */
  list(connectionId: string, range?: MomentRange): AsyncIterable<StoredEvaluation>;
  /** What the newest record says, in short. */
  headline(connectionId: string): Promise<EvaluationHeadline | undefined>;
  /** The same for every connection that has one, by its id. */
  headlines(): Promise<ReadonlyMap<string, EvaluationHeadline>>;
}

/** What people say about controls. */
export interface Annotations {
  /** @throws EvidenceNotFoundError when there is no such connection */
  add(annotation: NewAnnotation): Promise<Annotation>;
  /**
   * Ends an annotation before it expires. One that has ended already stays as it is.
   *
   * @throws EvidenceNotFoundError when the connection has no such annotation
   */
  withdraw(connectionId: string, annotationId: string): Promise<Annotation>;
  /** All of them, oldest first, with those that ended. */
  list(connectionId: string): Promise<Annotation[]>;
}

export interface NewAnnotation {
  /** Made by whoever asks: an attempt that is repeated adds nothing. */
  readonly annotationId: string;
  readonly connectionId: string;
  readonly controlId: ControlId;
  readonly kind: AnnotationKind;
  readonly owner: string;
  readonly reason: string;
  readonly expiresAt: Date;
  readonly file?: { readonly sha256: string; readonly name: string };
}
