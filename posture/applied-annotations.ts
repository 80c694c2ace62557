import type { Annotation, AppliedAnnotation, ControlId } from '../model/verdicts.js';

/**
 * What people say about a control at a moment, oldest first: what was withdrawn is gone, what has expired is still shown, so
 * that somebody renews or withdraws it.
 */
export function appliedAnnotations(
  annotations: readonly Annotation[],
  controlId: ControlId,
  now: Date,
): AppliedAnnotation[] {
  return annotations
    .filter((annotation) => annotation.controlId === controlId && stands(annotation, now))
    .sort((one, other) => order(one.createdAt, other.createdAt) || order(one.annotationId, other.annotationId))
    .map(({ annotationId, kind, owner, reason, createdAt, expiresAt, file }) => ({
      annotationId,
      kind,
      owner,
      reason,
      createdAt,
      expiresAt,
      ...(file && { file }),
      expired: new Date(expiresAt) <= now,
    }));
}

function stands({ createdAt, withdrawnAt }: Annotation, now: Date): boolean {
  return new Date(createdAt) <= now && (withdrawnAt === undefined || new Date(withdrawnAt) > now);
}

const order = (one: string, other: string): number => (one === other ? 0 : one < other ? -1 : 1);
