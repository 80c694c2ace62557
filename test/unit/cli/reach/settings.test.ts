import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readSettings, resolveSettings } from '../../../../cli/reach/settings.js';
import { run } from '../../../support/cli/run.js';

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

/** A data folder with a lock that no dev wrote. */
async function foreignFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'mimecast-settings-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(path.join(folder, 'dev.lock'), '{"pid":0}');
  return folder;
}

test('a data folder that is not safe to use fails the command, which uses no other servers', async () => {
  const folder = await foreignFolder();
  const env = { ...NO_PROFILE, MIMECAST_DATA_DIR: folder };
  await expect(readSettings(env)).rejects.toThrow(`${folder}/dev.lock is not a lock that dev wrote.`);
  const listed = await run(['list', '--json'], {
    ...env,
    TEMPORAL_CONFIG_FILE: undefined,
    HOME: folder,
    MIMECAST_KEYRING_FILE: '/etc/mimecast/keyring.json',
  });
  expect(listed.exitCode).toBe(2);
  expect(JSON.parse(listed.stdout)).toMatchObject({
    error: { code: 'foreign-data-folder', nextStep: `Remove it: rm ${folder}/dev.lock` },
  });
});

test('it is not used where the environment selects a Temporal server', async () => {
  const env = { ...NO_PROFILE, MIMECAST_DATA_DIR: await foreignFolder(), TEMPORAL_ADDRESS: 'temporal.example:7233' };
  const settings = await readSettings(env);
  expect(settings).toMatchObject({ temporal: { address: 'temporal.example:7233' }, allowLoopback: false });
  expect(settings).not.toHaveProperty('keyringFile');
});
