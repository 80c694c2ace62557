import { expect, test } from 'vitest';
import { ENDPOINTS } from '../../../mimecast/endpoints.js';
import { PROTECTION_LOGS, type ProtectionName } from '../../../mimecast/protection-logs.js';
import type { RangePageRequest } from '../../../mimecast/paged-reading.js';
import { readProtectionPage } from '../../../mimecast/protection-page.js';
import { lateRows } from '../../../sandbox/index.js';
import { failing, good, rejection, sendJson, serve } from '../../support/mimecast/server.js';

const request: RangePageRequest = {
  start: new Date('2026-11-20T00:00:00Z'),
  end: new Date('2026-11-21T00:00:00Z'),
  pageSize: 100,
  tokenIn: 'meta',
};

async function read(name: ProtectionName, answer: unknown, changes: Partial<RangePageRequest> = {}) {
  const server = await serve((response) => {
    sendJson(response, answer);
  });
  return { page: readProtectionPage(server.api(), name, { ...request, ...changes }), server };
}

const RANGE = { from: '2026-11-20T00:00:00+0000', to: '2026-11-21T00:00:00+0000', oldestFirst: true };

test.each<[ProtectionName, object]>([
  ['url', { ...RANGE, route: 'all', scanResult: 'all' }],
  ['attachment', { ...RANGE, route: 'all', result: 'all' }],
  ['impersonation', RANGE],
  ['dlp', RANGE],
])('%s is asked for all of its rows, with the range and the token', async (name, filters) => {
  const { endpoint, listKey } = PROTECTION_LOGS[name];
  const rows = lateRows(endpoint, 2, 0);
  const { page, server } = await read(name, good([{ [listKey]: rows }], { pageSize: 2, next: 'token-2' }), {
    pageToken: 'token-1',
  });
  expect(await page).toMatchObject({ nextToken: 'token-2', rows: rows.map((raw) => ({ raw })) });
  expect(server.seen).toMatchObject([
    {
      method: 'POST',
      path: ENDPOINTS[endpoint].path,
      body: { meta: { pagination: { pageSize: 100, pageToken: 'token-1' } }, data: [filters] },
    },
  ]);
});

test.each<[string, unknown]>([
  ['a list without rows', good([{ clickLogs: [] }])],
  ['no item', good([])],
  ['an empty page with a token', good([{ clickLogs: [] }], { pageSize: 0, next: 'more' })],
])('%s is the end', async (_, answer) => {
  const { page } = await read('url', answer);
  const { rows, nextToken } = await page;
  expect([rows, nextToken]).toEqual([[], undefined]);
});

test.each<[string, unknown, RegExp]>([
  ['a list that is not there', good([{ resultCount: 0 }]), /no list in data\[0\]\.clickLogs/],
  ['a list that is none', good([{ clickLogs: 'canary' }]), /no list in data\[0\]\.clickLogs/],
  ['a row that is none', good([{ clickLogs: ['canary'] }]), /data\[0\]\.clickLogs\[0\]\.item/],
  ['a row without a time', good([{ clickLogs: [{ url: 'canary' }] }]), /data\[0\]\.clickLogs\[0\]\.date/],
])('%s fails the page: it is not taken for a quiet day', async (_, answer, detail) => {
  const { page } = await read('url', answer);
  const error = await rejection(page);
  expect(error).toMatchObject({
    name: 'MimecastRequestError',
    reason: 'shape',
    message: expect.stringMatching(detail) as string,
  });
  expect(String(error)).not.toContain('canary');
});

test('what is refused in a 200 is refused', async () => {
  const { page } = await read('url', failing('err_something_new'));
  expect(await rejection(page)).toMatchObject({ name: 'MimecastRequestError' });
});
