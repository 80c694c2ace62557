import { describe, expect, test } from 'vitest';
import { settingsChange } from '../../../contract/requests/settings.js';
import { problemIn } from '../../../model/schemas.js';
import { changedPaths, changedSettings, type SettingsChange } from '../../../model/settings.js';
import { settingsProblem } from '../../../model/settings-schema.js';
import { defaultSettings } from '../../../model/settings.js';

const BEFORE = defaultSettings('https://eu-api.mimecast.com');

describe('a change of settings', () => {
  test.each<[string, SettingsChange, object]>([
    ['the base URL', { baseUrl: 'https://us-api.mimecast.com' }, { baseUrl: 'https://us-api.mimecast.com' }],
    [
      'an interval, and nothing else of the stream',
      { streams: { policies: { everyMs: 60_000 } } },
      { streams: { ...BEFORE.streams, policies: { enabled: true, everyMs: 60_000 } } },
    ],
    [
      'whether a stream is polled',
      { streams: { account: { enabled: false } } },
      { streams: { ...BEFORE.streams, account: { enabled: false, everyMs: 86_400_000 } } },
    ],
    ['a path', { endpointPaths: { 'url-protect': '/api/x' } }, { endpointPaths: { 'url-protect': '/api/x' } }],
    ['a threshold', { thresholds: { retentionDays: 2555 } }, { thresholds: { retentionDays: 2555 } }],
    ['what must be covered', { coverage: { domains: ['acme.example'] } }, { coverage: { domains: ['acme.example'] } }],
    ['how long something is kept', { retention: { verdictsDays: 365 } }, { retention: { verdictsDays: 365 } }],
    ['the page size', { pagination: { pageSize: 100 } }, { pagination: { pageSize: 100, tokenIn: 'meta' } }],
  ])('changes %s', (_, change, expected) => {
    expect(problemIn(settingsChange, change)).toBeUndefined();
    const after = changedSettings(BEFORE, change);
    expect(after).toEqual({ ...BEFORE, ...expected });
    expect(settingsProblem(after)).toBeUndefined();
  });

  test('null takes a value back to its default, and nothing is left of it', () => {
    const set: SettingsChange = {
      endpointPaths: { account: '/api/x' },
      thresholds: { keysDueDays: 30 },
      coverage: { domains: ['acme.example'], groups: ['finance'] },
      retention: { eventBodiesDays: 30 },
      refusals: { confirmAfterMs: 1 },
    };
    const unset: SettingsChange = {
      endpointPaths: { account: null },
      thresholds: { keysDueDays: null },
      coverage: { domains: null, groups: null },
      retention: { eventBodiesDays: null },
      refusals: null,
    };
    const changed = changedSettings(BEFORE, set);
    expect(changed).not.toEqual(BEFORE);
    expect(changedSettings(changed, unset)).toEqual(BEFORE);
  });

  test('names the endpoints whose path it replaces', () => {
    const paths = changedSettings(BEFORE, { endpointPaths: { account: '/api/x', 'url-protect': '/api/y' } });
    expect(changedPaths(BEFORE, paths)).toEqual(['url-protect', 'account']);
    expect(changedPaths(paths, changedSettings(paths, { endpointPaths: { account: null } }))).toEqual(['account']);
    expect(changedPaths(paths, paths)).toEqual([]);
  });
});

describe('settings that cannot be right are refused by the name of the field', () => {
  test.each<[unknown, string]>([
    [undefined, 'settings must be an object'],
    ['https://eu-api.mimecast.com', 'settings must be an object'],
    [{ ...BEFORE, baseUrl: 'eu-api' }, 'settings.baseUrl is not a URL'],
    [{ ...BEFORE, apiVersion: '3.0' }, 'settings.apiVersion must be 1.0 or 2.0'],
    [{ ...BEFORE, colour: 'blue' }, 'settings has no field "colour"'],
    [{ ...BEFORE, streams: { weather: {} } }, 'settings.streams has no stream "weather"'],
    [{ ...BEFORE, streams: { policies: { enabled: true } } }, 'settings.streams.policies.everyMs is missing'],
    [
      { ...BEFORE, streams: { policies: { enabled: 'yes', everyMs: 60_000 } } },
      'settings.streams.policies.enabled must be true or false',
    ],
    [
      { ...BEFORE, streams: { policies: { enabled: true, everyMs: 10 } } },
      'settings.streams.policies.everyMs must be a whole number from 1000',
    ],
    [{ ...BEFORE, pagination: undefined }, 'settings.pagination is missing'],
    [
      { ...BEFORE, pagination: { pageSize: 501, tokenIn: 'meta' } },
      'settings.pagination.pageSize must be a whole number from 1 to 500',
    ],
    [
      { ...BEFORE, endpointPaths: { account: 'https://evil.example/api/x' } },
      'settings.endpointPaths.account must begin with /api/',
    ],
    [{ ...BEFORE, endpointPaths: { account: '/api/../x' } }, 'settings.endpointPaths.account must begin with /api/'],
    [{ ...BEFORE, endpointPaths: { nothing: '/api/x' } }, 'settings.endpointPaths has no endpoint "nothing"'],
    [
      { ...BEFORE, thresholds: { retentionDays: 0 } },
      'settings.thresholds.retentionDays must be a whole number from 1',
    ],
    [{ ...BEFORE, coverage: { domains: [] } }, 'settings.coverage.domains must be a list with 1 to 500 entries'],
    [{ ...BEFORE, coverage: { domains: 'acme.example' } }, 'settings.coverage.domains must be a list'],
    [{ ...BEFORE, coverage: { domains: ['acme.example', '@acme'] } }, 'settings.coverage.domains[1] must be a domain'],
    [{ ...BEFORE, coverage: { groups: [''] } }, 'settings.coverage.groups[0] must be a text of 1 to 500 characters'],
    [{ ...BEFORE, coverage: { persons: ['a'] } }, 'settings.coverage has no field "persons"'],
    [
      { ...BEFORE, retention: { eventBodiesDays: 0 } },
      'settings.retention.eventBodiesDays must be a whole number from 1',
    ],
    [{ ...BEFORE, retention: { verdictsDays: -1 } }, 'settings.retention.verdictsDays must be a whole number from 1'],
    [{ ...BEFORE, retention: { days: 1 } }, 'settings.retention has no field "days"'],
    [
      { ...BEFORE, refusals: { probeAfterMs: [5, 5] } },
      'settings.refusals.probeAfterMs must be a list of whole numbers that grow',
    ],
    [{ ...BEFORE, refusals: { probeEveryMs: 1 } }, 'settings.refusals.probeEveryMs must be a whole number from 1000'],
  ])('%j: %s', (settings, problem) => {
    expect(settingsProblem(settings)).toContain(problem);
  });

  test.each<[unknown, string]>([
    [undefined, 'nothing to change'],
    [{}, 'nothing to change'],
    [{ apiVersion: '2.0' }, 'belong to the keys'],
    [{ streams: { policies: null } }, 'settings.streams.policies must be an object'],
    [{ baseUrl: null }, 'settings.baseUrl is not a URL'],
  ])('as a change, %j: %s', (change, problem) => {
    expect(problemIn(settingsChange, change, 'settings')).toContain(problem);
  });
});
