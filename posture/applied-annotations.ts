import type { Annotation, AppliedAnnotation, ControlId } from '../model/verdicts.js';

/**
 * Returns the annotations of a control at a time, oldest first. Withdrawn ones are omitted; expired ones are included,
 * so that they are renewed or withdrawn.
 */
export function appliedAnnotations(
  annotations: readonly Annotation[],
  controlId: ControlId,
  now: Date,
): AppliedAnnotation[] {
  return annotations
    .filter((annotation) => annotation.controlId === controlId && isActive(annotation, now))
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

function isActive({ createdAt, withdrawnAt }: Annotation, now: Date): boolean {
  return new Date(createdAt) <= now && (withdrawnAt === undefined || new Date(withdrawnAt) > now);
}

const order = (one: string, other: string): number => (one === other ? 0 : one < other ? -1 : 1);
