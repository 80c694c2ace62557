/** One thing that is wrong with the documents of an `apply`. */
export interface ApplyProblem {
  /** Which document it is in, counted from 0. */
  readonly document: number;
  /** Path in the document: `['connections', 'acme', 'streams', 'policies', 'every']`. */
  readonly path: readonly string[];
  /** The problem, as the end of a sentence that begins with the field. Contains no key and no rejected value of one. */
  readonly message: string;
  /** A second place that is involved: where the same connection is defined again. */
  readonly other?: { readonly document: number; readonly path: readonly string[] };
}

/** A problem within one document. */
export type Problem = Omit<ApplyProblem, 'document'>;

/** The documents are invalid. Contains every problem; nothing was changed. */
export class MimecastApplyError extends Error {
  override readonly name = 'MimecastApplyError';
  readonly faults: readonly ApplyProblem[];

  constructor(problems: readonly ApplyProblem[]) {
    const lines = problems.map(({ document, path, message }) => `document ${document}: ${fieldName(path)} ${message}`);
    super([`Nothing was changed: ${problems.length} faults were found.`, ...lines].join('\n'));
    this.faults = problems;
  }
}

/** A field as people call it: `acme.streams.policies.every`. */
export function fieldName(path: readonly string[]): string {
  const [first, ...rest] = path;
  return first === 'connections' && rest.length > 0 ? rest.join('.') : path.join('.') || 'the document';
}
