import { randomBytes } from 'node:crypto';
import type { AnnotationKind } from '../model/verdicts.js';
import type { AnnotationRequest } from '../contract/messages.js';

/** An annotation of one control: an exception, an accepted risk, or an attestation. */
export interface NewAnnotation {
  /** Id of the control, such as `archive-retention`. `temporal-mimecast controls` lists them. */
  readonly controlId: string;
  /**
   * `not-applicable` changes the verdict. `accepted-risk` and `attestation` are shown beside it. An attestation names a file
   * that proves what no endpoint shows.
   */
  readonly kind: AnnotationKind;
  /** Who is responsible for it. */
  readonly owner: string;
  readonly reason: string;
  /** When it ends. Must be in the future: every annotation expires. */
  readonly expiresAt: Date;
  /** Of an attestation: lower-case hex SHA-256 of the file, and its name. The file itself stays with its owner. */
  readonly file?: { readonly sha256: string; readonly name: string };
}

/** Named here, so that a message that has to be sent again says the same thing once. */
export function annotationRequest({ expiresAt, ...said }: NewAnnotation): AnnotationRequest {
  // A date that is none has no ISO form, and is refused by the connection like one that is missing.
  const expires = Number.isNaN(expiresAt.getTime()) ? '' : expiresAt.toISOString();
  return { ...said, annotationId: randomBytes(5).toString('hex'), expiresAt: expires };
}
