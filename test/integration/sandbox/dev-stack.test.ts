import { once } from 'node:events';
import { chmod, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import pg from 'pg';
import { expect } from 'vitest';
import { readDevAddresses } from '../../../sandbox/dev-addresses.js';
import { startDevStack, type DevStack, type DevStackOptions } from '../../../sandbox/dev-stack.js';
import { startTemporal } from '../../../sandbox/temporal.js';
import { readKeyring } from '../../../vault/keyring.js';
import { test as base } from '../../support/test.js';

const SERVERS_AT_ANY_PORTS = { postgres: 0, temporal: 0, temporalUi: 0 };
const ANY_PORTS = { ...SERVERS_AT_ANY_PORTS, simulator: 0 };

const test = base
  .extend('dataDir', ({ folder }) => join(folder, 'data'))
  /** Starts a stack in the data folder, and stops it with the test at the latest. */
  .extend('start', ({ dataDir }, { onCleanup }) => {
    const stacks: DevStack[] = [];
    onCleanup(async () => {
      for (const stack of stacks) await stack.stop();
    });
    return async (ports: DevStackOptions['ports'] = ANY_PORTS): Promise<DevStack> => {
      const stack = await startDevStack({ dataDir, ports, log: () => undefined });
      stacks.push(stack);
      return stack;
    };
  });

test('dev brings up everything that a worker needs, and says where', async ({ dataDir, start }) => {
  const { addresses, simulator } = await start();
  expect(await readDevAddresses(dataDir)).toEqual(addresses);
  expect((await stat(join(dataDir, 'dev.json'))).mode & 0o077).toBe(0);
  expect((await stat(addresses.keysFile)).mode & 0o077).toBe(0);
  expect(await readFile(addresses.keysFile, 'utf8')).toContain(
    `MIMECAST_ACCESS_KEY=${simulator.tenants[0]?.keys.accessKey ?? '?'}\n`,
  );
  expect((await readKeyring(addresses.keyringFile)).keys).toHaveLength(1);
  expect((await fetch(addresses.uiUrl)).status).toBe(200);

  const database = new pg.Client({ connectionString: addresses.databaseUrl });
  await database.connect();
  const { rows } = await database.query(`select count(*)::int as applied from mimecast.migrations`);
  expect(rows).toEqual([{ applied: expect.any(Number) as number }]);
  await database.end();

  const connection = await Connection.connect({ address: addresses.temporalAddress });
  const { customAttributes } = await connection.operatorService.listSearchAttributes({
    namespace: addresses.namespace,
  });
  expect(Object.keys(customAttributes)).toEqual(
    expect.arrayContaining(['MimecastConnection', 'MimecastStream', 'MimecastOutcome', 'MimecastPosture']),
  );
  await connection.close();
});

test('the files of dev are closed to other accounts, also in a folder of 0.3.0', async ({ dataDir, start }) => {
  await mkdir(join(dataDir, 'temporal'), { recursive: true, mode: 0o755 });
  await start();
  const closed = process.getuid?.() === 0 ? 0o711 : 0o700;
  expect((await stat(dataDir)).mode & 0o777).toBe(closed);
  const files = [
    'dev.lock',
    'dev.json',
    'keyring.json',
    'demo-keys.env',
    'demo-tenant.json',
    'temporal/temporal.sqlite',
  ];
  const modes = await Promise.all(files.map(async (name) => (await stat(join(dataDir, name))).mode & 0o777));
  expect(modes).toEqual(files.map(() => 0o600));
  for (const name of ['temporal', 'postgres']) expect((await stat(join(dataDir, name))).mode & 0o777).toBe(0o700);
});

test('a second dev on the same folder is rejected, and the first keeps running', async ({ dataDir, start }) => {
  const { addresses } = await start();
  await expect(start()).rejects.toThrow(`Another dev (process ${process.pid}) runs on ${dataDir}`);
  expect(await readDevAddresses(dataDir)).toEqual(addresses);
});

test('after a restart the tenant, its keys and the keyring are the same; the addresses are removed in between', async ({
  dataDir,
  start,
}) => {
  const first = await start();
  const keys = first.simulator.tenants[0]?.rotateKeys();
  const keyring = await readFile(first.addresses.keyringFile, 'utf8');
  await first.stop();
  expect(await readDevAddresses(dataDir)).toBeUndefined();

  const second = await start();
  expect(second.simulator.tenants[0]?.keys).toEqual(keys);
  expect(await readFile(second.addresses.keyringFile, 'utf8')).toBe(keyring);
});

test('the simulated Mimecast has the same address after a restart, and another one while that is taken', async ({
  start,
}) => {
  const first = await start();
  const { simulatorUrl } = first.addresses;
  await first.stop();
  const second = await start(SERVERS_AT_ANY_PORTS);
  expect(second.addresses.simulatorUrl).toBe(simulatorUrl);
  await second.stop();

  const occupant = createServer().listen(Number(new URL(simulatorUrl).port), '127.0.0.1');
  await once(occupant, 'listening');
  const third = await start(SERVERS_AT_ANY_PORTS);
  expect(third.addresses.simulatorUrl).not.toBe(simulatorUrl);
  occupant.close();
});

test('addresses that a killed dev left behind are not believed', async ({ dataDir, start }) => {
  const killed = await start();
  await killed.stop();
  await writeFile(join(dataDir, 'dev.json'), JSON.stringify(killed.addresses));
  await writeFile(join(dataDir, 'dev.lock'), JSON.stringify({ pid: 2 ** 22 + 1 }));
  expect(await readDevAddresses(dataDir)).toBeUndefined();
  await start();
  expect(await readDevAddresses(dataDir)).toMatchObject({ pid: process.pid });
});

test('when one server cannot start, the others are stopped and the folder is free again', async ({
  dataDir,
  start,
}) => {
  const stack = await start();
  await stack.stop();
  await writeFile(join(dataDir, 'demo-tenant.json'), 'broken');
  await expect(start()).rejects.toThrow(`${dataDir}/demo-tenant.json is damaged. Delete it`);
  await rm(join(dataDir, 'demo-tenant.json'));
  await start();
});

test.for(['data', 'Prüfung 100%25 #1?'])(
  'what Temporal knew is still known after a restart, in %s',
  async (name, { folder }) => {
    const { findTemporalCli } = await import('../../../sandbox/temporal-cli.js');
    const { path: executable } = await findTemporalCli();
    const options = { executable, dataDir: join(folder, name), port: 0, ui: false };
    const taskQueue = 'nobody';

    const first = await startTemporal(options);
    await withClient(first.address, (client) =>
      client.workflow.start('waits', { workflowId: 'waits', taskQueue }).then(() => undefined),
    );
    await first.stop();

    const second = await startTemporal(options);
    await withClient(second.address, async (client) => {
      expect((await client.workflow.getHandle('waits').describe()).status.name).toBe('RUNNING');
    });
    await second.stop();
    expect(await readdir(folder)).toEqual([name]);
    expect(await readdir(options.dataDir)).toContain('temporal.sqlite');
  },
);

test('a Temporal that does not start is reported with its last output', async ({ folder }) => {
  const executable = join(folder, 'temporal');
  await writeFile(executable, '#!/bin/sh\necho "the disk is full" >&2\nexit 1\n');
  await chmod(executable, 0o755);
  await expect(startTemporal({ executable, port: 0 })).rejects.toThrow(/did not start\. .*the disk is full/);
});

async function withClient(address: string, use: (client: Client) => Promise<void>): Promise<void> {
  const connection = await Connection.connect({ address });
  try {
    await use(new Client({ connection }));
  } finally {
    await connection.close();
  }
}
