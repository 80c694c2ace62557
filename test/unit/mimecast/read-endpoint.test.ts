import { describe, expect, test } from 'vitest';
import { ENDPOINTS } from '../../../mimecast/endpoints.js';
import { readEndpoint, type WholeEndpoint } from '../../../mimecast/read-endpoint.js';
import { good, rejection, sendJson, serve, type Answer } from '../../support/mimecast/server.js';

const request = { pageSize: 500, tokenIn: 'meta' } as const;
const policy = {
  id: 'p1',
  option: 'block_sender',
  policy: {
    fromPart: 'both',
    from: { type: 'everyone' },
    to: { type: 'everyone' },
    bidirectional: false,
    enabled: true,
    odd: 1,
  },
};
const account = {
  accountCode: 'CUSA35A403',
  accountName: 'Example',
  archive: true,
  packages: ['URL Protection (Site) [1043]', 'Attachment Protection [1056]'],
  passphrase: 'canary-1',
  supportCode: 'canary-2',
  adminEmail: 'canary-3',
  contactEmail: 'canary-4',
  contactName: 'canary-5',
  telephone: 'canary-6',
};

async function read(name: WholeEndpoint, answer: Answer | unknown[], changes: object = {}) {
  const server = await serve((response, seen, count) => {
    if (Array.isArray(answer)) sendJson(response, good(answer));
    else answer(response, seen, count);
  });
  return { reading: readEndpoint(server.api(), name, { ...request, ...changes }), server };
}

const lists = Object.keys(ENDPOINTS).filter(
  (name) => !/logs$|^audit-events|^account|^stats/.test(name),
) as WholeEndpoint[];
const totals = Object.keys(ENDPOINTS).filter((name) => name.startsWith('stats-')) as WholeEndpoint[];

test.each(totals)('%s: asked for with GET since the day before, and kept as it comes', async (name) => {
  const item = { date: '2026-04-01', whatever: 7 };
  const { reading, server } = await read(name, [item]);
  expect(await reading).toMatchObject({ outcome: 'collected', body: [item] });
  const [seen] = server.seen;
  expect(seen).toMatchObject({ method: 'GET', body: undefined });
  expect(seen?.path).toMatch(new RegExp(`^${ENDPOINTS[name].path}\\?start=\\d{4}-\\d\\d-\\d\\dT00%3A00%3A00%2B0000$`));
});

test('a GET that fails is told as one', async () => {
  const { reading } = await read('stats-url-clicks', (response) => {
    sendJson(response, {}, 403);
  });
  expect(await rejection(reading)).toMatchObject({
    permission: 'Security Events and Data Retrieval | Threat and Security Statistics | Read',
    message: expect.stringMatching(/^GET 127/m) as string,
  });
});

test.each(lists)('%s: empty is a fact', async (name) => {
  const { reading, server } = await read(name, []);
  expect(await reading).toMatchObject({ outcome: 'empty', items: [], body: [], droppedFields: [] });
  expect(server.seen).toMatchObject([{ path: ENDPOINTS[name].path, body: { data: [] } }]);
});

test('policies are kept as they come', async () => {
  const { reading } = await read('blocked-senders', [policy]);
  expect(await reading).toMatchObject({ outcome: 'collected', items: [policy], body: [policy] });
});

test.each<[WholeEndpoint, unknown, string]>([
  ['blocked-senders', { ...policy, policy: undefined }, 'data[0].policy'],
  ['blocked-senders', { ...policy, option: ['canary'] }, 'data[0].option'],
  ['url-protect', 'canary', 'data[0].item'],
  ['account', { ...account, accountCode: undefined }, 'data[0].accountCode'],
  ['account', { ...account, accountCode: 'canary\0' }, 'data[0].accountCode'],
  ['account', { ...account, accountCode: 'canary'.repeat(20) }, 'data[0].accountCode'],
])('%s: what is not in the documented form fails', async (name, item, where) => {
  const error = await rejection((await read(name, [item])).reading);
  expect(error).toMatchObject({ name: 'MimecastRequestError', reason: 'shape' });
  expect((error as Error).message).toContain(where);
  expect((error as Error).message).not.toContain('canary');
});

describe('endpoints without a public contract', () => {
  test('may be asked at another path and may answer anything that is an object', async () => {
    const { reading, server } = await read('url-protect', [{ anything: [1] }, {}], { path: '/api/other' });
    expect(await reading).toMatchObject({ outcome: 'collected', items: [{ anything: [1] }, {}] });
    expect(server.seen[0]?.path).toBe('/api/other');
  });
});

describe('the account', () => {
  test('is kept without secrets and contacts, its packages in order', async () => {
    const { reading } = await read('account', [account]);
    const { body, items, droppedFields } = await reading;
    expect(body).toEqual([
      {
        accountCode: 'CUSA35A403',
        accountName: 'Example',
        archive: true,
        packages: ['Attachment Protection [1056]', 'URL Protection (Site) [1043]'],
      },
    ]);
    expect(items).toEqual(body);
    expect((await reading).clockSkewMs).toBe(0);
    expect(droppedFields).toEqual([
      'adminEmail',
      'contactEmail',
      'contactName',
      'passphrase',
      'supportCode',
      'telephone',
    ]);
  });

  test.each([[[]], [[account, account]]])('is one account, or the answer failed', async (items) => {
    expect(await rejection((await read('account', items)).reading)).toMatchObject({ reason: 'shape' });
  });
});

describe('answers over several pages', () => {
  test('are read to their end', async () => {
    const { reading, server } = await read('content-examination', (response, _, count) => {
      sendJson(response, good([{ count }], count < 3 ? { next: `t${count + 1}` } : undefined));
    });
    expect(await reading).toMatchObject({ items: [{ count: 1 }, { count: 2 }, { count: 3 }] });
    expect(server.seen.map(({ body }) => body.meta?.pagination?.['pageToken'])).toEqual([undefined, 't2', 't3']);
  });

  test('end at an empty page', async () => {
    const { reading, server } = await read('content-examination', (response, _, count) => {
      sendJson(response, good(count === 1 ? [{ count }] : [], { next: `t${count + 1}` }));
    });
    expect(await reading).toMatchObject({ items: [{ count: 1 }] });
    expect(server.seen).toHaveLength(2);
  });

  test('that go in a circle fail, and nothing is taken for the whole', async () => {
    const { reading } = await read('content-examination', (response, _, count) => {
      sendJson(response, good([{ count }], { next: count % 2 === 0 ? 'even' : 'odd' }));
    });
    expect(await rejection(reading)).toMatchObject({ name: 'MimecastRequestError', reason: 'endless-pages' });
  });
});
