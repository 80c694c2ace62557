import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect } from 'vitest';
import { migrate } from '../../../../evidence/database/migrate.js';
import { run } from '../../../support/cli/run.js';
import { environmentOf } from '../../../support/engine.js';
import { startOwnPostgres } from '../../../support/own-postgres.js';
import { test as base } from '../../../support/test.js';
import { startWorkerProcess } from '../../../support/worker-process.js';

const ROLES = await readFile(new URL('../../../../docs/roles.sql', import.meta.url), 'utf8');

const test = base.extend('engineOptions', { scope: 'file' }, { worker: 'none' } as const);

test('the worker collects with DML alone, reports need SELECT alone, and neither can change the log or the schema', async ({
  engine,
  folder,
  onTestFinished,
}) => {
  const postgres = await startOwnPostgres(folder, onTestFinished);
  // An installation of the superuser, as before there were roles.
  await migrate(postgres.url);
  await postgres.query(ROLES);
  const [owner, worker, reader] = [
    await postgres.login('mimecast_owner'),
    await postgres.login('mimecast_worker'),
    await postgres.login('mimecast_reader'),
  ];
  expect(await migrate(owner)).toEqual({ applied: [] });
  await postgres.query(ROLES);

  const keyringFile = path.join(folder, 'keyring.json');
  await writeFile(keyringFile, JSON.stringify(engine.keyring), { mode: 0o600 });
  const keysFile = path.join(folder, 'keys.json');
  await writeFile(keysFile, JSON.stringify(engine.addTenant({ events: 20 }).keys), { mode: 0o600 });
  const asRole = (databaseUrl: string): Record<string, string> => ({
    ...environmentOf(engine, keyringFile),
    DATABASE_URL: databaseUrl,
  });
  const id = engine.newId();
  await startWorkerProcess(engine, { onTestFinished }, { changes: { DATABASE_URL: worker } });

  const connect = ['connect', id, '--base-url', engine.simulator.url, '--keys-file', keysFile];
  for (const argv of [
    connect,
    ['poll', id],
    ['erase', id, '--subject', 'nobody@example.com', '--reason', 'test', '--yes'],
  ]) {
    expect(await run(argv, asRole(worker))).toMatchObject({
      exitCode: 0,
      stderr: expect.not.stringContaining('error') as string,
    });
  }
  const read = [
    ['verify', id],
    ['posture', id],
    ['report', id, '--out', path.join(folder, 'report.html')],
    ['export', id, '--what', 'bundle'],
    ['list'],
    ['status', id],
    ['drift', id],
    ['gaps', id],
  ];
  for (const argv of read) {
    const { exitCode, stderr } = await run(argv, asRole(reader));
    expect({ argv, exitCode, stderr }).toMatchObject({
      exitCode: 0,
      stderr: expect.not.stringContaining('error') as string,
    });
  }
  const erasing = await run(['erase', id, '--before', '2020-01-01', '--reason', 'test', '--yes'], asRole(reader));
  expect(erasing).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('permission denied') as string });
  expect(await run(['disconnect', id], asRole(worker))).toMatchObject({ exitCode: 0 });

  const refused: [string, string][] = [
    [worker, `update mimecast.log set record = ''`],
    [worker, 'delete from mimecast.log'],
    [worker, 'delete from mimecast.migrations'],
    [worker, 'truncate mimecast.log'],
    [worker, 'drop table mimecast.log'],
    [worker, 'create table mimecast.planted ()'],
    [worker, 'alter table mimecast.log disable trigger all'],
    [reader, `update mimecast.credentials set sealed = ''`],
    [reader, 'select * from mimecast.row_keys'],
    [reader, `update mimecast.connections set state = 'disconnected'`],
    [reader, 'insert into mimecast.migrations (name) values (1)'],
  ];
  for (const [role, statement] of refused) {
    const answer = await postgres.query(statement, role).catch(String);
    expect([statement, answer]).toEqual([statement, expect.stringMatching(/permission denied|must be owner/)]);
  }
});

test('an account that is no superuser sets the roles up, and later migrations need no grants', async ({
  folder,
  onTestFinished,
}) => {
  const postgres = await startOwnPostgres(folder, onTestFinished);
  await postgres.query('create role administrator createrole');
  await postgres.query('create database evidence owner administrator');
  const administrator = await postgres.login('administrator', 'evidence');
  await postgres.query(ROLES, administrator);
  const owner = await postgres.login('mimecast_owner', 'evidence');
  const [worker, reader] = [
    await postgres.login('mimecast_worker', 'evidence'),
    await postgres.login('mimecast_reader', 'evidence'),
  ];
  expect((await migrate(owner)).applied.length).toBeGreaterThan(0);
  await postgres.query(ROLES, administrator);

  await postgres.query('create table mimecast.later (n integer)', owner);
  await postgres.query('insert into mimecast.later values (1)', worker);
  expect(await postgres.query('select n from mimecast.later', reader)).toEqual([{ n: 1 }]);
  await expect(postgres.query('delete from mimecast.later', reader)).rejects.toThrow('permission denied');
  await expect(postgres.query('delete from mimecast.log', worker)).rejects.toThrow('permission denied');
});
