import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readPage, requestBody, UnreadableToken } from '../../../mimecast/pagination.js';

const filters = [{ startDateTime: 'a', endDateTime: 'b' }];

describe('asking for a page', () => {
  test('the filters go out with every token, in both forms', () => {
    expect(requestBody([], undefined)).toEqual({ data: [] });
    expect(requestBody(filters, { size: 500, tokenIn: 'data' })).toEqual({
      meta: { pagination: { pageSize: 500 } },
      data: filters,
    });
    expect(requestBody(filters, { size: 500, token: 't', tokenIn: 'meta' })).toEqual({
      meta: { pagination: { pageSize: 500, pageToken: 't' } },
      data: filters,
    });
    expect(requestBody(filters, { size: 500, token: 't', tokenIn: 'data' })).toEqual({
      meta: { pagination: { pageSize: 500 } },
      data: [{ startDateTime: 'a', endDateTime: 'b', pageToken: 't' }],
    });
    expect(requestBody([], { size: 5, token: 't', tokenIn: 'data' })['data']).toEqual([{ pageToken: 't' }]);
  });
});

describe('finding the next page', () => {
  const row = { id: '1' };
  const page = (body: object, data: unknown[]) => readPage({ ...body, data }, data);

  test.each([
    ['the documented token', page({ meta: { pagination: { next: 't' } } }, [row]), { rows: [row], nextToken: 't' }],
    ['a token of the body', page({ pageToken: 't' }, [row]), { rows: [row], nextToken: 't' }],
    ['an item that is only a token', page({}, [{ pageToken: 't' }, row]), { rows: [row], nextToken: 't' }],
    ['a token within a row', page({}, [{ ...row, pageToken: 't' }]), { rows: [row], nextToken: 't' }],
    ['no token', page({ meta: { pagination: { pageSize: 1 } } }, [row]), { rows: [row] }],
    [
      'a total of all pages',
      page({ meta: { pagination: { next: 't', totalCount: 7 } } }, [row]),
      { rows: [row], nextToken: 't', totalCount: 7 },
    ],
    ['a total that is none', page({ meta: { pagination: { totalCount: '7' } } }, [row]), { rows: [row] }],
    ['an empty token', page({ meta: { pagination: { next: '' } }, pageToken: null }, [row]), { rows: [row] }],
    [
      'the documented one first',
      page({ meta: { pagination: { next: 't' } }, pageToken: 'u' }, []),
      { rows: [], nextToken: 't' },
    ],
    ['rows that are odd stay', page({ pageToken: 't' }, [{}, 7]), { rows: [{}, 7], nextToken: 't' }],
  ])('%s', (_, found, wanted) => {
    expect(found).toEqual(wanted);
  });

  test.each([7, {}, ['t'], true])('a token that is %j is a failure, never the end', (next) => {
    expect(() => page({ meta: { pagination: { next } } }, [row])).toThrow(UnreadableToken);
    expect(() => page({ pageToken: next }, [row])).toThrow(UnreadableToken);
    expect(() => page({}, [{ pageToken: next }])).toThrow(UnreadableToken);
  });

  test('in whichever form a token comes, all rows are found and nothing but them', () => {
    const rows = fc.array(fc.record({ id: fc.string() }));
    const form = fc.constantFrom('meta', 'body', 'item', 'last item');
    fc.assert(
      fc.property(rows, form, fc.string({ minLength: 1 }), (data, where, token) => {
        const item = { pageToken: token };
        const found = {
          meta: () => page({ meta: { pagination: { next: token } } }, data),
          body: () => page({ pageToken: token }, data),
          item: () => page({}, [item, ...data]),
          'last item': () => page({}, [...data, item]),
        }[where]();
        expect(found).toEqual({ rows: data, nextToken: token });
      }),
    );
  });
});
