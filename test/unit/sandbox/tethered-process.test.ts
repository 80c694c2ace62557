import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ts from 'typescript';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { freePort } from '../../../sandbox/free-port.js';
import { TetheredProcess } from '../../../sandbox/tethered-process.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tethered-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

/** A server that writes down its number and then waits for ever. */
const waiting = ['-c', 'echo $$ > "$0"; while :; do sleep 1; done'];
const pidIn = async (file: string): Promise<number> => Number(await readFile(file, 'utf8').catch(() => ''));

test('a server ends when it is stopped, and says its last words', async () => {
  const server = new TetheredProcess('/bin/sh', [
    '-c',
    'trap "echo bye; exit 0" TERM; echo up; while :; do sleep 0.1; done',
  ]);
  await expect.poll(() => server.outputExcerpt()).toBe('up');
  await server.stop();
  expect(server.running).toBe(false);
  expect(server.outputExcerpt()).toContain('bye');
});

test('a server that ends by itself is noticed', async () => {
  const server = new TetheredProcess('/bin/sh', ['-c', 'echo broken >&2; exit 3']);
  await expect.poll(() => server.running).toBe(false);
  await server.stop();
  expect(server.outputExcerpt()).toBe('broken');
});

test('a program that does not exist is told', async () => {
  const server = new TetheredProcess(join(folder, 'nothing'), []);
  await expect.poll(() => server.running).toBe(false);
  expect(server.outputExcerpt()).toContain('nothing');
});

test('a server does not outlive a parent that is killed by force', async () => {
  const pidFile = join(folder, 'pid');
  const source = await readFile(new URL('../../../sandbox/tethered-process.ts', import.meta.url), 'utf8');
  const options = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 };
  const module = ts.transpileModule(source, { compilerOptions: options }).outputText;
  const start = `new TetheredProcess('/bin/sh', ${JSON.stringify([...waiting, pidFile])}); setInterval(() => {}, 1000);`;
  await writeFile(join(folder, 'parent.mjs'), `${module}\n${start}\n`);
  const parent = spawn(process.execPath, [join(folder, 'parent.mjs')], { stdio: 'ignore' });
  await expect.poll(() => pidIn(pidFile), { timeout: 20_000 }).toBeGreaterThan(0);

  const server = await pidIn(pidFile);
  expect(isAlive(server)).toBe(true);
  parent.kill('SIGKILL');
  await once(parent, 'exit');
  await expect.poll(() => isAlive(server), { timeout: 20_000 }).toBe(false);
});

test('a port that is taken is passed over', async () => {
  const { createServer } = await import('node:net');
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const address = taken.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  expect(await freePort(port)).not.toBe(port);
  taken.close();
  await once(taken, 'close');
  expect(await freePort(port)).toBe(port);
});

test('servers that prefer the same port at the same time get different ones', async () => {
  const preferred = await freePort();
  const ports = await Promise.all([preferred, preferred, preferred].map((port) => freePort(port)));
  expect(new Set(ports).size).toBe(3);
});
