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
  /** The person or team responsible for it. */
  readonly owner: string;
  readonly reason: string;
  /** When it ends. Must be in the future: every annotation expires. */
  readonly expiresAt: Date;
  /** Of an attestation: lower-case hex SHA-256 of the file, and its name. The file itself is not sent. */
  readonly file?: { readonly sha256: string; readonly name: string };
}

/** Builds the message. The id is made here, so that a message that is sent again adds nothing. */
export function annotationRequest({ expiresAt, ...said }: NewAnnotation): AnnotationRequest {
  // An invalid date has no ISO form. The connection rejects it like a missing one.
  const expires = Number.isNaN(expiresAt.getTime()) ? '' : expiresAt.toISOString();
  return { ...said, annotationId: randomBytes(5).toString('hex'), expiresAt: expires };
}
