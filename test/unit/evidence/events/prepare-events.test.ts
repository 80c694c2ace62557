import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson } from '../../../../evidence/database/canonical.js';
import { byteaArray, textArray, timestamptzArray } from '../../../../evidence/database/binary-arrays.js';
import { prepareEvents } from '../../../../evidence/events/prepare-events.js';
import { auditEvent } from '../../../support/evidence.js';

/** Reads Postgres' binary array format back, by its documented layout and not by our writer. */
function elementsOf(array: Buffer | undefined): Buffer[] {
  if (!array) throw new Error('no such column');
  const elements: Buffer[] = [];
  if (array.readInt32BE(0) === 0) return elements;
  const count = array.readInt32BE(12);
  let offset = 20;
  for (let index = 0; index < count; index += 1) {
    const size = array.readInt32BE(offset);
    elements.push(array.subarray(offset + 4, offset + 4 + size));
    offset += 4 + size;
  }
  expect(offset).toBe(array.length);
  return elements;
}

describe('binary arrays', () => {
  test('have the header that Postgres expects', () => {
    expect(textArray(['a', 'é']).toString('hex')).toBe(
      ['00000001', '00000000', '00000019', '00000002', '00000001', '0000000161', '00000002c3a9'].join(''),
    );
    expect(byteaArray([]).toString('hex')).toBe('000000000000000000000011');
    expect(
      timestamptzArray([new Date('2000-01-01T00:00:01Z')])
        .subarray(24)
        .toString('hex'),
    ).toBe('00000000000f4240');
    expect(
      timestamptzArray([new Date('1999-12-31T23:59:59Z')])
        .subarray(24)
        .toString('hex'),
    ).toBe('fffffffffff0bdc0');
  });

  test('give back any text, but for what Postgres text cannot hold', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), (texts) => {
        const read = elementsOf(textArray(texts)).map((element) => element.toString());
        expect(read).toEqual(texts.map((text) => text.replaceAll('\0', '\ufffd')));
        expect(read.join('')).not.toContain('\0');
      }),
    );
  });
});

describe('a page of events', () => {
  test('comes in the order of the key, whatever order it was answered in', () => {
    const events = Array.from({ length: 20 }, (_, number) =>
      auditEvent(number, { eventTime: new Date(Date.UTC(2026, 2, 1) + (number % 3) * 1000) }),
    );
    fc.assert(
      fc.property(fc.shuffledSubarray(events, { minLength: 20 }), (shuffled) => {
        expect(prepareEvents(shuffled)).toEqual(prepareEvents(events));
      }),
    );
    const [times, ids] = prepareEvents(events).columns.map(elementsOf);
    const keys = times?.map((time, index) => Buffer.concat([time, ids?.[index] ?? Buffer.alloc(0)])) ?? [];
    expect(keys).toEqual(keys.toSorted((a, b) => a.compare(b)));
  });

  test('may be empty', () => {
    expect(prepareEvents([]).count).toBe(0);
    expect(prepareEvents([]).columns.map(elementsOf)).toEqual([[], [], [], [], [], [], []]);
  });
});

describe('canonical JSON', () => {
  test('does not depend on the order of keys and holds no raw control character', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue()), (body) => {
        const shuffled = Object.fromEntries(Object.entries(body).reverse());
        const text = canonicalJson(body);
        expect(canonicalJson(shuffled)).toBe(text);
        // eslint-disable-next-line no-control-regex -- control characters are what is looked for
        expect(text).not.toMatch(/[\0-\x1f]/);
        expect(Buffer.from(text).toString()).toBe(text);
      }),
    );
  });

  test('refuses what has no JSON form', () => {
    expect(() => canonicalJson(undefined)).toThrow(TypeError);
    expect(() => canonicalJson({ n: Number.NaN })).toThrow();
  });
});
