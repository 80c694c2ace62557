/**
 * Arrays in Postgres' binary format, for parameters with many elements: no quoting, no escaping, a third of the bytes of
 * the text form, and nothing for the server to parse.
 *
 * Layout, all big-endian (`array_send` and `array_recv` in PostgreSQL's `arrayfuncs.c`): dimensions, has-nulls flag,
 * element type, length, lower bound, then each element with its size before it.
 */

const HEADER_BYTES = 20;
const SIZE_BYTES = 4;
const OID = { bytea: 17, text: 25, timestamptz: 1184 } as const;

/** Milliseconds from the Unix epoch to Postgres' own, 2000-01-01. */
const POSTGRES_EPOCH_MS = 946_684_800_000;
const MICROSECONDS_PER_MS = 1000n;

/** `text[]`. NUL, which Postgres text cannot contain, and lone surrogates become U+FFFD. */
export function textArray(values: readonly string[]): Buffer {
  const texts = values.map((value) => (value.includes('\0') ? value.replaceAll('\0', '\uFFFD') : value));
  return array(
    OID.text,
    texts,
    (text) => Buffer.byteLength(text),
    (buffer, text, offset) => buffer.write(text, offset),
  );
}

/** `bytea[]`. */
export function byteaArray(values: readonly Buffer[]): Buffer {
  return array(
    OID.bytea,
    values,
    (value) => value.length,
    (buffer, value, offset) => value.copy(buffer, offset),
  );
}

/** `timestamptz[]`: microseconds. */
export function timestamptzArray(values: readonly Date[]): Buffer {
  return array(
    OID.timestamptz,
    values,
    () => 8,
    (buffer, value, offset) =>
      buffer.writeBigInt64BE(BigInt(value.getTime() - POSTGRES_EPOCH_MS) * MICROSECONDS_PER_MS, offset),
  );
}

/**
 * Writes everything into one buffer: a page has thousands of elements, and a buffer for each would cost more than the
 * elements.
 */
function array<Element>(
  elementType: number,
  elements: readonly Element[],
  sizeOf: (element: Element) => number,
  write: (buffer: Buffer, element: Element, offset: number) => unknown,
): Buffer {
  if (elements.length === 0) return emptyArray(elementType);

  const sizes = elements.map(sizeOf);
  const bytes = sizes.reduce((sum, size) => sum + SIZE_BYTES + size, HEADER_BYTES);
  const buffer = Buffer.allocUnsafe(bytes);
  let offset = 0;
  for (const header of [1, 0, elementType, elements.length, 1]) offset = buffer.writeInt32BE(header, offset);
  for (const [index, element] of elements.entries()) {
    const size = sizes[index] ?? 0;
    offset = buffer.writeInt32BE(size, offset);
    write(buffer, element, offset);
    offset += size;
  }
  return buffer;
}

/** An empty array has no dimension. */
function emptyArray(elementType: number): Buffer {
  const buffer = Buffer.alloc(12);
  buffer.writeInt32BE(elementType, 8);
  return buffer;
}
