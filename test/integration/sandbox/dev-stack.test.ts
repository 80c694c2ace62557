import { once } from 'node:events';
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readDevAddresses, startDevStack, type DevStack, type DevStackOptions } from '../../../sandbox/dev-stack.js';
import { startTemporal } from '../../../sandbox/temporal.js';
import { readKeyring } from '../../../vault/keyring.js';

const SERVERS_AT_ANY_PORTS = { postgres: 0, temporal: 0, temporalUi: 0 };
const ANY_PORTS = { ...SERVERS_AT_ANY_PORTS, simulator: 0 };

let folder: string;
let dataDir: string;
const stacks: DevStack[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dev-stack-'));
  await chmod(folder, 0o711);
  dataDir = join(folder, 'data');
});
afterEach(async () => {
  for (const stack of stacks.splice(0)) await stack.stop();
  await rm(folder, { recursive: true, force: true });
});

async function start(ports: DevStackOptions['ports'] = ANY_PORTS): Promise<DevStack> {
  const stack = await startDevStack({ dataDir, ports, log: () => undefined });
  stacks.push(stack);
  return stack;
}

test('dev brings up everything that a worker needs, and says where', async () => {
  const { addresses, simulator } = await start();
  expect(await readDevAddresses(dataDir)).toEqual(addresses);
  expect((await stat(join(dataDir, 'dev.json'))).mode & 0o077).toBe(0);
  expect((await stat(addresses.keysFile)).mode & 0o077).toBe(0);
  expect(await readFile(addresses.keysFile, 'utf8')).toContain(
    `MIMECAST_ACCESS_KEY=${simulator.tenants[0]?.keys.accessKey ?? '?'}\n`,
  );
  expect((await readKeyring(addresses.keyringFile)).warnings).toEqual([]);
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

test('a second dev on the same folder is refused, and the first goes on', async () => {
  const { addresses } = await start();
  await expect(start()).rejects.toThrow(`Another dev (process ${process.pid}) runs on ${dataDir}`);
  expect(await readDevAddresses(dataDir)).toEqual(addresses);
});

test('after a restart the tenant, its keys and the ring are the same, and the addresses are gone in between', async () => {
  const first = await start();
  const keys = first.simulator.tenants[0]?.rotateKeys();
  const ring = await readFile(first.addresses.keyringFile, 'utf8');
  await first.stop();
  expect(await readDevAddresses(dataDir)).toBeUndefined();

  const second = await start();
  expect(second.simulator.tenants[0]?.keys).toEqual(keys);
  expect(await readFile(second.addresses.keyringFile, 'utf8')).toBe(ring);
});

test('the simulated Mimecast has the same address after a restart, and another one while that is taken', async () => {
  const restart = async (): Promise<string> => {
    await stacks.pop()?.stop();
    return (await start(SERVERS_AT_ANY_PORTS)).addresses.simulatorUrl;
  };
  const { addresses } = await start();
  expect(await restart()).toBe(addresses.simulatorUrl);

  await stacks.pop()?.stop();
  const occupant = createServer().listen(Number(new URL(addresses.simulatorUrl).port), '127.0.0.1');
  await once(occupant, 'listening');
  expect(await restart()).not.toBe(addresses.simulatorUrl);
  occupant.close();
});

test('addresses that a killed dev left behind are not believed', async () => {
  const { addresses } = await start();
  await stacks.pop()?.stop();
  await writeFile(join(dataDir, 'dev.json'), JSON.stringify(addresses));
  await writeFile(join(dataDir, 'dev.lock'), JSON.stringify({ pid: 2 ** 22 + 1 }));
  expect(await readDevAddresses(dataDir)).toBeUndefined();
  await start();
  expect(await readDevAddresses(dataDir)).toMatchObject({ pid: process.pid });
});

test('when one server cannot start, the others are stopped and the folder is free again', async () => {
  await start();
  await stacks.pop()?.stop();
  await writeFile(join(dataDir, 'demo-tenant.json'), 'broken');
  await expect(start()).rejects.toThrow(`${dataDir}/demo-tenant.json is damaged. Delete it`);
  await rm(join(dataDir, 'demo-tenant.json'));
  await start();
});

test.each(['data', 'Prüfung 100%25 #1?'])('what Temporal knew is still known after a restart, in %s', async (name) => {
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
});

test('a Temporal that does not start is told with the last that it said', async () => {
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
