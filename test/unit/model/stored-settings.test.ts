import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SETTING_PATHS, withValue } from '../../../model/setting-paths.js';
import { defaultSettings } from '../../../model/settings.js';
import { settingsProblem } from '../../../model/settings-schema.js';
import { readStoredSettings } from '../../../model/stored-settings.js';

const usual = defaultSettings('https://eu-api.mimecast.com');

test('valid settings are read as they are', () => {
  expect(readStoredSettings(usual)).toEqual({ settings: usual });
});

test('unknown fields are ignored at any depth, and missing ones have their default', () => {
  const stored = {
    ...{ baseUrl: usual.baseUrl, colour: 'blue', pagination: { pageSize: 100, order: 'newest' } },
    streams: { policies: { enabled: false }, weather: { enabled: true } },
  };
  expect(readStoredSettings(stored)).toEqual({
    settings: {
      ...{ baseUrl: usual.baseUrl, apiVersion: '1.0', pagination: { pageSize: 100, tokenIn: 'meta' } },
      streams: { policies: { enabled: false, everyMs: usual.streams.policies?.everyMs } },
    },
  });
});

test.each(SETTING_PATHS.map((setting) => [setting.path.join('.'), setting] as const))(
  'an invalid %s is named with the option that sets it, and not repeated',
  (_, { path }) => {
    const { settings, unreadable } = readStoredSettings(withValue(usual, path, { canary: 'canary-9' }));
    expect(unreadable).toMatchObject({ name: path[0], option: expect.stringMatching(/^--/) as string });
    expect(unreadable?.problem).toContain(path[0]);
    expect(JSON.stringify([settings, unreadable])).not.toContain('canary');
  },
);

test('settings of any form are read without an error, and only the base URL can be missing in them', () => {
  const anything = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom(...SETTING_PATHS).chain(({ path }) => fc.jsonValue().map((value) => withValue(usual, path, value))),
  );
  fc.assert(
    fc.property(anything, (stored) => {
      const { settings, unreadable } = readStoredSettings(stored);
      expect([undefined, 'settings.baseUrl is not a URL.']).toContain(settingsProblem(settings));
      if (!unreadable) expect(settingsProblem(settings)).toBeUndefined();
    }),
  );
});
