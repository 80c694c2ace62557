import { expect, test } from 'vitest';
import { resolveSettings } from '../../../../cli/reach/settings.js';

const DEV = {
  temporalAddress: '127.0.0.1:17233',
  namespace: 'default',
  databaseUrl: 'postgres://postgres@127.0.0.1:54329/mimecast',
  keyringFile: '/data/keyring.json',
};

/** Keeps the test from reading a profile of the user who runs it. */
const NO_PROFILE = { TEMPORAL_CONFIG_FILE: '', HOME: '/nonexistent', XDG_CONFIG_HOME: '/nonexistent' };

test('while dev runs nothing needs to be set', () => {
  expect(resolveSettings(NO_PROFILE, DEV)).toEqual({
    temporal: {
      address: DEV.temporalAddress,
      namespace: 'default',
      connectionOptions: { address: DEV.temporalAddress },
    },
    taskQueue: 'mimecast',
    databaseUrl: DEV.databaseUrl,
    keyringFile: DEV.keyringFile,
    allowLoopback: true,
    checkpoints: {},
  });
});

test('without dev and settings Temporal is looked for at its usual place, and nothing else is assumed', () => {
  const settings = resolveSettings(NO_PROFILE, undefined);
  expect(settings).toMatchObject({
    temporal: { address: '127.0.0.1:7233', namespace: 'default' },
    allowLoopback: false,
  });
  expect(settings).not.toHaveProperty('databaseUrl');
  expect(settings).not.toHaveProperty('keyringFile');
});

test('the environment wins over dev', () => {
  const settings = resolveSettings(
    { ...NO_PROFILE, DATABASE_URL: 'postgres://db/x', MIMECAST_ALLOW_LOOPBACK: '0' },
    DEV,
  );
  expect(settings).toMatchObject({
    temporal: { address: DEV.temporalAddress },
    databaseUrl: 'postgres://db/x',
    keyringFile: DEV.keyringFile,
    allowLoopback: false,
  });
});

test('another Temporal is never combined with the ring and the database of dev', () => {
  const settings = resolveSettings({ ...NO_PROFILE, TEMPORAL_ADDRESS: 'temporal.example:7233' }, DEV);
  expect(settings.temporal.address).toBe('temporal.example:7233');
  expect(settings).not.toHaveProperty('databaseUrl');
  expect(settings).not.toHaveProperty('keyringFile');
  expect(settings.allowLoopback).toBe(false);
});

test('naming the Temporal of dev is not another Temporal', () => {
  const settings = resolveSettings({ ...NO_PROFILE, TEMPORAL_ADDRESS: DEV.temporalAddress }, DEV);
  expect(settings.keyringFile).toBe(DEV.keyringFile);
});

test('a namespace is taken from the environment, also on the server of dev', () => {
  const { temporal } = resolveSettings({ ...NO_PROFILE, TEMPORAL_NAMESPACE: 'acme', TEMPORAL_API_KEY: 'k' }, DEV);
  expect(temporal).toMatchObject({ namespace: 'acme', connectionOptions: { address: DEV.temporalAddress } });
  expect(temporal.connectionOptions).not.toHaveProperty('apiKey');
});

test('an API key turns TLS on, as everywhere with Temporal', () => {
  const env = {
    ...NO_PROFILE,
    TEMPORAL_ADDRESS: 'eu.api.example:7233',
    TEMPORAL_API_KEY: 'k',
    TEMPORAL_NAMESPACE: 'acme.a1',
  };
  expect(resolveSettings(env, undefined).temporal).toMatchObject({
    namespace: 'acme.a1',
    connectionOptions: { tls: true, apiKey: 'k' },
  });
});

test('a profile file that is not there is a clear failure, not a guess', () => {
  expect(() => resolveSettings({ ...NO_PROFILE, TEMPORAL_CONFIG_FILE: '/dev/null/x' }, undefined)).toThrow(
    expect.objectContaining({ code: 'invalid-temporal-configuration', exitCode: 2 }),
  );
});
