import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { BundleRecord } from '../../evidence/proof/bundle.js';
import type { ExportRecord } from '../../evidence/export.js';

/** A record that may have a body, which is JSON text already. */
type StreamedRecord = ExportRecord | BundleRecord;

/** Writing is in pieces of about this size: one system call a record would be most of the time. */
const PIECE_CHARACTERS = 64 * 1024;

/**
 * Writes one record a line. Records are read only as fast as they can be written.
 *
 * @throws what the records throw; what was written by then stays written
 */
export async function writeJsonLines(
  records: AsyncIterable<StreamedRecord>,
  to: Writable,
  signal: AbortSignal,
): Promise<void> {
  await write(inPieces(jsonLines(records)), to, signal);
}

/** Writes all records as one JSON array. When reading fails, the array is left open: half of it must not pass for all. */
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
 * Texts that are JSON, as one array. Yields nothing before the first is there, so that a failure before it still leaves room
 * for its own document.
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

/** Writes texts one after the other, as {@link writeJsonLines} writes records. */
export async function writeTexts(texts: AsyncIterable<string>, to: Writable, signal: AbortSignal): Promise<void> {
  await write(inPieces(texts), to, signal);
}

/**
 * One record as JSON. The body is put in as it was stored, byte for byte, so that its SHA-256 can be checked against
 * the text of the line itself.
 */
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

/** A reader that closes the pipe early has what it wanted. */
async function write(pieces: AsyncIterable<string>, to: Writable, signal: AbortSignal): Promise<void> {
  try {
    await pipeline(Readable.from(pieces), to, { end: false, signal });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EPIPE')) throw error;
  }
}
