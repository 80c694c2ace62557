import { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { addSettingOptions, settingsFrom } from '../../../cli/console/setting-options.js';
import type { SettingsChange } from '../../../model/settings.js';

/** Returns the change that `edit` sends for these arguments. */
const edit = (...argv: string[]): SettingsChange =>
  settingsFrom(addSettingOptions(new Command().exitOverride(), 'edit').parse(argv, { from: 'user' }).opts());

test.each<[string, string[], SettingsChange]>([
  ['a base URL, which the client checks', ['--base-url', 'eu-api'], { baseUrl: 'eu-api' }],
  ['rows', ['--page-size', '100'], { pagination: { pageSize: 100 } }],
  ['a choice', ['--token-in', 'data'], { pagination: { tokenIn: 'data' } }],
  ['a switch', ['--keep-rows', 'on'], { statistics: { keepRows: true } }],
  ['a switch, off', ['--keep-rows', 'off'], { statistics: { keepRows: false } }],
  ['an interval', ['--every', 'policies=90m'], { streams: { policies: { everyMs: 5_400_000 } } }],
  ['a stream', ['--enable', 'account'], { streams: { account: { enabled: true } } }],
  ['a threshold', ['--threshold', 'keysDueDays=30'], { thresholds: { keysDueDays: 30 } }],
  [
    'a list',
    ['--coverage', 'domains=a.example, b.example,a.example'],
    { coverage: { domains: ['a.example', 'b.example'] } },
  ],
  ['a retention', ['--retention', 'verdictsDays=1'], { retention: { verdictsDays: 1 } }],
  ['a path', ['--path', 'account=/api/x'], { endpointPaths: { account: '/api/x' } }],
  ['nothing', [], {}],
])('%s', (_, argv, change) => {
  expect(edit(...argv)).toEqual(change);
});

test.each(['--threshold retentionDays=', '--coverage groups=', '--retention verdictsDays=', '--path account='])(
  '%s takes the setting back to its default',
  (line) => {
    expect(JSON.stringify(edit(...line.split(' ')))).toContain(':null}');
  },
);

test('options are collected when they are repeated; the last one of a name counts', () => {
  const paths = ['account=/api/a', 'account=/api/b', 'url-protect=/api/c'].flatMap((path) => ['--path', path]);
  expect(edit(...paths, '--every', 'policies=12h', '--every', 'audit-events=90m', '--disable', 'policies')).toEqual({
    endpointPaths: { account: '/api/b', 'url-protect': '/api/c' },
    streams: { policies: { everyMs: 43_200_000, enabled: false }, 'audit-events': { everyMs: 5_400_000 } },
  });
});

test('to disable a stream wins over enabling it, in any order', () => {
  for (const argv of [
    ['--disable', 'account', '--enable', 'account'],
    ['--enable', 'account', '--disable', 'account'],
  ]) {
    expect(edit(...argv)).toEqual({ streams: { account: { enabled: false } } });
  }
});

describe('a wrong option is told by its code, with what it must be', () => {
  test.each([
    ['--page-size 0', 'invalid-page-size', 'It must be a whole number from 1 to 500.'],
    ['--page-size 501', 'invalid-page-size', 'It must be a whole number from 1 to 500.'],
    ['--page-size 1.5', 'invalid-page-size', 'It must be a whole number from 1 to 500.'],
    ['--page-size 1e2', 'invalid-page-size', 'It must be a whole number from 1 to 500.'],
    ['--page-size=', 'invalid-page-size', 'It must be a whole number from 1 to 500.'],
    ['--token-in body', 'invalid-token-in', 'Choose from meta, data.'],
    ['--keep-rows yes', 'invalid-keep-rows', 'Choose from on, off.'],
    ['--path account', 'invalid-option', 'Like --path url-protect=/api/policy/url-protect/get-policies.'],
    ['--path acount=/api/x', 'invalid-endpoint', 'Choose from audit-events, blocked-senders,'],
    ['--path toString=/api/x', 'invalid-endpoint', 'Choose from '],
    ['--path account=/apiary', 'invalid-path', 'It must begin with /api/ and hold neither host nor query.'],
    ['--path account=/api/../secret', 'invalid-path', 'It must begin with /api/ and hold neither host nor query.'],
    ['--path account=/api/x?y=z', 'invalid-path', 'It must begin with /api/ and hold neither host nor query.'],
    ['--path account=https://evil.example/api/x', 'invalid-path', 'It must begin with /api/'],
    ['--every policies', 'invalid-option', 'Like --every audit-events=6h.'],
    ['--every policy=6h', 'invalid-stream', 'Choose from audit-events, policies,'],
    ['--every policies=6', 'invalid-interval', 'It must be a time between polls from 1m to 30d'],
    ['--every policies=59s', 'invalid-interval', 'It must be a time between polls from 1m to 30d'],
    ['--every policies=31d', 'invalid-interval', 'It must be a time between polls from 1m to 30d'],
    ['--every policies=-6h', 'invalid-interval', 'It must be a time between polls from 1m to 30d'],
    ['--every policies=', 'invalid-interval', 'It must be a time between polls from 1m to 30d'],
    ['--disable weather', 'invalid-stream', 'Choose from audit-events, policies,'],
    ['--threshold days=1', 'invalid-threshold', 'Choose from retentionDays, keysDueDays, keysOverdueDays.'],
    ['--threshold __proto__=1', 'invalid-threshold', 'Choose from retentionDays, keysDueDays, keysOverdueDays.'],
    ['--threshold keysDueDays=0', 'invalid-threshold', 'It must be a whole number from 1 to 36500.'],
    ['--threshold keysDueDays=36501', 'invalid-threshold', 'It must be a whole number from 1 to 36500.'],
    ['--coverage persons=a', 'invalid-coverage', 'Choose from domains, groups.'],
    ['--coverage domains=acme', 'invalid-coverage', 'It must be 1 to 500 domains, separated by commas.'],
    ['--coverage groups=a,,b', 'invalid-coverage', 'It must be 1 to 500 groups, separated by commas.'],
    ['--retention events=1', 'invalid-retention', 'Choose from eventBodiesDays, verdictsDays.'],
    ['--retention verdictsDays=-1', 'invalid-retention', 'It must be a whole number from 1 to 36500.'],
  ])('%s', (line, code, nextStep) => {
    expect(() => edit(...line.split(' '))).toThrow(
      expect.objectContaining({ code, exitCode: 2, nextStep: expect.stringContaining(nextStep) as unknown }),
    );
  });
});
