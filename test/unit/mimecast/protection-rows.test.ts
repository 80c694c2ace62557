import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countRows } from '../../../evidence/statistics/cell.js';
import { ROW_DIGESTS_KEPT_DAYS } from '../../../evidence/statistics/row-digests.js';
import { dailyWindowRules } from '../../../mimecast/audit-windows.js';
import { PROTECTION_LOGS, type ProtectionName } from '../../../mimecast/protection-logs.js';
import type { CountedRow } from '../../../mimecast/protection-rows.js';
import { lateRows } from '../../../sandbox/index.js';

type Row = Readonly<Record<string, unknown>>;

const CLICK = {
  date: '2026-01-15T12:30:00+0000',
  route: 'inbound',
  ttpDefinition: 'Default',
  scanResult: 'malicious',
  action: 'block',
  userAwarenessAction: 'N/A',
  userOverride: 'None',
  adminOverride: 'N/A',
};
const FILE = { date: '2026-01-15T12:30:00+0000', result: 'malicious', actionTriggered: 'block', definition: 'Sandbox' };
const MESSAGE = {
  eventTime: '2026-01-15T12:30:00+0000',
  definition: 'IP - 1 hit',
  action: 'none',
  taggedMalicious: true,
};
const HIT = { eventTime: '2026-01-15T12:30:00+0000', policy: 'Watermark', action: 'notification', route: 'outbound' };

function counted(name: ProtectionName, row: Row): CountedRow {
  const read = PROTECTION_LOGS[name].count(row);
  if (typeof read === 'string') throw new Error(`${read} cannot be read`);
  return read;
}

test('a row is counted by the words that it says, letter for letter', () => {
  const row = {
    ...CLICK,
    route: 'External',
    scanResult: 'suspicious',
    action: 'Warn',
    date: '2026-01-15T13:30:00+0100',
  };
  expect(counted('url', row)).toMatchObject({
    time: new Date('2026-01-15T12:30:00Z'),
    route: 'External',
    definition: 'Default',
    result: 'suspicious',
    action: 'Warn',
    maliciousAllowed: false,
    userOverride: false,
    adminOverride: false,
    raw: row,
  });
});

describe('what got through although it is called malicious', () => {
  test.each<[ProtectionName, Row, boolean]>([
    ['url', CLICK, false],
    ['url', { ...CLICK, action: 'allow' }, true],
    ['url', { ...CLICK, action: 'Allow' }, true],
    ['url', { ...CLICK, action: 'allow', scanResult: 'clean' }, false],
    ['url', { ...CLICK, action: 'allow', scanResult: 'suspicious' }, false],
    ['url', { ...CLICK, action: 'warn' }, false],
    ['url', { ...CLICK, action: 'warn', userAwarenessAction: 'Continue' }, true],
    ['url', { ...CLICK, action: 'warn', userOverride: 'Allow' }, true],
    ['url', { ...CLICK, action: 'something new' }, false],
    ['attachment', FILE, false],
    ['attachment', { ...FILE, actionTriggered: 'user release, none' }, true],
    ['attachment', { ...FILE, actionTriggered: 'admin release' }, true],
    ['attachment', { ...FILE, actionTriggered: 'none' }, true],
    ['attachment', { ...FILE, result: 'unsafe', actionTriggered: 'none' }, true],
    ['attachment', { ...FILE, result: 'safe', actionTriggered: 'none' }, false],
    ['attachment', { ...FILE, actionTriggered: undefined }, false],
    ['impersonation', MESSAGE, true],
    ['impersonation', { ...MESSAGE, action: 'hold' }, false],
    ['impersonation', { ...MESSAGE, taggedMalicious: false }, false],
    ['dlp', HIT, false],
  ])('%s %j: %s', (name, row, allowed) => {
    expect(counted(name, row).maliciousAllowed).toBe(allowed);
  });
});

describe('overrides', () => {
  test.each<[ProtectionName, Row, boolean, boolean]>([
    ['url', CLICK, false, false],
    ['url', { ...CLICK, userOverride: 'Allow' }, true, false],
    ['url', { ...CLICK, adminOverride: 'Block' }, false, true],
    ['url', { ...CLICK, userOverride: '', adminOverride: null }, false, false],
    ['attachment', { ...FILE, actionTriggered: 'user release, none' }, true, false],
    ['attachment', { ...FILE, actionTriggered: 'admin release, none' }, false, true],
    ['impersonation', MESSAGE, false, false],
  ])('%s %j: by the user %s, by an administrator %s', (name, row, byUser, byAdmin) => {
    expect(counted(name, row)).toMatchObject({ userOverride: byUser, adminOverride: byAdmin });
  });
});

test.each<[ProtectionName, Row, object]>([
  ['impersonation', MESSAGE, { route: '', result: 'taggedMalicious', action: 'none' }],
  ['dlp', HIT, { route: 'outbound', definition: 'Watermark', result: '', action: 'notification' }],
  [
    'url',
    { date: CLICK.date, scanResult: 7, action: ['allow'] },
    { route: '', definition: '', result: '', action: '' },
  ],
])('%s: words that are missing or no text are none', (name, row, words) => {
  expect(counted(name, row)).toMatchObject(words);
});

test.each<[ProtectionName, Row, string]>([
  ['url', { ...CLICK, date: undefined }, 'date'],
  ['url', { ...CLICK, date: 'yesterday' }, 'date'],
  ['attachment', { ...FILE, date: 1_768_480_200 }, 'date'],
  ['impersonation', { ...MESSAGE, eventTime: '' }, 'eventTime'],
])('%s: a row that no day can count is told by its field', (name, row, field) => {
  expect(PROTECTION_LOGS[name].count(row)).toBe(field);
});

const NAMES = Object.keys(PROTECTION_LOGS) as ProtectionName[];

test.each(NAMES)(
  '%s: rows that count otherwise are not one, so that it makes no difference which comes first',
  (name) => {
    const [like = {}] = lateRows(PROTECTION_LOGS[name].endpoint, 1, 0);
    const fields = Object.keys(like).filter((field) => !/date|eventTime/.test(field));
    const value = fc.constantFrom('allow', 'none', 'malicious', 'user release', true, null);
    const row = fc.dictionary(fc.constantFrom(...fields), value).map((changes): Row => ({ ...like, ...changes }));
    fc.assert(
      fc.property(row, row, (one, other) => {
        const [a, b] = [counted(name, one), counted(name, other)];
        const [counts, others] = [a, b].map((each) => JSON.stringify(countRows([each], undefined)));
        if (counts !== others) expect(a.identity).not.toEqual(b.identity);
      }),
    );
  },
);

test('what tells rows apart: shared ids and lists in another order do not, any other field does', () => {
  const [row = {}] = lateRows('ttp-impersonation-logs', 1, 0);
  const identity = (changes: Row): string => JSON.stringify(counted('impersonation', { ...row, ...changes }).identity);
  expect(identity({ recipientAddress: 'other@tenant.example' })).not.toBe(identity({}));
  expect(identity({ identifiers: ['b', 'a'] })).toBe(identity({ identifiers: ['a', 'b'] }));
  expect(identity({ addedByTheVendor: 'anew for each answer' })).toBe(identity({}));
});

test.each(NAMES)('%s: the digest of a row is kept for longer than any window can reach back', (name) => {
  const { lookBackMs, keptMs } = dailyWindowRules(PROTECTION_LOGS[name].lookBackMs);
  expect(ROW_DIGESTS_KEPT_DAYS * 86_400_000).toBeGreaterThan(Math.max(lookBackMs, keptMs));
});
