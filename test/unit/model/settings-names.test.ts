import { describe, expect, test } from 'vitest';
import { settingsChange } from '../../../contract/requests/settings.js';
import { problemIn } from '../../../model/schemas.js';
import { settingsProblem } from '../../../model/settings-schema.js';
import { defaultSettings } from '../../../model/settings.js';
import { hostilePaths, ownField, PROTOTYPE_NAMES } from '../../support/hostile.js';

const SETTINGS = defaultSettings('https://eu-api.mimecast.com');
const changeProblem = (change: unknown): string | undefined => problemIn(settingsChange, change, 'settings');
const VALUES: readonly unknown[] = [1, true, 'text', null, {}, [], '/api/x'];

/** Every part of the settings in which fields have names: how a field gets there, and how a message calls it. */
const PARTS: readonly (readonly [path: string, what: string, settings: (field: object) => object])[] = [
  ['settings', 'field', (field) => field],
  ['settings.streams', 'stream', (field) => ({ streams: { ...SETTINGS.streams, ...field } })],
  [
    'settings.streams.policies',
    'field',
    (field) => ({ streams: { policies: { enabled: true, everyMs: 60_000, ...field } } }),
  ],
  ['settings.pagination', 'field', (field) => ({ pagination: { ...SETTINGS.pagination, ...field } })],
  ['settings.endpointPaths', 'endpoint', (field) => ({ endpointPaths: { account: '/api/x', ...field } })],
  ['settings.thresholds', 'field', (field) => ({ thresholds: { retentionDays: 1, ...field } })],
  ['settings.coverage', 'field', (field) => ({ coverage: { domains: ['acme.example'], ...field } })],
  ['settings.retention', 'field', (field) => ({ retention: { verdictsDays: 1, ...field } })],
  ['settings.statistics', 'field', (field) => ({ statistics: { keepRows: true, ...field } })],
  ['settings.refusals', 'field', (field) => ({ refusals: { probeEveryMs: 1000, ...field } })],
];

describe.each(PARTS)('%s', (path, what, settings) => {
  test.each(PROTOTYPE_NAMES)(`has no ${what} %s, whatever it holds`, (name) => {
    for (const value of VALUES) {
      const change = settings(ownField(name, value));
      const problem = `${path} has no ${what} ${JSON.stringify(name)}.`;
      expect([settingsProblem({ ...SETTINGS, ...change }), changeProblem(change)]).toEqual([problem, problem]);
    }
  });
});

describe('a path of an endpoint is rejected by its name, also beside a field that every object has', () => {
  const paths = hostilePaths({ own: 'eu-api.mimecast.com', foreign: 'evil.example' });

  test.each(paths)('%s: %j', (_, path) => {
    const change = { endpointPaths: { account: path } };
    for (const problemOf of [changeProblem, (field: object) => settingsProblem({ ...SETTINGS, ...field })]) {
      expect(problemOf(change)).toMatch(/^settings\.endpointPaths\.account must begin/);
      for (const name of PROTOTYPE_NAMES) {
        expect(problemOf({ ...ownField(name, 1), ...change })).toMatch(/^settings has no /);
      }
    }
  });
});
