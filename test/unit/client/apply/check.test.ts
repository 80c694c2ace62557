import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { checkDocuments } from '../../../../client/apply/check.js';
import { fieldName } from '../../../../client/apply/problems.js';
import { fingerprintOf } from '../../../../vault/fingerprint.js';
import { createKeyring, sealingKey } from '../../../../vault/keyring.js';
import { sealCredentials } from '../../../../vault/sealing.js';

const RULES = { allowLoopback: false, now: new Date('2026-11-23T12:00:00Z'), keyField: 'credentials' } as const;
const BASE_URL = 'https://eu-api.mimecast.com';
const CREDENTIALS = {
  applicationId: 'application-id',
  applicationKey: 'application-canary',
  accessKey: 'access-canary',
  secretKey: Buffer.from('secret-canary').toString('base64'),
};

let sealed: string;
beforeAll(async () => {
  sealed = await sealCredentials(sealingKey(await createKeyring()), 'acme', CREDENTIALS);
});

const CLIENT = { clientId: 'client-id', clientSecret: 'client-canary' };
const GLOBAL = 'https://api.services.mimecast.com';

describe('keys and base URL must be of one generation of the API', () => {
  test.each<[string, object, string | undefined]>([
    ['keys of API 2.0 at their host', { baseUrl: GLOBAL, credentials: CLIENT }, undefined],
    ['keys of API 2.0 at a host of API 1.0', { credentials: CLIENT }, `${BASE_URL} serves API 1.0`],
    ['keys of API 1.0 at a host of API 2.0', { baseUrl: GLOBAL, credentials: CREDENTIALS }, `${GLOBAL} serves API 2.0`],
  ])('%s', (_, fields, problem) => {
    const [told, ...others] = problemsOf(acme(fields));
    expect(others).toEqual([]);
    if (problem === undefined) expect(told).toBeUndefined();
    else expect(told).toContain(`0: acme.baseUrl does not fit the keys. ${problem}`);
  });
});

function problemsOf(...documents: unknown[]): string[] {
  const { wanted, problems: problems } = checkDocuments(documents, RULES);
  if (problems.length > 0) expect(wanted).toEqual([]);
  return problems.map(({ document, path, message }) => `${document}: ${fieldName(path)} ${message}`);
}

const acme = (fields: object): unknown => ({ connections: { acme: { baseUrl: BASE_URL, ...fields } } });

describe('a document that is right', () => {
  test('says everything about a connection: its own, the defaults under it, and the usual under both', () => {
    const { wanted, problems: problems } = checkDocuments(
      [
        {
          defaults: {
            baseUrl: BASE_URL,
            streams: { policies: { every: '12h' }, account: { enabled: false, every: '2d' } },
            endpointPaths: { 'url-protect': '/api/a', account: '/api/b' },
            pagination: { tokenIn: 'data' },
            thresholds: { retentionDays: 2555, keysDueDays: 60 },
            coverage: { domains: ['acme.example'], groups: ['finance'] },
            retention: { eventBodiesDays: 180, verdictsDays: 730 },
          },
          connections: {
            acme: {
              sealed,
              issuedAt: '2026-09-12',
              expectedAccount: 'CUSA35A403',
              streams: { account: { enabled: true } },
              endpointPaths: { account: '/api/c' },
              pagination: { pageSize: 100 },
              thresholds: { keysDueDays: 30 },
              coverage: { domains: ['acme.test', 'mail.acme.test'] },
              retention: { eventBodiesDays: 90 },
            },
            beta: { baseUrl: 'https://us-api.mimecast.com/', credentials: CREDENTIALS },
          },
        },
      ],
      RULES,
    );
    expect(problems).toEqual([]);
    expect(wanted).toMatchObject([
      {
        connectionId: 'acme',
        document: 0,
        settings: {
          baseUrl: BASE_URL,
          streams: {
            'audit-events': { enabled: true, everyMs: 21_600_000 },
            policies: { enabled: true, everyMs: 43_200_000 },
            'archive-settings': { enabled: true, everyMs: 86_400_000 },
            account: { enabled: true, everyMs: 172_800_000 },
          },
          endpointPaths: { 'url-protect': '/api/a', account: '/api/c' },
          pagination: { pageSize: 100, tokenIn: 'data' },
          thresholds: { retentionDays: 2555, keysDueDays: 30 },
          coverage: { domains: ['acme.test', 'mail.acme.test'], groups: ['finance'] },
          retention: { eventBodiesDays: 90, verdictsDays: 730 },
        },
        keys: { sealed, fingerprint: fingerprintOf('acme', CREDENTIALS) },
        issuedAt: new Date('2026-09-12T00:00:00Z'),
        expectedAccount: 'CUSA35A403',
      },
      {
        connectionId: 'beta',
        settings: { baseUrl: 'https://us-api.mimecast.com', pagination: { pageSize: 500, tokenIn: 'data' } },
        keys: { credentials: CREDENTIALS, fingerprint: fingerprintOf('beta', CREDENTIALS) },
      },
    ]);
  });

  test('may leave out keys, and may be empty', () => {
    expect(problemsOf(acme({}))).toEqual([]);
    expect(problemsOf({ connections: {} })).toEqual([]);
  });
});

describe('a fault is told with its field', () => {
  test.each<[string, unknown, string[]]>([
    ['no document', null, ['0: the document is empty']],
    ['a list', [], ['0: the document must be a mapping with defaults, connections']],
    ['no connections', {}, ['0: connections is missing']],
    ['connections as a list', { connections: [] }, ['0: connections must be connections by their ids']],
    [
      'a field that is not one',
      { connections: {}, conections: {} },
      ['0: conections is not a field here; there are defaults, connections'],
    ],
    ['an empty connection', { connections: { acme: null } }, ['0: acme is empty']],
    ['no base URL', { connections: { acme: {} } }, ['0: acme.baseUrl is missing, here and in the defaults']],
    [
      'a foreign host',
      acme({ baseUrl: 'https://evil.example' }),
      ['0: acme.baseUrl cannot be used. The base URL is not a host of Mimecast.'],
    ],
    [
      'this machine',
      acme({ baseUrl: 'http://127.0.0.1:1' }),
      ['0: acme.baseUrl cannot be used. The base URL is this machine, which only the sandbox may use.'],
    ],
    [
      'an unknown stream',
      acme({ streams: { polices: {} } }),
      [
        '0: acme.streams.polices is not a stream; there are audit-events, policies, archive-settings, account, threat-statistics',
      ],
    ],
    [
      'an unknown field of a stream',
      acme({ streams: { policies: { evry: '6h' } } }),
      ['0: acme.streams.policies.evry is not a field here; there are enabled, every'],
    ],
    [
      'an interval as a number',
      acme({ streams: { policies: { every: 6 } } }),
      ['0: acme.streams.policies.every must be a time between polls from 1m to 30d, like 90m, 6h or 1d'],
    ],
    [
      'an interval that is too short',
      acme({ streams: { policies: { every: '59s' } } }),
      ['0: acme.streams.policies.every must be a time between polls from 1m to 30d, like 90m, 6h or 1d'],
    ],
    [
      'a stream that is half on',
      acme({ streams: { policies: { enabled: 'yes' } } }),
      ['0: acme.streams.policies.enabled must be true or false'],
    ],
    [
      'an unknown endpoint',
      acme({ endpointPaths: { url: '/api/a' } }),
      [
        '0: acme.endpointPaths.url is not an endpoint; there are audit-events, blocked-senders, content-examination, url-protect, attachment-management, archive-settings, account, ttp-url-logs, ttp-attachment-logs, ttp-impersonation-logs, dlp-logs',
      ],
    ],
    [
      'a path outside the API',
      acme({ endpointPaths: { account: '/api/../x' } }),
      ['0: acme.endpointPaths.account must begin with /api/ and hold neither host nor query'],
    ],
    [
      'a page that is too big',
      acme({ pagination: { pageSize: 501 } }),
      ['0: acme.pagination.pageSize must be a whole number from 1 to 500'],
    ],
    [
      'an unknown place for tokens',
      acme({ pagination: { tokenIn: 'body' } }),
      ['0: acme.pagination.tokenIn must be meta or data'],
    ],
    [
      'domains that are none',
      acme({ coverage: { domains: ['acme', 'a b.example'], groups: [] } }),
      [
        '0: acme.coverage.domains.0 must be a domain like acme.example',
        '0: acme.coverage.domains.1 must be a domain like acme.example',
        '0: acme.coverage.groups is empty',
      ],
    ],
    [
      'coverage of something else',
      acme({ coverage: { persons: ['a@acme.example'] } }),
      ['0: acme.coverage.persons is not a field here; there are domains, groups'],
    ],
    [
      'an unknown threshold',
      acme({ thresholds: { days: 1 } }),
      ['0: acme.thresholds.days is not a threshold; there are retentionDays, keysDueDays, keysOverdueDays'],
    ],
    [
      'nothing kept at all',
      acme({ retention: { eventBodiesDays: 0, days: 1 } }),
      [
        '0: acme.retention.eventBodiesDays must be a whole number from 1 to 36500',
        '0: acme.retention.days is not a retention; there are eventBodiesDays, verdictsDays',
      ],
    ],
    [
      'part of a day',
      acme({ thresholds: { keysDueDays: 1.5 } }),
      ['0: acme.thresholds.keysDueDays must be a whole number from 1 to 36500'],
    ],
    [
      'keys that are overdue before they are due',
      acme({ thresholds: { keysDueDays: 90, keysOverdueDays: 30 } }),
      [
        '0: acme.thresholds.keysDueDays is 90, and keysOverdueDays 30: keys cannot be due for rotation after they are overdue',
      ],
    ],
    [
      'an account that is a number',
      acme({ expectedAccount: 12 }),
      ['0: acme.expectedAccount must be text: put it in quotes'],
    ],
    [
      'a day that is none',
      acme({ issuedAt: '2026-02-30' }),
      ['0: acme.issuedAt must be a date like 2026-09-12, or a moment like 2026-09-12T08:30:00Z'],
    ],
    [
      'the future',
      acme({ issuedAt: '2026-12-01' }),
      ['0: acme.issuedAt lies in the future: give the day on which the keys were made'],
    ],
    [
      'a sealed text that is none',
      acme({ sealed: 'eyJ' }),
      ['0: acme.sealed is damaged or cut off: seal the keys again with "temporal-mimecast vault seal"'],
    ],
    [
      'keys that cannot be right',
      acme({ credentials: { ...CREDENTIALS, secretKey: 'secret canary', accessKey: undefined } }),
      [
        '0: acme.credentials cannot be right: accessKey is missing; secretKey contains white space or characters that no key has',
      ],
    ],
    [
      'a source of keys that only files have',
      acme({ keysFrom: { env: 'ACME_' } }),
      [
        '0: acme.keysFrom is not a field here; there are baseUrl, streams, endpointPaths, pagination, thresholds, coverage, retention, statistics, sealed, issuedAt, expectedAccount, credentials',
      ],
    ],
  ])('%s', (_, document, problems) => {
    const found = problemsOf(document);
    expect(found).toEqual(problems);
    expect(found.join()).not.toContain('canary');
  });

  test.each(['Acme', '-a', 'a_b', '', 'a'.repeat(64)])('an id that is not allowed: %j', (id) => {
    expect(problemsOf({ connections: { [id]: { baseUrl: BASE_URL } } }).join()).toContain(
      'cannot be the id of a connection',
    );
  });

  test('sealed keys of another connection, and two sources of keys', () => {
    const document = { connections: { beta: { baseUrl: BASE_URL, sealed, credentials: CREDENTIALS } } };
    expect(problemsOf(document)).toEqual([
      '0: beta.credentials is a second source of keys beside sealed: keep one',
      '0: beta.sealed is sealed for the connection "acme"',
    ]);
  });

  test('all of them at once, over all documents, and a connection that is in two of them', () => {
    const { problems: problems } = checkDocuments(
      [acme({ streams: { a: {}, policies: { every: 1 } } }), acme({ sealed: 'x' }), { connections: { acme: 7 } }],
      RULES,
    );
    expect(problems.map(({ document, path }) => [document, ...path])).toEqual([
      [0, 'connections', 'acme', 'streams', 'policies', 'every'],
      [0, 'connections', 'acme', 'streams', 'a'],
      [1, 'connections', 'acme', 'sealed'],
      [2, 'connections', 'acme'],
      [1, 'connections', 'acme'],
    ]);
    expect(problems.at(-1)).toMatchObject({ message: 'is there twice', other: { document: 0 } });
  });

  test('whatever the document is, and never with what stood there', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        for (const document of [value, { connections: value }, { connections: { acme: value }, defaults: value }]) {
          for (const { message } of checkDocuments([document], RULES).problems) expect(message).not.toBe('');
        }
      }),
    );
    expect(
      JSON.stringify(checkDocuments([acme({ sealed: 'canary', issuedAt: 'canary', streams: 'canary' })], RULES)),
    ).not.toContain('canary');
  });
});
