import { parseHeader, parseProofRecord, type BundleHeader } from './bundle.js';
import { LogVerifier, type Checkpointed, type Verification } from './verifier.js';
import { verificationOf } from './verify.js';

/** The input is not a bundle, or not the expected one. This says nothing about the evidence. */
export class EvidenceBundleError extends Error {
  override readonly name = 'EvidenceBundleError';
  readonly nextStep: string;

  constructor(problem: string, nextStep: string) {
    super(`${problem} ${nextStep}`);
    this.nextStep = nextStep;
  }
}

/**
 * Verifies a bundle in one pass over its lines, without a database.
 *
 * @param checkpointOf returns the position of an authentic checkpoint for the bundle's connection; may throw
 * @throws EvidenceBundleError when the first line is not the header of a bundle
 * @throws errors of reading the lines
 */
export async function verifyBundle(
  lines: AsyncIterable<string>,
  checkpointOf: (header: BundleHeader) => Checkpointed | undefined = () => undefined,
): Promise<Verification> {
  let verifier: LogVerifier | undefined;
  let header: BundleHeader | undefined;
  let checkpoint: Checkpointed | undefined;
  let number = 0;
  for await (const line of lines) {
    number += 1;
    if (!header || !verifier) {
      header = parseHeader(line);
      if (!header) throw notABundle();
      checkpoint = checkpointOf(header);
      verifier = new LogVerifier(header.connectionId, checkpoint);
      continue;
    }
    const record = parseProofRecord(line);
    const broken = record
      ? verifier.take(record)
      : { sequence: verifier.length, kind: 'line', reason: `line ${number}, after this entry, is not one of a bundle` };
    if (broken) return verificationOf(header.connectionId, verifier, checkpoint, broken);
  }
  if (!header || !verifier) throw notABundle();
  return verificationOf(header.connectionId, verifier, checkpoint, verifier.end(header.head));
}

function notABundle(): EvidenceBundleError {
  return new EvidenceBundleError(
    'This is not a bundle that this version reads.',
    'Make one: temporal-mimecast export <id> --what bundle > bundle.jsonl',
  );
}
