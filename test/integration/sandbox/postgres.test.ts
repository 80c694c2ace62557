import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, stat } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import pg from 'pg';
import { describe, expect, vi } from 'vitest';
import { startPostgres } from '../../../sandbox/postgres.js';
import { test } from '../../support/test.js';

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

const postmasterPid = async (dataDir: string): Promise<number> =>
  Number((await readFile(join(dataDir, 'cluster', 'postmaster.pid'), 'utf8')).split('\n')[0]);

describe('the embedded Postgres', () => {
  test('keeps its data over a restart, and over being killed', async ({ folder: dataDir }) => {
    const first = await startPostgres({ dataDir });
    await query(first.url, 'create table kept as select 42 as answer');
    await first.stop();

    const second = await startPostgres({ dataDir });
    expect(await query(second.url, 'select answer from kept')).toEqual([{ answer: 42 }]);
    process.kill(await postmasterPid(dataDir), 'SIGKILL');

    const third = await startPostgres({ dataDir });
    expect(await query(third.url, 'select answer from kept')).toEqual([{ answer: 42 }]);
    await third.stop();
    await expect(query(third.url, 'select 1')).rejects.toThrow('ECONNREFUSED');
  });

  test('stops by itself when the process that started it is killed', async ({ folder: dataDir }) => {
    const module = new URL('../../../dist/sandbox/postgres.js', import.meta.url).href;
    const script = `import { startPostgres } from '${module}';
      const { url } = await startPostgres({ dataDir: process.argv[1] });
      process.stdout.write(url);
      setInterval(() => undefined, 60_000);`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script, dataDir], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [output] = (await once(parent.stdout, 'data')) as [Buffer];
    const url = output.toString();
    expect(await query(url, 'select 42 as answer')).toEqual([{ answer: 42 }]);

    parent.kill('SIGKILL');
    await vi.waitFor(() => expect(query(url, 'select 1')).rejects.toThrow('ECONNREFUSED'), { timeout: 20_000 });
  });

  test('takes another port when the one it is to have is taken', async ({ folder: dataDir }) => {
    const occupant = createServer();
    await new Promise<void>((listening) => occupant.listen(0, '127.0.0.1', listening));
    const { port } = occupant.address() as AddressInfo;

    const postgres = await startPostgres({ dataDir, port });
    expect(postgres.port).not.toBe(port);
    expect(await query(postgres.url, 'select current_database() as name')).toEqual([{ name: 'mimecast' }]);
    await postgres.stop();
    occupant.close();
  });

  test('asks for a password that is made for it and that only its owner may read', async ({ folder: dataDir }) => {
    const postgres = await startPostgres({ dataDir });
    const password = await readFile(join(dataDir, 'password'), 'utf8');
    expect((await stat(join(dataDir, 'password'))).mode & 0o777).toBe(0o600);
    expect(new URL(postgres.url).password).toBe(password);

    const wrong = postgres.url.replace(password, 'postgres');
    await expect(query(wrong, 'select 1')).rejects.toThrow('password authentication failed');
    await postgres.stop();
  });
});
