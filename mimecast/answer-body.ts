import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';

/** The answer is larger than allowed; reading stopped there. */
export class BodyTooLarge extends Error {
  override readonly name = 'BodyTooLarge';
}

/** The answer is compressed in a way that nobody asked for, or its compressed form is damaged. */
export class BodyEncodingProblem extends Error {
  override readonly name = 'BodyEncodingFault';
}

type Unpack = (packed: Buffer, options: { maxOutputLength: number; chunkSize: number }) => Promise<Buffer>;

/** A page of the audit log unpacks to about 200 KB: in one step instead of many, each a trip to another thread. */
const CHUNK_BYTES = 256 * 1024;

/** Content codings of RFC 9110, 8.4.1; `deflate` there is the zlib format. */
const UNPACKERS: ReadonlyMap<string, Unpack> = new Map<string, Unpack>([
  ['gzip', promisify(gunzip)],
  ['x-gzip', promisify(gunzip)],
  ['deflate', promisify(inflate)],
  ['br', promisify(brotliDecompress)],
]);

/**
 * Reads an answer whole and unpacks it.
 *
 * @param maxBytes counts both what travels and what comes out: unpacking stops at the limit, whatever the packed size
 * @throws {BodyTooLarge | BodyEncodingProblem} and what the stream itself fails with
 */
export async function readBody(body: AsyncIterable<Buffer>, coding: string, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > maxBytes) throw new BodyTooLarge();
    chunks.push(chunk);
  }
  const bytes = await unpack(Buffer.concat(chunks, size), coding, maxBytes);
  return new TextDecoder().decode(bytes);
}

async function unpack(packed: Buffer, coding: string, maxBytes: number): Promise<Buffer> {
  // An answer without a body may still name the coding that it would have had.
  if (coding === '' || coding === 'identity' || packed.length === 0) return packed;

  const unpacker = UNPACKERS.get(coding);
  if (unpacker === undefined) throw new BodyEncodingProblem();
  try {
    return await unpacker(packed, { maxOutputLength: maxBytes, chunkSize: CHUNK_BYTES });
  } catch (error) {
    throw isTooLarge(error) ? new BodyTooLarge() : new BodyEncodingProblem();
  }
}

const isTooLarge = (error: unknown): boolean =>
  error instanceof RangeError && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
