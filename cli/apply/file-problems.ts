import { fieldName, type ApplyProblem } from '../../client/apply/problems.js';
import { CliError, type FileProblem } from '../console/failures.js';
import type { FileDocument } from './yaml-files.js';

/** The files cannot be applied. Reports all problems in them at once. */
export class FileProblemsError extends CliError {
  readonly faults: readonly FileProblem[];

  /** @param files in the order of the command line */
  constructor(problems: readonly FileProblem[], files: readonly string[]) {
    const count = problems.length === 1 ? 'One fault was' : `${problems.length} faults were`;
    super('invalid-file', `${count} found. Nothing was changed.`, 'Mend the files, then apply again.');
    const place = (problem: FileProblem): number => files.indexOf(problem.file);
    this.faults = [...problems].sort((a, b) => place(a) - place(b) || a.line - b.line);
  }
}

/** Adds file and line to a problem. */
export function inFile(problem: ApplyProblem, documents: readonly FileDocument[]): FileProblem {
  const { document, path, message, other } = problem;
  const { file, line } = placeOf(documents, document, path);
  const first = other && placeOf(documents, other.document, other.path);
  return {
    file,
    line,
    field: fieldName(path),
    message: first ? `${message}: first at ${first.file}:${first.line}` : message,
  };
}

function placeOf(documents: readonly FileDocument[], index: number, path: readonly string[]) {
  const document = documents[index];
  return { file: document?.file ?? '', line: document?.lineOf(path) ?? 1 };
}
