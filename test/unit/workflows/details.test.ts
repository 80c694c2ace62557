import { marked } from 'marked';
import { describe, expect, test } from 'vitest';
import type { AuditProgress } from '../../../contract/activities.js';
import { connectionDetails } from '../../../workflows/connection/connection-details.js';
import {
  auditProgressDetails,
  batchSummary,
  failedPollDetails,
  pollDetails,
} from '../../../workflows/polls/poll-details.js';
import type { PollResult } from '../../../contract/reports.js';
import { defaultSettings } from '../../../model/settings.js';
import { hiddenIn, HOSTILE } from '../../support/hostile-text.js';

const progress: AuditProgress = {
  state: 'more',
  path: '/api/audit/get-audit-events',
  windowOpened: true,
  window: { start: '2026-11-23T06:00:00.000Z', end: '2026-11-23T12:00:00.000Z', pages: 36 },
  watermark: '2026-11-23T06:00:00.000Z',
  pages: 40,
  events: 19_500,
  newEvents: 19_480,
};

const policies: PollResult = {
  connectionId: 'acme',
  stream: 'policies',
  outcome: 'partial',
  endpoints: [
    { endpoint: 'blocked-senders', path: '/api/a', outcome: 'collected', items: 4, digest: 'f'.repeat(64) },
    { endpoint: 'url-protect', path: '/api/b', outcome: 'forbidden', permission: 'Gateway | Policies | Read' },
    {
      endpoint: 'content-examination',
      path: '',
      outcome: 'failed',
      error: 'The answer broke off.\nPOST eu-api · HTTP 200',
    },
  ],
  head: { sequence: 12, hash: 'abcdef0123456789ffff' },
};

/** Every item of the list is one line, whatever is in it. */
function expectList(markdown: string, items: number): void {
  const block = markdown.split('\n\n').find((part) => part.startsWith('- '));
  expect(block?.split('\n').every((line) => line.startsWith('- **'))).toBe(true);
  expect(block?.split('\n')).toHaveLength(items);
}

describe('a batch in the timeline', () => {
  test.each<[AuditProgress | undefined, string]>([
    [undefined, 'from the last complete window on'],
    [progress, 'from page 37 of 2026-11-23 06:00 to 2026-11-23 12:00'],
  ])('%#', (before, summary) => {
    expect(batchSummary(before)).toBe(summary);
  });
});

test('an audit poll that is going says how far it is', () => {
  expect(auditProgressDetails(progress)).toBe(
    [
      '**collecting** · 40 pages · 19500 events · 19480 new',
      'Window 2026-11-23 06:00 to 2026-11-23 12:00, 36 pages stored',
      'Held up to 2026-11-23T06:00:00.000Z',
    ].join('\n\n'),
  );
});

test('a poll that ended says what each endpoint gave, in a list that holds', () => {
  const markdown = pollDetails(policies);
  expect(markdown).toMatch(/^\*\*partial\*\*\n\n- /);
  expect(markdown).toContain('- **blocked-senders** · collected · 4 items · `ffffffffffffffff`\n');
  expect(markdown).toContain('- **content-examination** · failed · The answer broke off. · POST eu-api · HTTP 200');
  expect(markdown).toContain('Evidence log #12 `abcdef0123456789`');
  expectList(markdown, 3);
});

test('a red poll says what happened, what is safe and what to do', () => {
  const failure = { type: 'MimecastRequestError', message: 'The answer broke off.', cause: 'failed' };
  const markdown = failedPollDetails({ ...policies, outcome: 'failed' }, failure);
  expect(markdown).toMatch(/^\*\*failed\*\*: The answer broke off\./);
  expect(markdown).toContain('2 of 3 endpoints were stored.');
  expect(markdown).toContain('`temporal-mimecast poll acme policies`');
  expectList(markdown, 3);
});

test('a red audit poll says how much is stored', () => {
  const result: PollResult = {
    connectionId: 'acme',
    stream: 'audit-events',
    outcome: 'failed',
    endpoints: [],
    pages: 3,
  };
  const markdown = failedPollDetails(result, { type: 'Error', message: 'It broke.', cause: 'failed' });
  expect(markdown).toContain('3 pages · 0 events · 0 new stored; the next poll goes on from there.');
});

test('a connection says what it is, and why a stream is paused', () => {
  const settings = defaultSettings('https://eu-api.mimecast.com');
  const markdown = connectionDetails({
    connectionId: 'acme',
    state: 'refused',
    baseUrl: settings.baseUrl,
    apiVersion: '1.0',
    account: { code: 'CUK1A1', name: 'Acme' },
    settings: { ...settings, streams: { ...settings.streams, account: { enabled: false, everyMs: 86_400_000 } } },
    credentials: {
      version: 2,
      state: 'rejected',
      issuedAt: '2026-09-12T08:00:00.000Z',
      dueAt: '2026-11-26T08:00:00.000Z',
      overdueAt: '2026-12-11T08:00:00.000Z',
      sealedDigest: 'digest-2',
    },
    pauses: { policies: 'keys v2: rejected.\nSecond line | with a bar' },
  });
  expect(markdown.split('\n\n').slice(0, 4)).toEqual([
    '**acme** is **refused**',
    'Account CUK1A1 (Acme)',
    'https://eu-api.mimecast.com · API 1.0',
    'Keys v2, rejected, issued 2026-09-12',
  ]);
  expect(markdown).toContain('- **audit-events** · every 6 h · `mimecast/acme/audit-events`\n');
  expect(markdown).toContain('- **account** · off · `mimecast/acme/account`');
  expect(markdown).toContain('paused: keys v2: rejected. · Second line | with a bar');
  expectList(markdown, 5);
});

test('a connection whose keys are refused or old says so, with what to do', () => {
  const markdown = connectionDetails({
    connectionId: 'acme',
    state: 'refused',
    credentials: {
      version: 3,
      state: 'active',
      issuedAt: '2026-08-01T08:00:00.000Z',
      age: 'overdue',
      sealedDigest: 'digest-3',
      dueAt: '2026-10-15T08:00:00.000Z',
      overdueAt: '2026-10-30T08:00:00.000Z',
    },
    refusedSince: '2026-11-23T02:58:11.000Z',
    nextProbeAt: '2026-11-23T03:58:11.000Z',
    lastRotation: {
      at: '2026-11-23T03:10:00.000Z',
      accepted: false,
      version: 4,
      reason: 'Another account.',
      note: 'key service',
    },
  });
  expect(markdown.split('\n\n').slice(1)).toEqual([
    'Keys v3, active, issued 2026-08-01 · **rotation overdue** since 2026-10-30',
    '**Keys refused** since 2026-11-23 02:58 UTC, tried again 2026-11-23 03:58 UTC. Do this: `temporal-mimecast rotate acme`',
    '**Keys v4 not taken** 2026-11-23 03:10 UTC (key service): Another account.',
  ]);
});

test('a connection of which nothing is known yet says so', () => {
  expect(connectionDetails({ connectionId: 'acme', state: 'starting' })).toBe('**acme** is **starting**');
});

test('intervals are said as people say them', () => {
  const settings = defaultSettings('https://eu-api.mimecast.com');
  const every = (everyMs: number): string | undefined =>
    /policies\*\* · every ([^·]*) ·/.exec(
      connectionDetails({
        connectionId: 'acme',
        state: 'connected',
        settings: { ...settings, streams: { policies: { enabled: true, everyMs } } },
      }),
    )?.[1];
  expect([every(86_400_000), every(5_400_000), every(600_000)]).toEqual(['24 h', '90 min', '10 min']);
});

describe('foreign text in details', () => {
  const failure = { type: 'MimecastRequestError', message: HOSTILE, cause: 'failed' };
  const endpoints = policies.endpoints.map((endpoint) => ({ ...endpoint, error: HOSTILE }));
  const details = {
    'a poll': pollDetails({ ...policies, endpoints }),
    'a red poll': failedPollDetails({ ...policies, endpoints }, failure),
    'a connection': connectionDetails({
      connectionId: 'acme',
      state: 'connected',
      account: { code: HOSTILE, name: HOSTILE },
      settings: defaultSettings('https://eu-api.mimecast.com'),
      pauses: { policies: HOSTILE },
      lastRotation: { at: '2026-11-23T06:00:00.000Z', accepted: false, reason: HOSTILE, note: HOSTILE },
    }),
  };

  test.each(Object.entries(details))(
    '%s: is shown without links, images, HTML and hidden characters',
    (_, markdown) => {
      expect(hiddenIn(markdown)).toEqual([]);
      const rendered = marked.parse(markdown, { async: false, gfm: true });
      expect(rendered.match(/<(?:a|img|script|h\d|table|blockquote)\b[^>]*>/gi) ?? []).toEqual([]);
      expect(rendered).toContain('HYPERLINK');
    },
  );
});
