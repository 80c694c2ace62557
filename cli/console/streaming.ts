import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { BundleRecord } from '../../evidence/proof/bundle.js';
import type { ExportRecord } from '../../evidence/export.js';
import { jsonText } from '../../model/text.js';

/** A record with an optional body, which is already JSON text. */
type StreamedRecord = ExportRecord | BundleRecord;

/** Approximate size of a write; one system call per record would dominate the time. */
const PIECE_CHARACTERS = 64 * 1024;

/**
 * Writes one record per line. Records are read at the speed of the writer.
 *
 * @throws errors of the records; what is already written stays
 */
export async function writeJsonLines(
  records: AsyncIterable<StreamedRecord>,
  to: Writable,
  signal: AbortSignal,
): Promise<void> {
  await write(inPieces(jsonLines(records)), to, signal);
}

/** Writes all records as one JSON array. When reading fails, the array is not closed: a part must not look complete. */
export async function writeJsonArray(
  records: AsyncIterable<StreamedRecord>,
  to: Writable,
  signal: AbortSignal,
): Promise<void> {
  await write(inPieces(jsonArray(records)), to, signal);
}

async function* jsonLines(records: AsyncIterable<StreamedRecord>): AsyncGenerator<string> {
  for await (const record of records) yield `${recordText(record)}\n`;
}

async function* jsonArray(records: AsyncIterable<StreamedRecord>): AsyncGenerator<string> {
  yield* arrayOf(mapped(records, recordText));
}

/**
 * Joins JSON texts to one array. Yields nothing before the first text, so that an earlier failure can still print its
 * own document.
 */
export async function* arrayOf(texts: AsyncIterable<string>): AsyncGenerator<string> {
  let opening = '[\n';
  for await (const text of texts) {
    yield opening + text;
    opening = ',\n';
  }
  yield opening === '[\n' ? '[]\n' : '\n]\n';
}

async function* mapped<Item, Result>(
  items: AsyncIterable<Item>,
  change: (item: Item) => Result,
): AsyncGenerator<Result> {
  for await (const item of items) yield change(item);
}

/** Writes texts sequentially, like {@link writeJsonLines}. */
export async function writeTexts(texts: AsyncIterable<string>, to: Writable, signal: AbortSignal): Promise<void> {
  await write(inPieces(texts), to, signal);
}

/** Formats one record as JSON. The body is inserted unchanged, so that its SHA-256 can be computed from the line itself. */
export function recordText(streamed: StreamedRecord): string {
  const { body, ...record }: StreamedRecord & { readonly body?: string } = streamed;
  const text = JSON.stringify(record);
  return body === undefined ? text : `${text.slice(0, -1)},"body":${body}}`;
}

async function* inPieces(texts: AsyncIterable<string>): AsyncGenerator<string> {
  let piece = '';
  for await (const text of texts) {
    piece += text;
    if (piece.length < PIECE_CHARACTERS) continue;
    yield piece;
    piece = '';
  }
  if (piece !== '') yield piece;
}

const isTerminal = (to: Writable & { readonly isTTY?: boolean }): boolean => to.isTTY === true;

/**
 * Writes to a stream. A reader that closes the pipe early is not an error. Records are written unchanged, because their
 * hashes are known; only a terminal gets them with hidden characters escaped, as in JSON.
 */
async function write(pieces: AsyncIterable<string>, to: Writable, signal: AbortSignal): Promise<void> {
  try {
    await pipeline(Readable.from(isTerminal(to) ? mapped(pieces, jsonText) : pieces), to, { end: false, signal });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EPIPE')) throw error;
  }
}
