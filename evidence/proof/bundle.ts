import type { Database } from '../database/database.js';
import { EvidenceNotFoundError } from '../database/errors.js';
import { readHead, type LogHead } from '../log/append.js';
import { notNull, parseJsonObject } from '../../model/json.js';
import { proofRecords, type ProofEvidence, type ProofRecord } from './proof-records.js';
/** Increased when an older reader would not understand the form any more. */
const BUNDLE_FORMAT = 1;

/** First line of a bundle. */
export interface BundleHeader {
  readonly type: 'bundle';
  readonly format: number;
  readonly connectionId: string;
  readonly accountCode?: string;
  readonly accountName?: string;
  /** Head of the log. */
  readonly head: LogHead;
}

/**
 * The lines of a bundle: the header, then each log entry, directly followed by the evidence that it covers. All of it
 * is from one snapshot of the database; the same database gives the same bytes.
 */
export type BundleRecord = BundleHeader | ProofRecord;

/** @throws EvidenceNotFoundError when there is no such connection */
export function bundle(db: Database, connectionId: string): AsyncGenerator<BundleRecord> {
  return db.snapshot(async function* (client): AsyncGenerator<BundleRecord> {
    const [connection] = await client.query<{ account_code: string | null; account_name: string | null }>({
      text: 'select account_code, account_name from mimecast.connections where connection_id = $1',
      values: [connectionId],
    });
    const head = await readHead(client, connectionId);
    if (!connection || !head) throw new EvidenceNotFoundError(`connection "${connectionId}"`);
    const { account_code: accountCode, account_name: accountName } = connection;
    yield notNull({ type: 'bundle', format: BUNDLE_FORMAT, connectionId, accountCode, accountName, head });
    yield* proofRecords(client, connectionId);
  });
}

/** Parses a header. @returns undefined for another line, and for a form that this version does not understand */
export function parseHeader(line: string): BundleHeader | undefined {
  const header = parseJsonObject(line);
  if (header?.['type'] !== 'bundle' || header['format'] !== BUNDLE_FORMAT) return undefined;
  const head = header['head'] as Partial<LogHead> | undefined;
  const isWhole =
    typeof header['connectionId'] === 'string' && Number.isSafeInteger(head?.sequence) && isDigest(head?.hash);
  return isWhole ? (header as unknown as BundleHeader) : undefined;
}

const BODY = ',"body":';

/**
 * Parses one record of a bundle. The body is cut out of the line unchanged, because its exact bytes are hashed.
 *
 * @returns undefined for a line that is not part of a bundle
 */
export function parseProofRecord(line: string): ProofRecord | undefined {
  const at = line.startsWith('{"type":"entry"') ? -1 : line.indexOf(BODY);
  const fields = parseJsonObject(at < 0 ? line : `${line.slice(0, at)}}`);
  if (!fields) return undefined;
  if (fields['type'] === 'entry') return isEntry(fields) ? (fields as unknown as ProofRecord) : undefined;
  if (!isEvidence(fields) || !line.endsWith('}')) return undefined;
  return at < 0 ? fields : { ...fields, body: line.slice(at + BODY.length, -1) };
}

function isEntry({ sequence, hash, record }: Readonly<Record<string, unknown>>): boolean {
  return Number.isSafeInteger(sequence) && isDigest(hash) && typeof record === 'string';
}

function isEvidence(
  fields: Readonly<Record<string, unknown>>,
): fields is Readonly<Record<string, unknown>> & ProofEvidence {
  const { type, sha256, erasedBy, repeated, body } = fields;
  const isKnown =
    (type === 'event' || type === 'row' || type === 'observation' || type === 'evaluation') &&
    isDigest(sha256) &&
    body === undefined;
  return (
    isKnown &&
    (erasedBy === undefined || Number.isSafeInteger(erasedBy)) &&
    (repeated === undefined || repeated === true)
  );
}

const isDigest = (value: unknown): value is string => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
