import { lockConnection } from '../database/connection-row.js';
import type { Database, Queryable } from '../database/database.js';
import { EvidenceNotFoundError } from '../database/errors.js';
import { append } from '../log/append.js';
import type { Annotation, AnnotationKind, ControlId } from '../../model/verdicts.js';

/** Annotations of controls. */
export interface Annotations {
  /** @throws EvidenceNotFoundError when there is no such connection */
  add(annotation: NewAnnotation): Promise<Annotation>;
  /**
   * Ends an annotation before it expires. One that has ended already is left unchanged.
   *
   * @throws EvidenceNotFoundError when the connection has no such annotation
   */
  withdraw(connectionId: string, annotationId: string): Promise<Annotation>;
  /** Returns all annotations, oldest first, including those that ended. */
  list(connectionId: string): Promise<Annotation[]>;
}

/** An annotation to be stored. Its id comes from the requester, so that a repeated attempt adds nothing. */
export interface NewAnnotation extends Omit<Annotation, 'createdAt' | 'expiresAt' | 'withdrawnAt'> {
  readonly expiresAt: Date;
}

export function createAnnotations(db: Database): Annotations {
  return {
    add: (annotation) => db.transaction((client) => add(client, annotation)),
    withdraw: (connectionId, annotationId) => db.transaction((client) => withdraw(client, connectionId, annotationId)),
    list: (connectionId) => readAnnotations(db, connectionId),
  };
}

interface AnnotationRecord {
  readonly annotation_id: string;
  readonly connection_id: string;
  readonly control_id: ControlId;
  readonly kind: AnnotationKind;
  readonly owner: string;
  readonly reason: string;
  readonly file_name: string | null;
  readonly file_sha256: Buffer | null;
  readonly created_at: Date;
  readonly expires_at: Date;
  readonly withdrawn_at: Date | null;
}

const COLUMNS = `
  annotation_id, connection_id, control_id, kind, owner, reason, file_name, file_sha256, created_at, expires_at,
  withdrawn_at`;

/** Adds an annotation. One with the same id is the same attempt: it stays as first stored. */
async function add(client: Queryable, annotation: NewAnnotation): Promise<Annotation> {
  const { annotationId, connectionId, controlId, kind, owner, reason, expiresAt, file } = annotation;
  await lockConnection(client, connectionId);
  const before = (await readAnnotations(client, connectionId)).find((known) => known.annotationId === annotationId);
  if (before) return before;

  const [record] = await client.query<AnnotationRecord>({
    text: `
      insert into mimecast.annotations (connection_id, annotation_id, control_id, kind, owner, reason, file_name, file_sha256,
                                        created_at, expires_at)
      values ($1, $2, $3, $4, $5, $6, $7, decode($8, 'hex'), now(), $9)
      returning ${COLUMNS}`,
    values: [
      ...[connectionId, annotationId, controlId, kind, owner, reason],
      ...[file?.name ?? null, file?.sha256 ?? null, expiresAt],
    ],
  });
  if (!record) throw new Error(`No annotation of ${controlId} was stored`);
  const added = toAnnotation(record);
  await append(client, connectionId, 'annotated', { ...added });
  return added;
}

async function withdraw(client: Queryable, connectionId: string, annotationId: string): Promise<Annotation> {
  await lockConnection(client, connectionId);
  const before = (await readAnnotations(client, connectionId)).find((known) => known.annotationId === annotationId);
  if (!before) throw new EvidenceNotFoundError(`annotation ${annotationId} of "${connectionId}"`);
  if (before.withdrawnAt !== undefined) return before;

  const [record] = await client.query<AnnotationRecord>({
    text: `
      update mimecast.annotations set withdrawn_at = now()
       where connection_id = $1 and annotation_id = $2 returning ${COLUMNS}`,
    values: [connectionId, annotationId],
  });
  await append(client, connectionId, 'annotation-withdrawn', { annotationId, controlId: before.controlId });
  return record ? toAnnotation(record) : before;
}

async function readAnnotations(client: Queryable, connectionId: string): Promise<Annotation[]> {
  const records = await client.query<AnnotationRecord>({
    text: `select ${COLUMNS} from mimecast.annotations where connection_id = $1 order by created_at, annotation_id`,
    values: [connectionId],
  });
  return records.map(toAnnotation);
}

function toAnnotation(record: AnnotationRecord): Annotation {
  const { file_name: name, file_sha256: digest } = record;
  return {
    annotationId: record.annotation_id,
    connectionId: record.connection_id,
    controlId: record.control_id,
    kind: record.kind,
    owner: record.owner,
    reason: record.reason,
    createdAt: record.created_at.toISOString(),
    expiresAt: record.expires_at.toISOString(),
    ...(name !== null && digest !== null && { file: { sha256: digest.toString('hex'), name } }),
    ...(record.withdrawn_at !== null && { withdrawnAt: record.withdrawn_at.toISOString() }),
  };
}
