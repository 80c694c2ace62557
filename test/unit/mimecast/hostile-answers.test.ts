import { describe, expect, test } from 'vitest';
import { accountIdentity } from '../../../activities/keys/account-identity.js';
import { prepareEvents } from '../../../evidence/events/prepare-events.js';
import { canonicalJson } from '../../../evidence/database/canonical.js';
import { readAuditPage } from '../../../mimecast/audit-events.js';
import { readProtectionPage } from '../../../mimecast/protection-page.js';
import { readEndpoint } from '../../../mimecast/read-endpoint.js';
import { PROTOTYPE_NAMES } from '../../support/hostile.js';
import { nested, serveHostile } from '../../support/mimecast/hostile-answers.js';
import { failing, good, rejection, sendJson, serve } from '../../support/mimecast/server.js';

const request = { pageSize: 500, tokenIn: 'meta' } as const;
const range = {
  ...request,
  start: new Date('2026-04-01T00:00:00Z'),
  end: new Date('2026-04-01T01:00:00Z'),
};

async function apiAnswering(body: unknown) {
  const server = await serve((response) => {
    sendJson(response, body);
  });
  return server.api();
}

async function apiAnsweringText(text: string) {
  const server = await serveHostile();
  server.answer(text);
  return server.apis['API 1.0'];
}

const eventText = (fields: string): string =>
  `{"meta":{"status":200},"fail":[],"data":[{"id":"e1","eventTime":"2026-04-01T00:10:00+0000",${fields}}]}`;

describe('a field that no decision needs never blocks', () => {
  test.each([
    ['null', null],
    ['text', 'x'],
    ['a number', 7],
    ['a list', [{ toString: 1 }, { toString: 2 }]],
    ['an object', { valueOf: 1, toString: 1 }],
  ])('account: optional fields that are %s are kept, and the account is known by its code', async (_, value) => {
    const optional = {
      accountName: value,
      region: value,
      type: value,
      archive: value,
      gateway: value,
      maxRetention: value,
      maxRetentionConfirmed: value,
      packages: value,
      userCount: value,
    };
    const api = await apiAnswering(good([{ accountCode: 'C1', ...optional }]));
    const reading = await readEndpoint(api, 'account', request);
    expect(reading).toMatchObject({ outcome: 'collected', items: [{ accountCode: 'C1', ...optional }] });
    expect(accountIdentity(reading.items).code).toBe('C1');
    expect(() => canonicalJson(reading.body)).not.toThrow();
  });

  test.each([
    ['a NUL', 'Ex\0ample', 'Ex\uFFFDample'],
    ['a lone surrogate', 'Ex\uD800ample', 'Ex\uFFFDample'],
    ['no text', { name: 'x' }, undefined],
    ['an empty text', '', undefined],
  ])('an account name with %s can be stored', async (_, accountName, name) => {
    const api = await apiAnswering(good([{ accountCode: 'C1', accountName }]));
    const { items } = await readEndpoint(api, 'account', request);
    expect(accountIdentity(items).name).toBe(name);
  });

  test('an account name of 100,000 characters is cut', async () => {
    const api = await apiAnswering(good([{ accountCode: 'C1', accountName: '𝒳'.repeat(100_000) }]));
    const { items } = await readEndpoint(api, 'account', request);
    expect(accountIdentity(items).name).toBe('𝒳'.repeat(128));
  });

  test.each([null, 7, {}, ['x']].map((value) => ({ value })))(
    'blocked senders: $value in optional fields',
    async ({ value }) => {
      const item = { id: value, option: 'block_sender', policy: { description: value, enabled: value, to: value } };
      const api = await apiAnswering(good([item]));
      expect(await readEndpoint(api, 'blocked-senders', request)).toMatchObject({ outcome: 'collected', body: [item] });
    },
  );

  test.each([7, {}, ['x'], true].map((value) => ({ value })))(
    'audit events: $value as type, category and user',
    async ({ value }) => {
      const event = {
        ...{ id: 'e1', eventTime: '2026-04-01T00:10:00+0000' },
        ...{ auditType: value, category: value, user: value },
      };
      const api = await apiAnswering(good([event]));
      const { events } = await readAuditPage(api, range);
      expect(events).toMatchObject([{ auditType: '', category: '', user: '', raw: event }]);
    },
  );
});

describe('numbers, depths and lengths are bounded', () => {
  test.each([2 ** 31, 1e300, -1, 1.5])('totalCount %d is ignored', async (totalCount) => {
    const api = await apiAnswering(good([], { totalCount }));
    expect(await readAuditPage(api, range)).not.toHaveProperty('totalCount');
  });

  test.each([
    ['a NUL', 'to\0ken'],
    ['a lone surrogate', 'to\uD800ken'],
    ['too many characters', 't'.repeat(20_000)],
    ['no text', { next: 1 }],
  ])('a page token with %s is refused as the shape of the answer', async (_, next) => {
    const event = { id: 'e1', eventTime: '2026-04-01T00:10:00+0000' };
    const api = await apiAnswering(good([event], { next }));
    expect(await rejection(readAuditPage(api, range))).toMatchObject({
      name: 'MimecastRequestError',
      reason: 'shape',
      retryable: false,
    });
  });

  test.each([100, 10_000, 1_000_000])(
    '%d lists in each other are replaced where they begin to be too deep',
    async (levels) => {
      const api = await apiAnsweringText(eventText(`"user":"u","odd":${nested(levels)}`));
      const { events } = await readAuditPage(api, range);
      expect(events).toMatchObject([{ id: 'e1', user: 'u' }]);
      expect(() => prepareEvents(events)).not.toThrow();
      expect(canonicalJson(events[0]?.raw)).toContain('[unreadable: nested too deeply]');
    },
  );

  test('an answer that is nothing but lists in each other is of no known shape', async () => {
    const api = await apiAnsweringText(nested(1_000_000));
    expect(await rejection(readAuditPage(api, range))).toMatchObject({ reason: 'shape', retryable: false });
  });

  test('a number beyond all doubles is replaced', async () => {
    const api = await apiAnsweringText(eventText('"size":1e400,"other":[-1e999,12.5]'));
    const { events } = await readAuditPage(api, range);
    expect(() => prepareEvents(events)).not.toThrow();
    expect(events[0]?.raw).toMatchObject({
      size: '[unreadable: number out of range]',
      other: ['[unreadable: number out of range]', 12.5],
    });
  });

  test('many items in one answer: no stack is exhausted, and a page of a log has a limit', async () => {
    const items = Array.from({ length: 300_000 }, () => 1);
    const api = await apiAnswering(good(items));
    expect(await rejection(readAuditPage(api, range))).toMatchObject({ reason: 'too-large', retryable: false });
    expect(await rejection(readEndpoint(api, 'url-protect', request))).toMatchObject({ reason: 'too-large' });
    const logs = await apiAnswering(good([{ clickLogs: items }]));
    expect(await rejection(readProtectionPage(logs, 'url', range))).toMatchObject({ reason: 'too-large' });
  });

  test.each(['+010000-01-01T00:00:00+0000', '9999-12-31T23:59:59-2300', '0000-01-01T00:00:00+0000'])(
    'an event at %s is refused as the shape of the answer',
    async (eventTime) => {
      const api = await apiAnswering(good([{ id: 'e1', eventTime }]));
      expect(await rejection(readAuditPage(api, range))).toMatchObject({ reason: 'shape', retryable: false });
    },
  );

  test('the words of a counted row are cut: they are the key of a daily count', async () => {
    const long = 'd'.repeat(100_000);
    const row = { date: '2026-04-01T00:10:00+0000', ttpDefinition: long, route: long, action: long, scanResult: long };
    const api = await apiAnswering(good([{ clickLogs: [row] }]));
    const { rows } = await readProtectionPage(api, 'url', range);
    const [counted] = rows;
    for (const word of [counted?.definition, counted?.route, counted?.action, counted?.result]) {
      expect(word).toBe('d'.repeat(256));
    }
    expect(counted?.raw).toEqual(row);
  });
});

describe('what an answer fails with', () => {
  test.each(PROTOTYPE_NAMES)('a code named %s is a rejection', async (code) => {
    const api = await apiAnswering(failing(code));
    expect(await rejection(readEndpoint(api, 'account', request))).toMatchObject({
      name: 'MimecastRequestError',
      reason: 'rejected',
    });
  });

  test('thousands of codes are not all kept: a failure must fit into a message', async () => {
    const errors = Array.from({ length: 50_000 }, (_, index) => ({ code: `err_${index}` }));
    const api = await apiAnswering({ meta: { status: 200 }, data: [], fail: [{ errors }] });
    const error = (await rejection(readEndpoint(api, 'account', request))) as { codes: string[] };
    expect(error).toMatchObject({ name: 'MimecastRequestError' });
    expect(error.codes.length).toBeLessThanOrEqual(20);
  });

  test('a long text in a failure is not searched for regions without end', async () => {
    const message = 'a'.repeat(200_000);
    const api = await apiAnswering({
      meta: { status: 200 },
      data: [],
      fail: [{ errors: [{ code: 'err_x', message }] }],
    });
    expect(await rejection(readEndpoint(api, 'account', request))).toMatchObject({ reason: 'rejected' });
  });

  test.each([{ valueOf: 1, toString: 1 }, [200], true, '', 'x', 1e308, -5, 0, {}].map((status) => ({ status })))(
    'a meta.status of $status is not a success, and no fault of the server',
    async ({ status }) => {
      const api = await apiAnswering({ meta: { status }, data: [], fail: [] });
      expect(await rejection(readEndpoint(api, 'url-protect', request))).toMatchObject({
        name: 'MimecastRequestError',
        retryable: false,
      });
    },
  );
});
