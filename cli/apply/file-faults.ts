import { fieldName, type ApplyFault } from '../../client/apply/faults.js';
import { CliError, type FileFault } from '../console/failures.js';
import type { FileDocument } from './yaml-files.js';

/** The files cannot be applied. Everything that is wrong with them is told at once. */
export class FileFaultsError extends CliError {
  readonly faults: readonly FileFault[];

  /** @param files in the order in which they were named */
  constructor(faults: readonly FileFault[], files: readonly string[]) {
    const count = faults.length === 1 ? 'One fault was' : `${faults.length} faults were`;
    super('invalid-file', `${count} found. Nothing was changed.`, 'Mend the files, then apply again.');
    const place = (fault: FileFault): number => files.indexOf(fault.file);
    this.faults = [...faults].sort((a, b) => place(a) - place(b) || a.line - b.line);
  }
}

/** Where in which file a fault is. */
export function inFile(fault: ApplyFault, documents: readonly FileDocument[]): FileFault {
  const { document, path, message, other } = fault;
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
