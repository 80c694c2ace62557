import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';

/** The response is larger than allowed. Reading stopped at the limit. */
export class BodyTooLarge extends Error {
  override readonly name = 'BodyTooLarge';
}

/** The response uses an unsupported content coding, or its compressed bytes are damaged. */
export class BodyEncodingProblem extends Error {
  override readonly name = 'BodyEncodingFault';
}

type Unpack = (packed: Buffer, options: { maxOutputLength: number; chunkSize: number }) => Promise<Buffer>;

/** A page of the audit log unpacks to about 200 KB. One chunk of this size avoids several trips to the thread pool. */
const CHUNK_BYTES = 256 * 1024;

/** Content codings of RFC 9110, 8.4.1; `deflate` there is the zlib format. */
const UNPACKERS: ReadonlyMap<string, Unpack> = new Map<string, Unpack>([
  ['gzip', promisify(gunzip)],
  ['x-gzip', promisify(gunzip)],
  ['deflate', promisify(inflate)],
  ['br', promisify(brotliDecompress)],
]);

/**
 * Reads and unpacks a complete response body.
 *
 * @param coding value of `Content-Encoding` in lower case; empty when there is none
 * @param maxBytes limit for the bytes received and for the unpacked bytes; unpacking stops at the limit
 * @throws {BodyTooLarge | BodyEncodingProblem} and errors of the stream
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
  // A response without a body may still name a content coding.
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
