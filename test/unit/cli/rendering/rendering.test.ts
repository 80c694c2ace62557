import { expect, test } from 'vitest';
import { connectionReportLines } from '../../../../cli/rendering/connection-report.js';
import { devDocument, devLines } from '../../../../cli/rendering/dev.js';
import { connectionHealth } from '../../../../client/connection-health.js';
import type { ListedConnection } from '../../../../client/index.js';
import { listLines } from '../../../../cli/rendering/list.js';
import { exitCodeOf, paintOutcome } from '../../../../cli/rendering/outcome.js';
import { digestLines, pollLines } from '../../../../cli/rendering/polls.js';
import { statusLines } from '../../../../cli/rendering/status.js';
import { coloursFor } from '../../../../cli/console/terminal.js';
import type { PollReport, StatusReport } from '../../../../client/index.js';
import type { PollOutcome } from '../../../../model/outcomes.js';
import type { ConnectionTest, EndpointReport } from '../../../../contract/reports.js';
import { PROTOTYPE_NAMES } from '../../../support/hostile.js';

const plain = coloursFor({}, {});
const GRANT = 'Grant "Gateway | Policies | Read" to the role of the API user, then "poll acme policies".';
const NOON = new Date('2026-11-23T12:00:00Z');

const AUDIT: PollReport = {
  stream: 'audit-events',
  workflowId: 'mimecast/acme/audit-events-2026-11-23T12:00:00Z',
  runId: 'run-1',
  joined: false,
  outcome: 'collected',
  endpoints: [{ endpoint: 'audit-events', path: '/api/audit/get-audit-events', outcome: 'collected' }],
  pages: 3,
  events: 1204,
  newEvents: 412,
  head: { sequence: 9, hash: 'b'.repeat(64) },
};

const POLICIES: PollReport = {
  stream: 'policies',
  workflowId: 'mimecast/acme/policies-2026-11-23T12:00:00Z',
  runId: 'run-2',
  joined: true,
  outcome: 'partial',
  endpoints: [
    { endpoint: 'blocked-senders', path: '/api/a', outcome: 'forbidden', permission: 'Gateway | Policies | Read' },
    { endpoint: 'url-protect', path: '/api/b', outcome: 'collected', items: 1, digest: 'a'.repeat(64) },
  ],
  head: { sequence: 11, hash: 'c'.repeat(64) },
};

test('a poll over several endpoints says what each of them answered, and what to grant', () => {
  expect(pollLines([AUDIT, POLICIES], plain)).toEqual([
    'STREAM        OUTCOME           PAGES  EVENTS  NEW  ENDPOINTS',
    'audit-events  collected         3      1204    412  /api/audit/get-audit-events',
    'policies      partial (joined)  -      -       -    2 endpoints',
    '              forbidden                             /api/a',
    '              collected                             /api/b  1 item',
    '',
    'policies: ended partial',
    '  grant "Gateway | Policies | Read" to the role of the API user (/api/a)',
    '  run mimecast/acme/policies-2026-11-23T12:00:00Z  run-2',
  ]);
});

test('a red run is shown with its first line and with where to look', () => {
  const error = 'Mimecast refused the keys (v3).';
  const lines = pollLines([{ ...AUDIT, outcome: 'failed', endpoints: [], error }], plain).join('\n');
  expect(lines).toContain(`audit-events: ${error}`);
  expect(lines).toContain('run mimecast/acme/audit-events-2026-11-23T12:00:00Z  run-1');
});

test('what was kept is shown with its digests and the newest head of the chain', () => {
  expect(digestLines([POLICIES, AUDIT], plain)).toEqual([
    'KEPT                          SHA-256',
    '/api/b                        aaaaaaaaaaaaaaaa…',
    'chain of evidence, record 11  cccccccccccccccc…',
  ]);
});

test.each<[PollOutcome, number]>([
  ['collected', 0],
  ['empty', 0],
  ['unavailable', 0],
  ['behind', 0],
  ['superseded', 0],
  ['partial', 1],
  ['forbidden', 1],
  ['failed', 1],
  ['disconnected', 1],
])('a poll that ended %s makes the exit code %d', (outcome, exitCode) => {
  expect(exitCodeOf([{ outcome: 'collected' }, { outcome }])).toBe(exitCode);
});

const STATUS: StatusReport = {
  connectionId: 'acme',
  baseUrl: 'https://us-api.mimecast.com',
  apiVersion: '1.0',
  state: 'connected',
  account: { code: 'CUSA35A403', name: 'Acme' },
  credentials: {
    version: 3,
    state: 'active',
    issuedAt: '2026-09-12T00:00:00.000Z',
    dueAt: '2026-11-26T00:00:00.000Z',
    overdueAt: '2026-12-11T00:00:00.000Z',
    ageDays: 72,
    sealedDigest: 'digest-3',
  },
  streams: [
    {
      stream: 'audit-events',
      every: '6h',
      everyMs: 21_600_000,
      paused: false,
      lastOutcome: 'collected',
      lastPollAt: '2026-11-23T09:04:00.000Z',
      nextPollAt: '2026-11-23T15:04:00.000Z',
    },
    { stream: 'policies', every: '24h', everyMs: 86_400_000, paused: true, note: 'Keys v3 were refused.' },
    { stream: 'account', every: '24h', everyMs: 86_400_000, paused: true, note: 'Keys v3 were refused.' },
  ],
};

test('status shows keys, last and next polls, and each reason for a pause once', () => {
  expect(statusLines(STATUS, NOON, plain)).toEqual([
    'acme  CUSA35A403 (Acme)  connected',
    'https://us-api.mimecast.com, API 1.0',
    'keys  v3 active, issued 2026-09-12, 72 d old (rotation due 2026-11-26, overdue 2026-12-11)',
    '',
    'STREAM        EVERY  LAST (UTC)       NEXT (UTC)',
    'audit-events  6h     collected 09:04  15:04',
    'policies      24h    never            paused',
    'account       24h    never            paused',
    'policies, account: paused: Keys v3 were refused.',
  ]);
});

test('status of a connection that has only its name is still a status', () => {
  const lines = statusLines({ connectionId: 'acme', state: 'starting', streams: [] }, NOON, plain);
  expect(lines.slice(0, 2)).toEqual(['acme  starting', 'keys  none']);
});

test('list shows a connection a line, and what to do when there are none', () => {
  const summary = { pass: 9, fail: 1, unknown: 4, notApplicable: 1 };
  const posture = { at: '2026-11-24T02:10:00.000Z', worst: 'fail', summary, failing: ['archive-retention'] } as const;
  const acme = { ...STATUS, posture };
  const gone = { ...STATUS, connectionId: 'gone', state: 'disconnected' } as const;
  expect(listLines([acme], [acme, gone], plain)).toEqual([
    'CONNECTION  ACCOUNT     STATE  WHY  KEYS  PASS  FAIL  UNK  N/A  BASE URL',
    'acme        CUSA35A403  ok          72 d  9     1     4    1    https://us-api.mimecast.com',
    '',
    '2 connections: 1 disconnected, 1 ok',
  ]);
  expect(listLines([], [acme], plain)).toEqual(['None of 1 connections: 1 ok']);
  expect(listLines([], [], plain).join()).toContain('temporal-mimecast connect');
});

const UNTROUBLED: ListedConnection = { connectionId: 'acme', state: 'connected' };
const FAILING = {
  at: '2026-11-24T02:10:00.000Z',
  worst: 'fail',
  summary: { pass: 0, fail: 1, unknown: 0, notApplicable: 0 },
} as const;

test.each<[string, ListedConnection, string]>([
  ['all is well', UNTROUBLED, 'ok'],
  ['its keys are refused, whatever else', { ...UNTROUBLED, state: 'refused', pausedFor: ['keys-refused'] }, 'refused'],
  [
    'it is paused',
    { ...UNTROUBLED, pausedFor: ['operator'], posture: { ...FAILING, failing: ['evidence-fresh'] } },
    'paused',
  ],
  [
    'its evidence has a hole',
    { ...UNTROUBLED, posture: { ...FAILING, failing: ['audit-evidence', 'evidence-fresh'] } },
    'gaps',
  ],
  ['nothing was read in time', { ...UNTROUBLED, posture: { ...FAILING, failing: ['evidence-fresh'] } }, 'stale'],
  ['a control of the tenant fails', { ...UNTROUBLED, posture: { ...FAILING, failing: ['archiving-on'] } }, 'ok'],
  ['its workflow is gone', { ...UNTROUBLED, workflowMissing: true, pausedFor: ['operator'] }, 'lost'],
  ['it was disconnected', { ...UNTROUBLED, state: 'disconnected' }, 'disconnected'],
])('the state in a list when %s', (_, connection, health) => {
  expect(connectionHealth(connection).health).toBe(health);
});

const ACCOUNT: EndpointReport = {
  stream: 'account',
  endpoint: 'account',
  path: '/api/account/get-account',
  outcome: 'collected',
  items: 1,
};

const GOOD: ConnectionTest = {
  connectionId: 'acme',
  ok: true,
  authentication: 'accepted',
  apiVersion: '1.0',
  baseUrl: 'https://us-api.mimecast.com',
  clockSkewMs: 0,
  rateLimit: { limit: 800, remaining: 793, resetMs: 4_900 },
  endpoints: [ACCOUNT],
};

const policies = (outcome: 'forbidden' | 'unavailable', action: string, ...endpoints: EndpointReport['endpoint'][]) =>
  endpoints.map((endpoint): EndpointReport => {
    return { stream: 'policies', endpoint, path: `/api/policy/${endpoint}`, outcome, action };
  });

const REPORT: ConnectionTest = {
  ...GOOD,
  ok: false,
  account: { code: 'CUSA35A403', name: 'Acme' },
  endpoints: [
    ACCOUNT,
    {
      stream: 'audit-events',
      endpoint: 'audit-events',
      path: '/api/audit/get-audit-events',
      outcome: 'failed',
      action: 'The answer broke off. Test again.',
    },
    ...policies('forbidden', GRANT, 'blocked-senders', 'content-examination'),
    ...policies(
      'unavailable',
      `Not offered; ${'nothing to do, '.repeat(6)}at all.`,
      'url-protect',
      'attachment-management',
    ),
  ],
  action: GRANT,
};

test('a connection report shows every endpoint, and below the table each action once, the next one last', () => {
  expect(connectionReportLines(REPORT, plain)).toEqual([
    'acme  CUSA35A403 (Acme)  keys accepted, NOT ALL IS WELL',
    'https://us-api.mimecast.com, API 1.0, 793 of 800 calls left',
    '',
    'STREAM        ENDPOINT               OUTCOME      ITEMS  PATH',
    'account       account                collected    1      /api/account/get-account',
    'audit-events  audit-events           failed       -      /api/audit/get-audit-events',
    'policies      blocked-senders        forbidden    -      /api/policy/blocked-senders',
    'policies      content-examination    forbidden    -      /api/policy/content-examination',
    'policies      url-protect            unavailable  -      /api/policy/url-protect',
    'policies      attachment-management  unavailable  -      /api/policy/attachment-management',
    '',
    'note  url-protect, attachment-management: Not offered; nothing to do, nothing to do, nothing to do, nothing to',
    '      do, nothing to do, nothing to do, at all.',
    'also  audit-events: The answer broke off. Test again.',
    'next  blocked-senders, content-examination: Grant "Gateway | Policies | Read" to the role of the API user,',
    '      then "poll acme policies".',
  ]);
});

test('a good connection has nothing below its table', () => {
  const lines = connectionReportLines(GOOD, plain);
  expect(lines[0]).toBe('acme  keys accepted');
  expect(lines).toHaveLength(5);
});

test('a page of items that has more behind it says so', () => {
  const report = { ...GOOD, endpoints: [{ ...ACCOUNT, items: 10, more: true as const }] };
  expect(connectionReportLines(report, plain).at(-1)).toMatch(/collected {2}10\+ /);
});

test.each<[ConnectionTest['authentication'], string]>([
  ['rejected', 'KEYS REFUSED'],
  ['expired', 'KEYS EXPIRED'],
  ['unreachable', 'KEYS NOT JUDGED'],
  ['wrong-region', 'WRONG REGION'],
])('keys that are %s are told in the first line, what to do in the last', (authentication, words) => {
  const account: EndpointReport = { ...ACCOUNT, outcome: 'failed', action: 'Do this.' };
  const report = { ...GOOD, ok: false, authentication, endpoints: [account], action: 'Do this.' };
  const lines = connectionReportLines(report, plain);
  expect([lines[0], lines.at(-1)]).toEqual([`acme  ${words}`, 'next  Do this.']);
});

test.each(['of-a-later-release', ...PROTOTYPE_NAMES])(
  'a word of a worker that is not known here is shown: %s',
  (word) => {
    const outcome = word as PollOutcome;
    expect([paintOutcome(outcome, plain), exitCodeOf([{ outcome }])]).toEqual([word, 1]);
    const authentication = word as ConnectionTest['authentication'];
    expect(connectionReportLines({ ...GOOD, ok: false, authentication }, plain)[0]).toBe(`acme  ${word}`);
  },
);

test('a clock that is off is told, unless it is the next step anyway', () => {
  const clock = "The database's clock is 432 s ahead of Mimecast's: check NTP.";
  const off = { ...REPORT, clockSkewMs: -432_000 };
  expect(connectionReportLines(off, plain)).toContain(clock);
  expect(connectionReportLines({ ...off, authentication: 'unreachable' }, plain)).not.toContain(clock);
  expect(connectionReportLines({ ...REPORT, clockSkewMs: 2_000 }, plain).join()).not.toContain('clock');
});

const DEV_ADDRESSES = {
  temporalAddress: '127.0.0.1:7233',
  namespace: 'default',
  uiUrl: 'http://127.0.0.1:8233',
  databaseUrl: 'postgres://postgres:hunter2@127.0.0.1:54329/mimecast',
  keyringFile: '/data/keyring.json',
  simulatorUrl: 'http://127.0.0.1:9900',
  keysFile: '/data/demo.env',
  pid: 1,
  startedAt: '2026-11-23T12:00:00.000Z',
};

test('dev never shows the password of its database', () => {
  const shown = JSON.stringify(devDocument(DEV_ADDRESSES)) + devLines(DEV_ADDRESSES).join('\n');
  expect(shown).toContain('postgres://postgres@127.0.0.1:54329/mimecast');
  expect(shown).not.toContain('hunter2');
});

test.each([
  ['/data/demo.env', '/data/demo.env'],
  ['/home/jo/Prüfung 1/demo.env', "'/home/jo/Prüfung 1/demo.env'"],
  ["/home/jo/it's $HOME/demo.env", String.raw`"/home/jo/it's \$HOME/demo.env"`],
])('the command that dev suggests can be pasted into a shell: %s', (keysFile, word) => {
  expect(devLines({ ...DEV_ADDRESSES, keysFile })).toContain(
    `  npx temporal-mimecast connect acme --base-url http://127.0.0.1:9900 --keys-file ${word}`,
  );
});

test('colours are for terminals, and for those who did not refuse them', () => {
  expect(coloursFor({ isTTY: true }, {}).red('x')).not.toBe('x');
  expect(coloursFor({ isTTY: true }, { NO_COLOR: '1' }).red('x')).toBe('x');
  expect(coloursFor({ isTTY: true }, { TERM: 'dumb' }).red('x')).toBe('x');
  expect(coloursFor({}, {}).red('x')).toBe('x');
});
