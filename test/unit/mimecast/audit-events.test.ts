import { describe, expect, test } from 'vitest';
import { readAuditPage, type AuditEvent } from '../../../mimecast/audit-events.js';
import type { RangePageRequest } from '../../../mimecast/paged-reading.js';
import { failing, good, rejection, sendJson, serve } from '../../support/mimecast/server.js';

const request: RangePageRequest = {
  start: new Date('2026-01-05T06:00:00Z'),
  end: new Date('2026-01-05T12:00:00Z'),
  pageSize: 500,
  tokenIn: 'meta',
};
const item = {
  id: 'event-1',
  auditType: 'User Logged On',
  user: 'user@example.com',
  eventTime: '2026-01-05T09:00:07+0000',
  eventInfo: 'details',
  category: 'authentication_logs',
};

async function read(body: unknown, changes: Partial<RangePageRequest> = {}) {
  const server = await serve((response) => {
    sendJson(response, body);
  });
  return { page: readAuditPage(server.api(), { ...request, ...changes }), server };
}

test('a page is asked for with its filters and read into events', async () => {
  const { page, server } = await read(good([item], { pageSize: 1, next: 'token-2' }));
  const event: AuditEvent = {
    id: 'event-1',
    eventTime: new Date('2026-01-05T09:00:07Z'),
    auditType: 'User Logged On',
    category: 'authentication_logs',
    user: 'user@example.com',
    raw: item,
  };
  expect(await page).toMatchObject({
    events: [event],
    nextToken: 'token-2',
    provenance: { path: '/api/audit/get-audit-events', httpStatus: 200 },
  });
  expect(server.seen[0]?.body).toEqual({
    meta: { pagination: { pageSize: 500 } },
    data: [{ startDateTime: '2026-01-05T06:00:00+0000', endDateTime: '2026-01-05T12:00:00+0000' }],
  });
});

test('the token goes out beside the filters, where the connection wants it', async () => {
  const filters = { startDateTime: '2026-01-05T06:00:00+0000', endDateTime: '2026-01-05T12:00:00+0000' };
  const meta = await read(good([item]), { pageToken: 't' });
  await meta.page;
  expect(meta.server.seen[0]?.body.data).toEqual([filters]);
  expect(meta.server.seen[0]?.body.meta?.pagination).toEqual({ pageSize: 500, pageToken: 't' });

  const data = await read(good([item]), { pageToken: 't', tokenIn: 'data' });
  await data.page;
  expect(data.server.seen[0]?.body.data).toEqual([{ ...filters, pageToken: 't' }]);
});

test('a page without events ends the range, token or not', async () => {
  const { page } = await read(good([], { next: 'token-2' }));
  expect(await page).not.toHaveProperty('nextToken');
  const other = await read(good([{ pageToken: 'token-2' }]));
  expect(await other.page).toMatchObject({ events: [] });
  expect(await other.page).not.toHaveProperty('nextToken');
});

test('a token among the events is no event', async () => {
  const { page } = await read(good([item, { pageToken: 'token-2' }]));
  expect(await page).toMatchObject({ events: [{ id: 'event-1' }], nextToken: 'token-2' });
});

test.each([{ user: undefined }, { user: null }, { user: '' }])('an event may name no user: %j', async (change) => {
  const { page } = await read(good([{ ...item, ...change }]));
  expect((await page).events[0]?.user).toBe('');
});

test.each([
  [{ id: undefined }, 'data[1].id'],
  [{ id: '' }, 'data[1].id'],
  [{ eventTime: undefined }, 'data[1].eventTime'],
  [{ eventTime: 'value-canary' }, 'data[1].eventTime'],
])('an event with %j fails the page and is named', async (change, where) => {
  const { page } = await read(good([item, { ...item, ...change }]));
  const error = await rejection(page);
  expect(error).toMatchObject({ name: 'MimecastRequestError', reason: 'shape', httpStatus: 200 });
  expect((error as Error).message).toContain(where);
  expect((error as Error).message).not.toContain('value-canary');
});

test.each([null, 'text', []])('an item that is %j fails the page', async (odd) => {
  const { page } = await read(good([item, odd]));
  expect(await rejection(page)).toMatchObject({ reason: 'shape' });
});

test('a token that is no text fails the page', async () => {
  const { page } = await read(good([item], { next: 7 }));
  expect(await rejection(page)).toMatchObject({ reason: 'shape' });
});

describe('a token that Mimecast no longer takes', () => {
  test('is told apart from a request that is wrong in itself', async () => {
    const with_ = await read(failing('err_validation_null'), { pageToken: 't' });
    expect(await rejection(with_.page)).toMatchObject({ reason: 'token-refused' });
    const without = await read(failing('err_validation_null'));
    expect(await rejection(without.page)).toMatchObject({ reason: 'rejected' });
  });
});
