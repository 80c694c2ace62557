import { expect, test } from 'vitest';
import { optionsFromEnvironment, WorkerConfigurationError } from '../../../worker/options.js';

const env = { DATABASE_URL: 'postgres://127.0.0.1/evidence', MIMECAST_KEYRING_FILE: 'ring.json' };

test('a worker needs a database and a ring; the rest has defaults', () => {
  expect(optionsFromEnvironment(env)).toEqual({
    databaseUrl: 'postgres://127.0.0.1/evidence',
    keyring: 'ring.json',
    taskQueue: 'mimecast',
    allowLoopback: false,
  });
});

test('everything can be said', () => {
  const said = { ...env, MIMECAST_TASK_QUEUE: 'other', MIMECAST_ALLOW_LOOPBACK: '1' };
  expect(optionsFromEnvironment(said)).toMatchObject({ taskQueue: 'other', allowLoopback: true });
});

test.each(['DATABASE_URL', 'MIMECAST_KEYRING_FILE'])('%s that is missing or empty is named', (name) => {
  for (const value of [undefined, '']) {
    const parse = (): unknown => optionsFromEnvironment({ ...env, [name]: value });
    expect(parse).toThrow(WorkerConfigurationError);
    expect(parse).toThrow(new RegExp(`^${name} is not set\\.$`));
  }
});

test('a variable that is empty is one that is not set', () => {
  expect(optionsFromEnvironment({ ...env, MIMECAST_TASK_QUEUE: '' }).taskQueue).toBe('mimecast');
});

test.each(['', '0', 'true', 'yes'])('loopback is open for "1" alone, not for "%s"', (value) => {
  expect(optionsFromEnvironment({ ...env, MIMECAST_ALLOW_LOOPBACK: value }).allowLoopback).toBe(false);
});
